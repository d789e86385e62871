/* SPDX-License-Identifier: Apache-2.0
 * The backup before a migration: users of a store in a file, never their password hashes. */
#ifndef COGMIG_EXPORT_H
#define COGMIG_EXPORT_H

#include <cogmig/error.h>
#include <cogmig/status.h>
#include <cogmig/store.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Which users, which columns, which format. */
typedef struct cogmig_export_config cogmig_export_config;

/* What an export wrote, or a verification found. */
typedef struct cogmig_export_result cogmig_export_result;

enum {
    COGMIG_EXPORT_JSON = 1,       /* one array */
    COGMIG_EXPORT_NDJSON = 2,     /* one object per line */
    COGMIG_EXPORT_CSV = 3,        /* RFC 4180 */
    COGMIG_EXPORT_COGNITO_CSV = 4 /* what Cognito's user import takes */
};

/* Make a configuration: every user, as JSON, with id, email, name, createdAt and updatedAt (those
 * of them that the store's model has).
 *
 * ret_config  out: release it with cogmig_export_config_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: any. Since: 1.0. */
cogmig_status cogmig_export_config_new(cogmig_export_config **ret_config, cogmig_error *err);

/* Release a configuration and set the caller's variable to NULL. NULL is fine.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
void cogmig_export_config_free(cogmig_export_config **config);

/* What is written.
 *
 * format  COGMIG_EXPORT_*
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_export_config_set_format(cogmig_export_config *config, int32_t format,
                                              cogmig_error *err);

/* Add a column to the list of what is exported. The first one replaces the default list; with
 * COGMIG_EXPORT_COGNITO_CSV each one replaces or adds to what is filled in by itself.
 *
 * name    in: copied; what it is called in the export
 * column  in: copied; id, email, name, emailVerified, createdAt and updatedAt are those of the
 *         store's model, anything else is a column of the table. NULL: the same as name.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_export_config_add_column(cogmig_export_config *config, const char *name,
                                              const char *column, cogmig_error *err);

/* Only the first users, in the order of their ids.
 *
 * rows  1 or more; 0 for all of them, the default
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_export_config_set_limit(cogmig_export_config *config, int64_t rows,
                                             cogmig_error *err);

/* Only users behind this one in the order of ids: to go on where an export ended.
 *
 * id  in: copied; NULL for all of them, the default
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_export_config_set_after(cogmig_export_config *config, const char *id,
                                             cogmig_error *err);

/* Only one of several shares of the users, so that several exports can run side by side. To which
 * share a user belongs follows from the id alone. Each export has a snapshot of its own.
 *
 * shard   1 to shards
 * shards  1 to 1024; 1 by default
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_export_config_set_shard(cogmig_export_config *config, int32_t shard,
                                             int32_t shards, cogmig_error *err);

/* Begin a new file after so many users, in the order of their ids: users.json, users-2.json and so
 * on. Each is whole by itself, so that after a broken run cogmig_export_config_set_after() goes on
 * behind the last one.
 *
 * rows  1 or more; 0 for one file, the default. COGMIG_EXPORT_COGNITO_CSV has 500,000 users and
 *       100 MB at most in a file.
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_export_config_set_part_rows(cogmig_export_config *config, int64_t rows,
                                                 cogmig_error *err);

/* The columns that the pool's import wants, for COGMIG_EXPORT_COGNITO_CSV: the answer to Cognito's
 * GetCSVHeader with commas between its entries. By default those of a pool without attributes of
 * its own, and custom:legacy_id.
 *
 * header  in: copied
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_export_config_set_cognito_header(cogmig_export_config *config,
                                                      const char *header, cogmig_error *err);

/* What cognito:mfa_enabled says: TRUE for a pool that demands MFA, FALSE (the default) for one
 * without.
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_export_config_set_cognito_mfa(cogmig_export_config *config, bool enabled,
                                                   cogmig_error *err);

/* Does COGMIG_EXPORT_CSV keep spreadsheets from running values as formulas? Then a value that
 * begins with = + - @ ' (also in full width), white space or a control character has one ' put
 * before it, which a reader takes away.
 *
 * guard  true by default
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_export_config_set_formula_guard(cogmig_export_config *config, bool guard,
                                                     cogmig_error *err);

/* Called about four times a second, also while the database is silent.
 *
 * user_data  as given to cogmig_export_config_set_progress()
 * rows       users so far
 * estimate   how many there will be, as far as the database knows; -1 when it does not
 *
 * Returns COGMIG_OK to go on; anything else ends the export, which leaves no file. */
