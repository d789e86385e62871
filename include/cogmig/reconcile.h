/* SPDX-License-Identifier: Apache-2.0
 * Do Cognito, the legacy store and the identity map tell the same story? */
#ifndef COGMIG_RECONCILE_H
#define COGMIG_RECONCILE_H

#include <cogmig/cognito.h>
#include <cogmig/error.h>
#include <cogmig/idmap.h>
#include <cogmig/status.h>
#include <cogmig/store.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is compared, and who is told. */
typedef struct cogmig_reconcile_config cogmig_reconcile_config;

/* One comparison: what the sides said, sorted on disk. */
typedef struct cogmig_reconcile cogmig_reconcile;

/* What is told, and counted. */
enum {
    /* A legacy user whom Cognito does not have yet: what remains to be migrated. */
    COGMIG_DIFFERENCE_NOT_MIGRATED = 1,
    /* A Cognito user whose legacy id nobody has in the store. */
    COGMIG_DIFFERENCE_NOT_IN_STORE = 2,
    /* Several Cognito users, rows of the store or links with one legacy id. */
    COGMIG_DIFFERENCE_DUPLICATE = 3,
    /* Both sides have the user; the map does not link them. */
    COGMIG_DIFFERENCE_NOT_LINKED = 4,
    /* The map links the legacy id to a Cognito user who says to be somebody else. */
    COGMIG_DIFFERENCE_LINKED_ELSEWHERE = 5,
    /* The map links a legacy id or a sub that does not exist any more. */
    COGMIG_DIFFERENCE_LINK_STALE = 6,
    /* The map links a Cognito user who has no legacy id. */
    COGMIG_DIFFERENCE_LEGACY_ID_MISSING = 7,
    /* A Cognito user without a legacy id who has the address of a legacy user that was not
     * migrated: a sign-up in somebody's place, or a migration that lost the id. */
    COGMIG_DIFFERENCE_SAME_EMAIL = 8,
    /* Both sides have the user and do not agree about an attribute. */
    COGMIG_DIFFERENCE_ATTRIBUTE = 9
};

/* What is counted besides COGMIG_DIFFERENCE_*. */
enum {
    COGMIG_RECONCILE_COGNITO_USERS = 100,
    COGMIG_RECONCILE_STORE_USERS = 101,
    COGMIG_RECONCILE_LINKS = 102,
    COGMIG_RECONCILE_MIGRATED = 103,    /* legacy users whom Cognito has */
    COGMIG_RECONCILE_IN_ORDER = 104,    /* those about whom nothing is told */
    COGMIG_RECONCILE_COGNITO_ONLY = 105 /* Cognito users who never were in the store */
};

/* One difference. Valid during the callback only. */
typedef struct cogmig_difference cogmig_difference;

/* One of COGMIG_DIFFERENCE_*.
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
int32_t cogmig_difference_kind(const cogmig_difference *difference);

/* The name of a kind, e.g. "not-linked"; "unknown" for a number that this library does not know.
 * Static storage.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_difference_kind_name(int32_t kind);

/* The legacy id, or NULL. Borrowed from the difference.
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
const char *cogmig_difference_legacy_id(const cogmig_difference *difference);

/* The sub of the Cognito user; where a link is told of, the one that is linked. NULL when there is
 * none. Borrowed from the difference.
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
const char *cogmig_difference_sub(const cogmig_difference *difference);

/* The sub of the other Cognito user with this legacy id, of a DUPLICATE or LINKED_ELSEWHERE, and of
 * a LINK_STALE where that is one user alone, with the row's address; NULL when there is none. Of a
 * DUPLICATE of links, the other one that is linked. Borrowed from the difference.
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
const char *cogmig_difference_other_sub(const cogmig_difference *difference);

/* The legacy id that the linked Cognito user of a LINKED_ELSEWHERE has; NULL when there is none.
 * Borrowed from the difference.
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
const char *cogmig_difference_other_legacy_id(const cogmig_difference *difference);

/* The attribute of an ATTRIBUTE: "email", "email_verified", "name" or "enabled"; otherwise NULL.
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
const char *cogmig_difference_attribute(const cogmig_difference *difference);

/* What Cognito has: the value of the attribute, or the address where a user is told of who is only
 * there. NULL when there is nothing. Borrowed from the difference.
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
const char *cogmig_difference_cognito_value(const cogmig_difference *difference);

/* What the store has: the value of the attribute, or the address where a user is told of who is
 * only there. NULL when there is nothing. Borrowed from the difference.
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
const char *cogmig_difference_store_value(const cogmig_difference *difference);

/* Of an ATTRIBUTE: is this the Cognito user whom the map links to the legacy id? True too where
 * there is no map. Somebody whom no link proves to be that user may have written the legacy id:
 * what the store has is not to be given to them. False for any other kind.
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
bool cogmig_difference_is_linked(const cogmig_difference *difference);

/* Make a configuration: every attribute but the name is compared, the map counts, working files go
 * to /tmp.
 *
 * ret_config  out: release it with cogmig_reconcile_config_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: any. Since: 1.0. */
