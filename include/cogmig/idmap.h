/* SPDX-License-Identifier: Apache-2.0
 * The identity map: which legacy id is which sub, per user pool, in one table of your database. */
#ifndef COGMIG_IDMAP_H
#define COGMIG_IDMAP_H

#include <cogmig/claims.h>
#include <cogmig/error.h>
#include <cogmig/status.h>
#include <cogmig/store.h>
#include <cogmig/user.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where the table is, whose links are meant, what is remembered. */
typedef struct cogmig_idmap_config cogmig_idmap_config;

/* The links of one user pool, and a connection to the table that holds them. */
typedef struct cogmig_idmap cogmig_idmap;

/* Make a configuration: the table cogmig_idmap, a time-out of 4000 ms, a cache of 4096 entries
 * whose links are believed for 60 s and whose misses for 1 s.
 *
 * ret_config  out: release it with cogmig_idmap_config_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: any. Since: 1.0. */
cogmig_status cogmig_idmap_config_new(cogmig_idmap_config **ret_config, cogmig_error *err);

/* Make a configuration from the environment: COGMIG_IDMAP_URL or else DATABASE_URL,
 * COGNITO_USER_POOL_ID, COGMIG_IDMAP_SCHEMA, COGMIG_IDMAP_TABLE. What is not set stays at its
 * default.
 *
 * ret_config  out: release it with cogmig_idmap_config_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID, POOL_ID_INVALID, STORE_URL_INVALID,
 * NOT_BUILT_IN. Threads: any, while nobody changes the environment. Since: 1.0. */
cogmig_status cogmig_idmap_config_new_from_env(cogmig_idmap_config **ret_config, cogmig_error *err);

/* Release a configuration and set the caller's variable to NULL. NULL is fine.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
void cogmig_idmap_config_free(cogmig_idmap_config **config);

/* Where the table is; the forms are those of cogmig_store_config_set_url(). The map is written to,
 * so it may need another user of the database than the store.
 *
 * url  in: copied
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, STORE_URL_INVALID, NOT_BUILT_IN.
 * Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_idmap_config_set_url(cogmig_idmap_config *config, const char *url,
                                          cogmig_error *err);

/* The schema of the table; NULL for the connection's search path (the default, unless the URL has
 * schema=). Quoted as an identifier.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_idmap_config_set_schema(cogmig_idmap_config *config, const char *schema,
                                             cogmig_error *err);

/* The table; cogmig_idmap by default. Quoted as an identifier.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_idmap_config_set_table(cogmig_idmap_config *config, const char *table,
                                            cogmig_error *err);

/* The user pool whose links are meant: one table holds those of several pools.
 *
 * pool_id  in: copied; eu-central-1_AbCdEfGhI, or an emulator's
 *
 * Errors: INVALID_ARGUMENT, POOL_ID_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_idmap_config_set_pool(cogmig_idmap_config *config, const char *pool_id,
                                           cogmig_error *err);

/* How long one call may take, connecting and waiting for the connection included.
 *
 * timeout_ms  1 to 600000; 4000 by default
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_idmap_config_set_timeout_ms(cogmig_idmap_config *config, int32_t timeout_ms,
                                                 cogmig_error *err);

/* How many look-ups are remembered; a link takes two.
 *
 * entries  0 (nothing is) to 1048576; 4096 by default, rounded up to a power of two
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_idmap_config_set_cache_entries(cogmig_idmap_config *config, int32_t entries,
                                                    cogmig_error *err);

/* How long a remembered link is believed: for so long another map's unlink is not seen.
 *
 * link_ttl_ms  0 to 86400000; 60000 by default
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_idmap_config_set_link_ttl_ms(cogmig_idmap_config *config, int32_t link_ttl_ms,
                                                  cogmig_error *err);

/* How long a remembered miss is believed: for so long another map's link is not seen.
 *
 * miss_ttl_ms  0 to 86400000; 1000 by default
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_idmap_config_set_miss_ttl_ms(cogmig_idmap_config *config, int32_t miss_ttl_ms,
                                                  cogmig_error *err);

/* Take only legacy ids that are UUIDs. Prisma's are cuids by default, so this is off.
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_idmap_config_require_uuid(cogmig_idmap_config *config, cogmig_error *err);

/* Let cogmig_idmap_find_user() believe a token's legacy id only when the map has the link too.
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_idmap_config_require_link(cogmig_idmap_config *config, cogmig_error *err);

/* Open the map also while its PostgreSQL cannot be reached: the first call that needs it connects.
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_idmap_config_allow_outage(cogmig_idmap_config *config, cogmig_error *err);

/* Make the table, unless it is there. An SQLite file that is missing is made as well, readable by
 * its owner alone.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INCOMPLETE (no URL), NOT_BUILT_IN,
 * DEADLINE_EXCEEDED, STORE_URL_INVALID, STORE_UNREACHABLE, STORE_LOGIN_REFUSED, STORE_BUSY,
 * STORE_QUERY_FAILED, STORE_SCHEMA_MISMATCH (what is there under that name is not that table).
 * Threads: any. Since: 1.0. */
