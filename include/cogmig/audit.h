/* SPDX-License-Identifier: Apache-2.0
 * Every row of the legacy store, as far as it matters for a migration. */
#ifndef COGMIG_AUDIT_H
#define COGMIG_AUDIT_H

#include <cogmig/error.h>
#include <cogmig/status.h>
#include <cogmig/store.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One row, valid during the callback only. */
typedef struct cogmig_audit_row cogmig_audit_row;

/* Takes a row. Anything but COGMIG_OK ends the reading as STOPPED_BY_CALLBACK. */
typedef cogmig_status (*cogmig_audit_row_fn)(void *user_data, const cogmig_audit_row *row);

/* Read every row of the store's table once, in the order of the addresses in lower case, in one
 * snapshot. Password hashes stay in the database: of each, it is asked for the beginning that names
 * scheme and cost, and for the length. Nothing is checked here: rows are as they are. Rows that
 * stand for nobody, as those of Supabase's SSO users, are passed over.
 *
 * store            in: a database, not a callback
 * phone_column     in: a column of telephone numbers; NULL when there is none
 * disabled_column  in: one more column that disables a user, COGMIG_DISABLED_WHEN_TRUE, beside
 *                  those of the store's configuration; NULL when there is none
 * on_row           in: called for each row, with no lock held
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, INTERNAL_ERROR, CONFIG_INCOMPLETE (no URL),
 * CONFIG_INVALID (a callback), NOT_BUILT_IN, STOPPED_BY_CALLBACK, DEADLINE_EXCEEDED,
 * STORE_URL_INVALID, STORE_UNREACHABLE, STORE_LOGIN_REFUSED, STORE_BUSY, STORE_QUERY_FAILED,
 * STORE_SCHEMA_MISMATCH. Threads: any. Since: 1.0. */
cogmig_status cogmig_audit_read(const cogmig_store_config *store, const char *phone_column,
                                const char *disabled_column, cogmig_audit_row_fn on_row,
                                void *user_data, cogmig_error *err);

/* The legacy id as text; "" when the row has none. Borrowed from the row.
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
const char *cogmig_audit_row_id(const cogmig_audit_row *row);

/* The address as the store has it, NULL when the row has none. Borrowed from the row.
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
const char *cogmig_audit_row_email(const cogmig_audit_row *row);

/* Is the address that of the row before, but for its case as the database sees it?
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
bool cogmig_audit_row_repeats_email(const cogmig_audit_row *row);

/* See cogmig_user_email_verified().
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
bool cogmig_audit_row_email_verified(const cogmig_audit_row *row);

/* The name, NULL when the row has none. Borrowed from the row.
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
const char *cogmig_audit_row_name(const cogmig_audit_row *row);

/* The telephone number, NULL when the row has none. Borrowed from the row.
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
const char *cogmig_audit_row_phone(const cogmig_audit_row *row);

/* The first of the attributes that the store's configuration takes from columns of which the row
 * has a value that Cognito refuses, such as a phone_number that is not in E.164; NULL when there is
 * none. The migration refuses such a user, as ATTRIBUTE_INVALID. "id", "email" and "name" stand for
 * what is in these columns where no look-up can read it, since it is no UTF-8, holds a NUL byte or
 * is larger than 64 KiB: then it is STORE_ROW_INVALID. Borrowed from the configuration.
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
const char *cogmig_audit_row_refused_attribute(const cogmig_audit_row *row);

/* Does one of the columns for that say that the user may not sign in?
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
bool cogmig_audit_row_disabled(const cogmig_audit_row *row);

/* How the stored hash begins, e.g. "$2b$10$", for cogmig_password_scheme(); NULL when there is
 * none. Borrowed from the row.
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
const char *cogmig_audit_row_hash_kind(const cogmig_audit_row *row);

/* How many characters the stored hash has, without spaces at its end; 0 when there is none.
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
int64_t cogmig_audit_row_hash_length(const cogmig_audit_row *row);

#ifdef __cplusplus
}
#endif

#endif