cogmig_status cogmig_reconcile_config_new(cogmig_reconcile_config **ret_config, cogmig_error *err);

/* Release a configuration and set the caller's variable to NULL. NULL is fine.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
void cogmig_reconcile_config_free(cogmig_reconcile_config **config);

/* Where the files go that hold what does not fit into memory, about 400 bytes for each user of each
 * side. They have no name, so nobody else can open them and nothing stays behind.
 *
 * folder  in: copied; must exist, and be writable
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_reconcile_config_set_work_folder(cogmig_reconcile_config *config,
                                                      const char *folder, cogmig_error *err);

/* The attribute of the pool that carries the legacy id; "custom:legacy_id" by default.
 *
 * attribute  in: copied
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_reconcile_config_set_legacy_id_attribute(cogmig_reconcile_config *config,
                                                              const char *attribute,
                                                              cogmig_error *err);

/* Compare the names too. Leave it off when the migration does not return them.
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_reconcile_config_compare_names(cogmig_reconcile_config *config, bool compare,
                                                    cogmig_error *err);

/* Is there no identity map? Then no difference is about links.
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_reconcile_config_without_map(cogmig_reconcile_config *config,
                                                  cogmig_error *err);

/* Called for each difference.
 *
 * user_data   as given to cogmig_reconcile_config_set_on_difference()
 * difference  in: valid during the call only
 *
 * Returns COGMIG_OK to go on; anything else stops the comparison (STOPPED_BY_CALLBACK). */
typedef cogmig_status (*cogmig_difference_fn)(void *user_data, const cogmig_difference *difference);

/* Tell of each difference. Without it they are only counted.
 *
 * tell       in: the function; NULL for none
 * user_data  borrowed: handed to each call
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_reconcile_config_set_on_difference(cogmig_reconcile_config *config,
                                                        cogmig_difference_fn tell, void *user_data,
                                                        cogmig_error *err);

/* Called now and then while a side is read.
 *
 * user_data  as given to cogmig_reconcile_config_set_on_progress()
 * what       COGMIG_RECONCILE_COGNITO_USERS, COGMIG_RECONCILE_STORE_USERS or
 *            COGMIG_RECONCILE_LINKS
 * count      how many of them were read so far
 *
 * Returns COGMIG_OK to go on; anything else stops the reading (STOPPED_BY_CALLBACK). */
typedef cogmig_status (*cogmig_reconcile_progress_fn)(void *user_data, int32_t what,
                                                      uint64_t count);

/* Tell how far the reading of a side is.
 *
 * progress   in: the function; NULL for none
 * user_data  borrowed: handed to each call
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_reconcile_config_set_on_progress(cogmig_reconcile_config *config,
                                                      cogmig_reconcile_progress_fn progress,
                                                      void *user_data, cogmig_error *err);

/* Begin a reconciliation. Add what each side has, in any order, then compare.
 *
 * config         in: copied; NULL for the defaults
 * ret_reconcile  out: release it with cogmig_reconcile_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: any. Since: 1.0. */