cogmig_status cogmig_idmap_install(const cogmig_idmap_config *config, cogmig_error *err);

/* The statement with which cogmig_idmap_install() makes the table, for a migration of your own.
 * Without a URL it is that for PostgreSQL.
 *
 * ret_sql  out: release it with cogmig_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: any. Since: 1.0. */
cogmig_status cogmig_idmap_install_sql(const cogmig_idmap_config *config, char **ret_sql,
                                       cogmig_error *err);

/* Open a map and prove that it can be asked: connects, and checks that the table is there.
 *
 * ret_map  out: release it with cogmig_idmap_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INCOMPLETE (no URL or no pool), NOT_BUILT_IN,
 * DEADLINE_EXCEEDED, STORE_URL_INVALID, STORE_UNREACHABLE, STORE_LOGIN_REFUSED, STORE_BUSY,
 * STORE_QUERY_FAILED, IDMAP_NOT_INSTALLED. Threads: any. Since: 1.0. */
cogmig_status cogmig_idmap_open(const cogmig_idmap_config *config, cogmig_idmap **ret_map,
                                cogmig_error *err);

/* Open the map that the environment names, see cogmig_idmap_config_new_from_env().
 *
 * Errors: as cogmig_idmap_open(), CONFIG_INVALID, POOL_ID_INVALID. Threads: any, while nobody
 * changes the environment. Since: 1.0. */
cogmig_status cogmig_idmap_open_from_env(cogmig_idmap **ret_map, cogmig_error *err);

/* Release a map and set the caller's variable to NULL. NULL is fine. What was made from it (a
 * migration) keeps it alive until it is freed itself.
 *
 * Errors: none. Threads: any. Since: 1.0. */
void cogmig_idmap_free(cogmig_idmap **map);

/* Record that this legacy id is this sub. The same pair again is fine. Of several writers at once,
 * in whatever processes, one wins and the others get what is true then; a link is one row, so
 * nothing is ever half of it.
 *
 * legacy_id  in: 1 to 2048 bytes of UTF-8
 * sub        in: 1 to 2048 bytes of UTF-8
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, DEADLINE_EXCEEDED, IDMAP_CONFLICT (one of the two is
 * linked otherwise: the message names both links), IDMAP_ID_INVALID, IDMAP_NOT_INSTALLED,
 * STORE_UNREACHABLE, STORE_LOGIN_REFUSED, STORE_BUSY, STORE_QUERY_FAILED, STORE_ROW_INVALID.
 * Threads: any. Since: 1.0. */
cogmig_status cogmig_idmap_link(cogmig_idmap *map, const char *legacy_id, const char *sub,
                                cogmig_error *err);

/* Remove exactly this pair; a link of one of the two to something else is IDMAP_CONFLICT. Other
 * maps may believe the link for the rest of their cache's time.
 *
 * Errors: as cogmig_idmap_link(), IDMAP_NOT_LINKED. Threads: any. Since: 1.0. */
cogmig_status cogmig_idmap_unlink(cogmig_idmap *map, const char *legacy_id, const char *sub,
                                  cogmig_error *err);

/* Find the sub of a legacy id.
 *
 * legacy_id  in: 1 to 2048 bytes of UTF-8
 * ret_sub    out: release it with cogmig_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, DEADLINE_EXCEEDED, IDMAP_NOT_LINKED,
 * IDMAP_ID_INVALID, IDMAP_NOT_INSTALLED, STORE_UNREACHABLE, STORE_LOGIN_REFUSED, STORE_BUSY,
 * STORE_QUERY_FAILED, STORE_ROW_INVALID. Threads: any. Since: 1.0. */
COGMIG_MUST_CHECK cogmig_status cogmig_idmap_find_sub(cogmig_idmap *map, const char *legacy_id,
                                                      char **ret_sub, cogmig_error *err);

/* Find the legacy id of a sub, e.g. what cogmig_claims_sub() gave.
 *
 * sub            in: 1 to 2048 bytes of UTF-8
 * ret_legacy_id  out: release it with cogmig_free()
 *
 * Errors: as cogmig_idmap_find_sub(). Threads: any. Since: 1.0. */
COGMIG_MUST_CHECK cogmig_status cogmig_idmap_find_legacy_id(cogmig_idmap *map, const char *sub,
                                                            char **ret_legacy_id,
                                                            cogmig_error *err);

/* Takes what a look-up of many found: called once for each, in their order.
 *
 * user_data  as given to the look-up
 * index      of the key in the caller's array
 * found      its other side, valid during the call; NULL: it is not linked
 *
 * Returns COGMIG_OK; anything else ends the look-up with STOPPED_BY_CALLBACK. */