typedef cogmig_status (*cogmig_export_progress_fn)(void *user_data, int64_t rows, int64_t estimate);

/* Watch the export, or end it.
 *
 * progress   in: NULL for none, the default
 * user_data  borrowed: handed to each call
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_export_config_set_progress(cogmig_export_config *config,
                                                cogmig_export_progress_fn progress, void *user_data,
                                                cogmig_error *err);

/* Told about each user who is left out.
 *
 * user_data  as given to cogmig_export_config_set_report()
 * id         of the user; NULL when that is what cannot be exported
 * column     which value, by its name in the export; NULL when it is the whole row
 * reason     a sentence that never repeats the value
 *
 * Returns COGMIG_OK to go on; anything else ends the export, which leaves no file. */
typedef cogmig_status (*cogmig_export_report_fn)(void *user_data, const char *id,
                                                 const char *column, const char *reason);

/* Leave users out who cannot be exported as they are, and report them: a value looks like a
 * password hash, is not text, or cannot be expressed in the format. Without a report the first of
 * them ends the export.
 *
 * report     in: NULL for none, the default
 * user_data  borrowed: handed to each call
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_export_config_set_report(cogmig_export_config *config,
                                              cogmig_export_report_fn report, void *user_data,
                                              cogmig_error *err);

/* How many users there are to be exported: the rows of the store's table.
 *
 * store  in: a database, not a callback
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, INTERNAL_ERROR, CONFIG_INCOMPLETE, CONFIG_INVALID,
 * NOT_BUILT_IN, DEADLINE_EXCEEDED, STOPPED_BY_CALLBACK, STORE_URL_INVALID, STORE_UNREACHABLE,
 * STORE_LOGIN_REFUSED, STORE_BUSY, STORE_QUERY_FAILED, STORE_SCHEMA_MISMATCH.
 * Threads: any. Since: 1.0. */
cogmig_status cogmig_export_count_users(const cogmig_store_config *store, int64_t *ret_count,
                                        cogmig_error *err);

/* Export into a new file: mode 0600, written to the disk, and under its name only when it is whole.
 * Beside it comes PATH.manifest.json with columns, rows, time of the snapshot and SHA-256, for
 * cogmig_export_verify(). All users are read in one snapshot of the database.
 *
 * store       in: which store, borrowed during the call; its password column is never read
 * path        in: must not exist yet
 * ret_result  out: release it with cogmig_export_result_free(); may be NULL
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, STOPPED_BY_CALLBACK, DEADLINE_EXCEEDED (connecting),
 * CONFIG_INCOMPLETE, CONFIG_INVALID (a column that cannot be exported, a store of your own),
 * FILE_UNWRITABLE, DISK_FULL, STORE_UNREACHABLE, STORE_LOGIN_REFUSED, STORE_BUSY,
 * STORE_QUERY_FAILED, STORE_SCHEMA_MISMATCH, STORE_URL_INVALID, STORE_ROW_INVALID,
 * EXPORT_ROW_REFUSED, INTERNAL_ERROR. Threads: any, with configurations that nobody changes
 * meanwhile. Since: 1.0. */
cogmig_status cogmig_export_to_file(const cogmig_export_config *config,
                                    const cogmig_store_config *store, const char *path,
                                    cogmig_export_result **ret_result, cogmig_error *err);