cogmig_status cogmig_reconcile_new(const cogmig_reconcile_config *config,
                                   cogmig_reconcile **ret_reconcile, cogmig_error *err);

/* Release a reconciliation and set the caller's variable to NULL. NULL is fine.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
void cogmig_reconcile_free(cogmig_reconcile **reconcile);

/* Add a user of the pool.
 *
 * sub        in: copied, as all texts; required
 * legacy_id  in: the attribute custom:legacy_id; NULL or "" when the user has none
 * email      in: NULL when the user has none
 * name       in: NULL when the user has none
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, FILE_UNWRITABLE, DISK_FULL.
 * Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_reconcile_add_cognito_user(cogmig_reconcile *reconcile, const char *sub,
                                                const char *legacy_id, const char *email,
                                                bool email_verified, const char *name, bool enabled,
                                                cogmig_error *err);

/* Add a user of the legacy store.
 *
 * id        in: copied, as all texts; required
 * email     in: NULL when the user has none
 * name      in: NULL when the user has none
 * disabled  must not sign in: banned, locked, deleted
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, FILE_UNWRITABLE, DISK_FULL.
 * Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_reconcile_add_store_user(cogmig_reconcile *reconcile, const char *id,
                                              const char *email, bool email_verified,
                                              const char *name, bool disabled, cogmig_error *err);

/* Add a link of the identity map.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, FILE_UNWRITABLE, DISK_FULL.
 * Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_reconcile_add_link(cogmig_reconcile *reconcile, const char *legacy_id,
                                        const char *sub, cogmig_error *err);

/* Read every user of the pool (ListUsers), no faster than the client's list rate.
 *
 * cognito       in: not kept
 * listing_file  in: where the listing is written down page by page, mode 0600, so that one that was
 *               cut off goes on when this is called with the same name again, and one that is whole
 *               is read from there alone; NULL: nowhere. It holds addresses and names: remove it
 *               when it is not needed any more
 *
 * Errors: as cogmig_cognito_list_users(), CONFIG_INVALID (the file is no listing of this pool with
 * this legacy id), FILE_UNWRITABLE, DISK_FULL. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_reconcile_read_cognito(cogmig_reconcile *reconcile, cogmig_cognito *cognito,
                                            const char *listing_file, cogmig_error *err);

/* Read every row of the legacy store, as one snapshot. A store of your own has no list of its
 * users: add them with cogmig_reconcile_add_store_user().
 *
 * store  in: not kept
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INCOMPLETE, CONFIG_INVALID (a store of your own),
 * NOT_BUILT_IN, DEADLINE_EXCEEDED, STOPPED_BY_CALLBACK, STORE_URL_INVALID, STORE_UNREACHABLE,
 * STORE_LOGIN_REFUSED, STORE_BUSY, STORE_QUERY_FAILED, STORE_SCHEMA_MISMATCH, STORE_ROW_INVALID,
 * FILE_UNWRITABLE, DISK_FULL. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_reconcile_read_store(cogmig_reconcile *reconcile,
                                          const cogmig_store_config *store, cogmig_error *err);

/* Read every link of the identity map.
 *
 * map  in: not kept
 *
 * Errors: as cogmig_idmap_list_links(), FILE_UNWRITABLE, DISK_FULL.
 * Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_reconcile_read_idmap(cogmig_reconcile *reconcile, cogmig_idmap *map,
                                          cogmig_error *err);

/* Compare what was added and tell of each difference, those about one legacy id mostly together and
 * in the order of the ids. Nothing can be added afterwards. Memory does not grow with the number of
 * users.
 *
 * Errors: INVALID_ARGUMENT (a second time), OUT_OF_MEMORY, STOPPED_BY_CALLBACK, INTERNAL_ERROR,
 * FILE_UNWRITABLE, DISK_FULL. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_reconcile_compare(cogmig_reconcile *reconcile, cogmig_error *err);

/* How many there are of one of COGMIG_DIFFERENCE_* or COGMIG_RECONCILE_*; 0 for any other number.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
uint64_t cogmig_reconcile_count(const cogmig_reconcile *reconcile, int32_t what);

#ifdef __cplusplus
}
#endif

#endif