typedef cogmig_status (*cogmig_idmap_found_fn)(void *user_data, size_t index, const char *found);

/* Find the subs of many legacy ids, a thousand at a time; the cache is not asked.
 *
 * legacy_ids  in: count of them, each as for cogmig_idmap_find_sub()
 * found       in: called with no lock held
 *
 * Errors: as cogmig_idmap_find_sub(), STOPPED_BY_CALLBACK. Threads: any. Since: 1.0. */
cogmig_status cogmig_idmap_find_subs(cogmig_idmap *map, const char *const *legacy_ids, size_t count,
                                     cogmig_idmap_found_fn found, void *user_data,
                                     cogmig_error *err);

/* Find the legacy ids of many subs; as cogmig_idmap_find_subs().
 *
 * Errors: as cogmig_idmap_find_subs(). Threads: any. Since: 1.0. */
cogmig_status cogmig_idmap_find_legacy_ids(cogmig_idmap *map, const char *const *subs, size_t count,
                                           cogmig_idmap_found_fn found, void *user_data,
                                           cogmig_error *err);

/* Takes a link. Returns COGMIG_OK; anything else ends the listing with STOPPED_BY_CALLBACK. */
typedef cogmig_status (*cogmig_idmap_link_fn)(void *user_data, const char *legacy_id,
                                              const char *sub);

/* All links, in the order of their legacy ids, a thousand in one question, each of which has the
 * map's time-out. Links that come or go meanwhile may be told or not.
 *
 * after  in: a legacy id that was told, to go on behind it; NULL: from the first
 * tell   in: called for each link, with no lock held
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, DEADLINE_EXCEEDED, STOPPED_BY_CALLBACK,
 * IDMAP_NOT_INSTALLED, STORE_UNREACHABLE, STORE_LOGIN_REFUSED, STORE_BUSY, STORE_QUERY_FAILED,
 * STORE_ROW_INVALID. Threads: any. Since: 1.0. */
cogmig_status cogmig_idmap_list_links(cogmig_idmap *map, const char *after,
                                      cogmig_idmap_link_fn tell, void *user_data,
                                      cogmig_error *err);

/* Takes a day, e.g. "2026-01-15" in UTC, and how many links were made on it. Returns COGMIG_OK;
 * anything else ends the counting with STOPPED_BY_CALLBACK. */
typedef cogmig_status (*cogmig_idmap_day_fn)(void *user_data, const char *day, int64_t links);

/* How many links were made on which day: how fast users move. Every link is read, within the map's
 * time-out.
 *
 * tell  in: called for each day that has links, in their order, with no lock held
 *
 * Errors: as cogmig_idmap_list_links(). Threads: any. Since: 1.0. */
cogmig_status cogmig_idmap_count_days(cogmig_idmap *map, cogmig_idmap_day_fn tell, void *user_data,
                                      cogmig_error *err);

/* From verified claims to the legacy row: by the legacy id that the token carries, or else by the
 * map. A legacy id from the token is held against the map, and one that the map gives to another
 * sub (or whose sub it gives to another legacy id) is IDMAP_CONFLICT: the attribute was tampered
 * with, or two accounts claim one row.
 *
 * claims    in: of cogmig_verifier_verify()
 * ret_user  out: release it with cogmig_user_free()
 *
 * Errors: as cogmig_idmap_find_sub(), IDMAP_CONFLICT, STOPPED_BY_CALLBACK, USER_NOT_FOUND (linked,
 * but the row is gone), USER_AMBIGUOUS, STORE_SCHEMA_MISMATCH. Threads: any. Since: 1.0. */
COGMIG_MUST_CHECK cogmig_status cogmig_idmap_find_user(cogmig_idmap *map, cogmig_store *store,
                                                       const cogmig_claims *claims,
                                                       cogmig_user **ret_user, cogmig_error *err);

/* What a map counts. */
enum {
    COGMIG_IDMAP_CACHE_HITS = 1, /* look-ups that the cache answered */
    COGMIG_IDMAP_LOOKUPS = 2,    /* look-ups that the database was asked for */
    COGMIG_IDMAP_LINKS = 3,      /* links that were new */
    COGMIG_IDMAP_CONFLICTS = 4,
    COGMIG_IDMAP_FAILURES = 5 /* calls that ended with a status of kind UNAVAILABLE */
};

/* A counter's value since the map was opened, for your monitoring; 0 for one that is not known.
 *
 * counter  COGMIG_IDMAP_*
 *
 * Errors: none. Threads: any. Since: 1.0. */
uint64_t cogmig_idmap_get_counter(const cogmig_idmap *map, int32_t counter);

#ifdef __cplusplus
}
#endif

#endif