/* Export into an open file, pipe or socket. There is no manifest, and after a failure the reader
 * has a part of it; the message then says behind which id to go on, where ids were in order.
 *
 * descriptor  borrowed: it stays open, and a pipe whose reader has gone raises SIGPIPE
 * ret_result  out: release it with cogmig_export_result_free(); may be NULL
 *
 * Errors: as cogmig_export_to_file(), EXPORT_TOO_LARGE. Threads: any, with configurations that
 * nobody changes meanwhile. Since: 1.0. */
cogmig_status cogmig_export_to_descriptor(const cogmig_export_config *config,
                                          const cogmig_store_config *store, int32_t descriptor,
                                          cogmig_export_result **ret_result, cogmig_error *err);

/* Takes the bytes of an export, some hundred KiB at a time; a call may hold many users and end in
 * the middle of one.
 *
 * Returns COGMIG_OK to go on; anything else ends the export. */
typedef cogmig_status (*cogmig_export_write_fn)(void *user_data, const char *bytes, size_t len);

/* Export into a function of yours.
 *
 * write       in: the function
 * user_data   borrowed: handed to each call
 * ret_result  out: release it with cogmig_export_result_free(); may be NULL
 *
 * Errors: as cogmig_export_to_descriptor(). Threads: any, with configurations that nobody changes
 * meanwhile. Since: 1.0. */
cogmig_status cogmig_export_to_callback(const cogmig_export_config *config,
                                        const cogmig_store_config *store,
                                        cogmig_export_write_fn write, void *user_data,
                                        cogmig_export_result **ret_result, cogmig_error *err);

/* Is this file, with its manifest beside it, what an export wrote: same bytes, and as many users
 * as there were?
 *
 * path        in: of the export, not of the manifest
 * ret_result  out: what the manifest says; release it with cogmig_export_result_free(); may be NULL
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, FILE_UNREADABLE (the export or its manifest),
 * EXPORT_DAMAGED. Threads: any. Since: 1.0. */
COGMIG_MUST_CHECK cogmig_status cogmig_export_verify(const char *path,
                                                     cogmig_export_result **ret_result,
                                                     cogmig_error *err);

/* Users that were written.
 *
 * Errors: none. Threads: any. Since: 1.0. */
int64_t cogmig_export_result_rows(const cogmig_export_result *result);

/* Users that were left out and reported.
 *
 * Errors: none. Threads: any. Since: 1.0. */
int64_t cogmig_export_result_left_out(const cogmig_export_result *result);

/* Bytes that were written, manifests aside.
 *
 * Errors: none. Threads: any. Since: 1.0. */
int64_t cogmig_export_result_bytes(const cogmig_export_result *result);

/* After an export: how many files were written, 1 or more. After cogmig_export_verify(): which of
 * them this one is.
 *
 * Errors: none. Threads: any. Since: 1.0. */
int32_t cogmig_export_result_part(const cogmig_export_result *result);

/* Is the part the last one? Always true after an export.
 *
 * Errors: none. Threads: any. Since: 1.0. */
bool cogmig_export_result_is_last_part(const cogmig_export_result *result);

/* SHA-256 of the last file in lower-case hexadecimal. Borrowed until the result is freed.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_export_result_sha256(const cogmig_export_result *result);

/* The time of the snapshot, as 2026-01-15T10:30:00.000Z. Borrowed until the result is freed.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_export_result_snapshot_at(const cogmig_export_result *result);

/* The id of the last user, for cogmig_export_config_set_after(); NULL when there is none or they
 * were not in the order of their ids. Borrowed until the result is freed.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_export_result_last_id(const cogmig_export_result *result);

/* Release a result and set the caller's variable to NULL. NULL is fine.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
void cogmig_export_result_free(cogmig_export_result **result);

#ifdef __cplusplus
}
#endif

#endif
