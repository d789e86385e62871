/* SPDX-License-Identifier: Apache-2.0
 * What the map promises, of whatever database it is in. */
#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "database.h"
#include "idmap/idmap.h"
#include "token/claims.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* ---- links ---- */

static void a_link_is_found_from_both_sides(void **state)
{
    (void)state;
    cogmig_idmap *map = open_empty();
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    assert_sub(map, "clx1", "sub-1");
    assert_legacy_id(map, "sub-1", "clx1");
    assert_sub(map, "sub-1", NULL);
    assert_legacy_id(map, "clx1", NULL);
    cogmig_idmap_free(&map);
    assert_null(map);
}

static void the_same_pair_again_is_fine(void **state)
{
    (void)state;
    cogmig_idmap *map = open_empty();
    for (int i = 0; i < 3; i++)
        assert_link(map, "clx1", "sub-1", COGMIG_OK);
    assert_int_equal(cogmig_idmap_get_counter(map, COGMIG_IDMAP_LINKS), 1);
    cogmig_idmap_free(&map);
}

/* promise 42 */
static void either_side_taken_is_a_conflict_that_names_the_links(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_idmap *map = open_empty();
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    assert_link(map, "clx2", "sub-2", COGMIG_OK);
    assert_status(cogmig_idmap_link(map, "clx1", "sub-3", &err), COGMIG_IDMAP_CONFLICT, &err);
    assert_mentions(&err, "\"clx1\" is linked to the sub \"sub-1\", not to \"sub-3\"");
    assert_status(cogmig_idmap_link(map, "clx3", "sub-1", &err), COGMIG_IDMAP_CONFLICT, &err);
    assert_mentions(&err, "\"sub-1\" is linked to the legacy id \"clx1\", not to \"clx3\"");
    assert_status(cogmig_idmap_link(map, "clx1", "sub-2", &err), COGMIG_IDMAP_CONFLICT, &err);
    assert_mentions(&err, "\"clx1\" is linked to the sub \"sub-1\"");
    assert_mentions(&err, "\"sub-2\" to the legacy id \"clx2\"");
    assert_sub(map, "clx1", "sub-1");
    assert_sub(map, "clx2", "sub-2");
    assert_sub(map, "clx3", NULL);
    assert_legacy_id(map, "sub-3", NULL);
    assert_int_equal(cogmig_idmap_get_counter(map, COGMIG_IDMAP_CONFLICTS), 3);
    cogmig_idmap_free(&map);
}

static void links_are_per_pool(void **state)
{
    (void)state;
    cogmig_idmap *map = open_empty();
    cogmig_idmap_config *config = new_config();
    assert_int_equal(cogmig_idmap_config_set_pool(config, "eu-central-1_Other", NULL), COGMIG_OK);
    cogmig_idmap *other = open_config(config);
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    assert_sub(other, "clx1", NULL);
    assert_link(other, "clx1", "sub-2", COGMIG_OK);
    assert_link(other, "clx2", "sub-1", COGMIG_OK);
    assert_sub(map, "clx1", "sub-1");
    cogmig_idmap_free(&map);
    cogmig_idmap_free(&other);
}

static void assert_unlink(cogmig_idmap *map, const char *legacy_id, const char *sub,
                          cogmig_status expected)
{
    struct cogmig_error err = {0};
    assert_status(cogmig_idmap_unlink(map, legacy_id, sub, &err), expected, &err);
}

static void only_the_exact_pair_is_unlinked(void **state)
{
    (void)state;
    cogmig_idmap *map = open_empty();
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    assert_unlink(map, "clx1", "sub-2", COGMIG_IDMAP_CONFLICT);
    assert_unlink(map, "clx2", "sub-1", COGMIG_IDMAP_CONFLICT);
    assert_unlink(map, "clx2", "sub-2", COGMIG_IDMAP_NOT_LINKED);
    assert_sub(map, "clx1", "sub-1");
    assert_unlink(map, "clx1", "sub-1", COGMIG_OK);
    assert_sub(map, "clx1", NULL);
    assert_legacy_id(map, "sub-1", NULL);
    assert_unlink(map, "clx1", "sub-1", COGMIG_IDMAP_NOT_LINKED);
    assert_link(map, "clx1", "sub-2", COGMIG_OK);
    cogmig_idmap_free(&map);
}

static void ids_are_compared_byte_for_byte(void **state)
{
    (void)state;
    static const char *const ids[] = {
        "a",     "A", "a ",       " a",       "'; DROP TABLE cogmig_idmap; --", "\"a\"", "\\",
        "{a,b}", "%", "\xC3\xA4", "a\xCC\x88"};
    char sub[16];
    cogmig_idmap *map = open_empty();
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        snprintf(sub, sizeof sub, "sub-%zu", i);
        assert_link(map, ids[i], sub, COGMIG_OK);
    }
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        snprintf(sub, sizeof sub, "sub-%zu", i);
        assert_sub(map, ids[i], sub);
        assert_legacy_id(map, sub, ids[i]);
    }
    cogmig_idmap_free(&map);
}

static void ids_are_1_to_2048_bytes_of_utf8(void **state)
{
    (void)state;
    char id[2050];
    memset(id, 'x', sizeof id - 1);
    id[2049] = '\0';
    cogmig_idmap *map = open_empty();
    assert_link(map, id, "sub-1", COGMIG_INVALID_ARGUMENT);
    assert_link(map, id + 1, "sub-1", COGMIG_OK);
    assert_link(map, "clx1", id, COGMIG_INVALID_ARGUMENT);
    assert_link(map, "", "sub-1", COGMIG_INVALID_ARGUMENT);
    assert_link(map, "clx1", "", COGMIG_INVALID_ARGUMENT);
    assert_link(map, "\xFF", "sub-2", COGMIG_INVALID_ARGUMENT);
    assert_link(map, NULL, "sub-2", COGMIG_INVALID_ARGUMENT);
    assert_link(map, "clx1", NULL, COGMIG_INVALID_ARGUMENT);
    cogmig_idmap_free(&map);
}

static void only_uuids_are_taken_where_that_is_demanded(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    char *sub = NULL;
    cogmig_idmap *map = open_empty();
    cogmig_idmap_free(&map);
    cogmig_idmap_config *config = new_config();
    assert_int_equal(cogmig_idmap_config_require_uuid(config, NULL), COGMIG_OK);
    map = open_config(config);
    assert_link(map, "6f1c7a2e-0b1d-4e8a-9d3c-2a5b7c9d1e3F", "sub-1", COGMIG_OK);
    assert_link(map, "6f1c7a2e-0b1d-4e8a-9d3c-2a5b7c9d1e3", "sub-2", COGMIG_IDMAP_ID_INVALID);
    assert_link(map, "6f1c7a2e-0b1d-4e8a-9d3c-2a5b7c9d1e3g", "sub-2", COGMIG_IDMAP_ID_INVALID);
    assert_link(map, "6f1c7a2e00b1d-4e8a-9d3c-2a5b7c9d1e3f", "sub-2", COGMIG_IDMAP_ID_INVALID);
    assert_status(cogmig_idmap_find_sub(map, "clx1", &sub, &err), COGMIG_IDMAP_ID_INVALID, &err);
    cogmig_idmap_free(&map);
}

/* ---- the cache ---- */

static cogmig_idmap *open_with_ttls(int32_t link_ttl_ms, int32_t miss_ttl_ms)
{
    cogmig_idmap *made = open_empty();
    cogmig_idmap_free(&made);
    cogmig_idmap_config *config = new_config();
    assert_int_equal(cogmig_idmap_config_set_link_ttl_ms(config, link_ttl_ms, NULL), COGMIG_OK);
    assert_int_equal(cogmig_idmap_config_set_miss_ttl_ms(config, miss_ttl_ms, NULL), COGMIG_OK);
    return open_config(config);
}

#define INSERT                                                                                     \
    "INSERT INTO cogmig_idmap (pool_id, legacy_id, sub) VALUES ('" POOL "', 'clx1', 'sub-1')"

static void a_look_up_is_remembered(void **state)
{
    (void)state;
    cogmig_idmap *map = open_with_ttls(3600000, 3600000);
    database_execute(INSERT);
    for (int i = 0; i < 5; i++)
        assert_sub(map, "clx1", "sub-1");
    assert_int_equal(cogmig_idmap_get_counter(map, COGMIG_IDMAP_LOOKUPS), 1);
    assert_int_equal(cogmig_idmap_get_counter(map, COGMIG_IDMAP_CACHE_HITS), 4);
    assert_int_equal(cogmig_idmap_get_counter(map, 0), 0);
    assert_int_equal(cogmig_idmap_get_counter(map, COGMIG_IDMAP_FAILURES + 1), 0);
    cogmig_idmap_free(&map);
}

static void a_miss_is_believed_for_its_time_and_no_longer(void **state)
{
    (void)state;
    cogmig_idmap *forgetful = open_with_ttls(3600000, 0);
    cogmig_idmap *map = open_with_ttls(3600000, 3600000);
    assert_sub(map, "clx1", NULL);
    assert_sub(forgetful, "clx1", NULL);
    database_execute(INSERT);
    assert_sub(map, "clx1", NULL);
    assert_sub(forgetful, "clx1", "sub-1");
    cogmig_idmap_free(&map);
    cogmig_idmap_free(&forgetful);
}

static void a_link_of_this_map_ends_a_miss_at_once(void **state)
{
    (void)state;
    cogmig_idmap *map = open_with_ttls(3600000, 3600000);
    assert_sub(map, "clx1", NULL);
    assert_legacy_id(map, "sub-1", NULL);
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    assert_sub(map, "clx1", "sub-1");
    assert_legacy_id(map, "sub-1", "clx1");
    cogmig_idmap_free(&map);
}

static void an_unlink_elsewhere_is_seen_when_the_links_time_is_over(void **state)
{
    (void)state;
    cogmig_idmap *map = open_with_ttls(3600000, 3600000), *forgetful = open_with_ttls(0, 0);
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    assert_sub(forgetful, "clx1", "sub-1");
    database_execute("DELETE FROM cogmig_idmap");
    assert_sub(map, "clx1", "sub-1");
    assert_sub(forgetful, "clx1", NULL);
    assert_link(map, "clx1", "sub-2", COGMIG_OK);
    assert_sub(map, "clx1", "sub-2");
    cogmig_idmap_free(&map);
    cogmig_idmap_free(&forgetful);
}

/* ---- many at once ---- */

enum {
    MANY = 2300
};

struct taken {
    size_t count;
    bool in_order;
    size_t stop_at;
};

/* Every third one is linked. */
static cogmig_status take(void *user_data, size_t index, const char *found)
{
    struct taken *taken = user_data;
    char expected[32];
    snprintf(expected, sizeof expected, "sub-%zu", index);
    taken->in_order &= index == taken->count++;
    taken->in_order &=
        index % 3 == 0 ? found != NULL && strcmp(found, expected) == 0 : found == NULL;
    return taken->count == taken->stop_at ? COGMIG_INTERNAL_ERROR : COGMIG_OK;
}

static void insert_every_third(void)
{
    SCOPED(buffer_release) struct buffer sql = buffer_with_max(1024 * 1024);
    for (int i = 0; i < MANY; i += 3) {
        char row[128];
        snprintf(row, sizeof row, "%s ('" POOL "', '\"%d\\', 'sub-%d')",
                 i == 0 ? "INSERT INTO cogmig_idmap (pool_id, legacy_id, sub) VALUES" : ",", i, i);
        buffer_add_text(&sql, row);
    }
    database_execute(sql.bytes);
}

static void a_conflict_is_seen_at_once(void **state)
{
    (void)state;
    cogmig_idmap *map = open_with_ttls(3600000, 3600000);
    cogmig_idmap *elsewhere = open_config(new_config());
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    assert_legacy_id(map, "sub-2", NULL);
    assert_int_equal(cogmig_idmap_unlink(elsewhere, "clx1", "sub-1", NULL), COGMIG_OK);
    assert_link(elsewhere, "clx1", "sub-2", COGMIG_OK);
    assert_sub(map, "clx1", "sub-1"); /* as remembered */
    assert_link(map, "clx1", "sub-1", COGMIG_IDMAP_CONFLICT);
    assert_sub(map, "clx1", "sub-2");
    assert_legacy_id(map, "sub-1", NULL);
    assert_legacy_id(map, "sub-2", "clx1"); /* the conflict told it */
    assert_sub(map, "clx3", NULL);
    assert_link(elsewhere, "clx3", "sub-3", COGMIG_OK);
    assert_unlink(map, "clx4", "sub-3", COGMIG_IDMAP_CONFLICT);
    assert_sub(map, "clx3", "sub-3");
    cogmig_idmap_free(&elsewhere);
    cogmig_idmap_free(&map);
}

/* The map's own database, and somebody who unlinks as soon as a link is written. */
static struct idmap_backend hasty;
static const struct idmap_backend *database;
static cogmig_idmap *hasty_map;

static cogmig_status ask_and_unlink(void *map_state, struct idmap_question *question,
                                    struct deadline deadline, cogmig_error *err)
{
    cogmig_status status = database->ask(map_state, question, deadline, err);
    if (question->statement != IDMAP_LINK)
        return status;
    struct idmap_question unlink = *question;
    unlink.statement = IDMAP_UNLINK;
    database->ask(map_state, &unlink, deadline, err);
    idmap_cache_forget(hasty_map->cache, question->parameters[1], question->parameters[2]);
    return status;
}

static void a_link_that_is_unlinked_meanwhile_is_not_remembered(void **state)
{
    (void)state;
    cogmig_idmap *map = open_empty();
    database = map->backend;
    hasty = *database;
    hasty.ask = ask_and_unlink;
    hasty_map = map;
    map->backend = &hasty;
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    map->backend = database;
    assert_sub(map, "clx1", NULL);
    assert_legacy_id(map, "sub-1", NULL);
    cogmig_idmap_free(&map);
}

static void many_are_found_in_their_order(void **state)
{
    (void)state;
    static char texts[MANY][16];
    static const char *ids[MANY];
    struct cogmig_error err = {0};
    cogmig_idmap *map = open_empty();
    insert_every_third();
    for (int i = 0; i < MANY; i++) {
        snprintf(texts[i], sizeof texts[i], "\"%d\\", i);
        ids[i] = texts[i];
    }
    struct taken taken = {.in_order = true};
    assert_status(cogmig_idmap_find_subs(map, ids, MANY, take, &taken, &err), COGMIG_OK, &err);
    assert_int_equal(taken.count, MANY);
    assert_true(taken.in_order);
    assert_int_equal(cogmig_idmap_get_counter(map, COGMIG_IDMAP_LOOKUPS), MANY);
    struct taken some = {.in_order = true, .stop_at = 1500};
    assert_status(cogmig_idmap_find_subs(map, ids, MANY, take, &some, &err),
                  COGMIG_STOPPED_BY_CALLBACK, &err);
    assert_int_equal(some.count, 1500);
    assert_status(cogmig_idmap_find_subs(map, NULL, 0, take, &some, &err), COGMIG_OK, &err);
    ids[MANY - 1] = "";
    assert_status(cogmig_idmap_find_subs(map, ids, MANY, take, &taken, &err),
                  COGMIG_INVALID_ARGUMENT, &err);
    cogmig_idmap_free(&map);
}

static cogmig_status take_legacy_ids(void *user_data, size_t index, const char *found)
{
    static const char *const expected[] = {"clx2", NULL, "clx1"};
    int *good = user_data;
    *good += expected[index] == NULL ? found == NULL
                                     : found != NULL && strcmp(found, expected[index]) == 0;
    return COGMIG_OK;
}

static void many_legacy_ids_are_found_too(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    static const char *const subs[] = {"sub-2", "sub-3", "sub-1"};
    int good = 0;
    cogmig_idmap *map = open_empty();
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    assert_link(map, "clx2", "sub-2", COGMIG_OK);
    assert_status(cogmig_idmap_find_legacy_ids(map, subs, 3, take_legacy_ids, &good, &err),
                  COGMIG_OK, &err);
    assert_int_equal(good, 3);
    cogmig_idmap_free(&map);
}

/* ---- from claims to the row ---- */

static cogmig_claims *read_claims(const char *json)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char text[1024];
    size_t len = 0, bits = 0;
    uint32_t pending = 0;
    for (; *json != '\0'; json++) {
        pending = (pending << 8 | (unsigned char)*json) & 0xFFFF;
        for (bits += 8; bits >= 6; bits -= 6)
            text[len++] = digits[pending >> (bits - 6) & 63];
    }
    if (bits > 0)
        text[len++] = digits[pending << (6 - bits) & 63];
    cogmig_claims *claims = NULL;
    assert_int_equal(claims_read((struct span){text, len}, &claims, NULL), COGMIG_OK);
    return claims;
}

static cogmig_status find_legacy(void *user_data, int32_t question, const char *key, size_t key_len,
                                 int32_t timeout_ms, cogmig_store_answer *answer)
{
    (void)user_data, (void)question, (void)key_len, (void)timeout_ms;
    if (strcmp(key, "outage") == 0)
        return COGMIG_STORE_UNREACHABLE;
    if (strncmp(key, "clx", 3) != 0)
        return COGMIG_OK;
    return cogmig_store_answer_add_user(answer, key, "a@example.com", NULL, true, NULL);
}

static cogmig_store *open_store(void)
{
    cogmig_store_config *config = NULL;
    cogmig_store *store = NULL;
    assert_int_equal(cogmig_store_config_new(&config, NULL), COGMIG_OK);
    cogmig_store_config_set_callback(config, find_legacy, NULL, NULL);
    assert_int_equal(cogmig_store_open(config, &store, NULL), COGMIG_OK);
    cogmig_store_config_free(&config);
    return store;
}

/* An id, or the status why there is none. */
static void assert_user(cogmig_idmap *map, const char *json, const char *id, cogmig_status expected)
{
    struct cogmig_error err = {0};
    cogmig_store *store = open_store();
    cogmig_claims *claims = read_claims(json);
    cogmig_user *user = NULL;
    assert_status(cogmig_idmap_find_user(map, store, claims, &user, &err), expected, &err);
    assert_int_equal(user != NULL, id != NULL);
    if (id != NULL)
        assert_string_equal(cogmig_user_id(user), id);
    cogmig_user_free(&user);
    cogmig_claims_free(&claims);
    cogmig_store_free(&store);
}

/* ---- all of them ---- */

enum {
    MANY_LINKS = 2500 /* more than one question gives, and not a multiple of it */
};

struct told_links {
    size_t count;
    size_t stop_after; /* 0: never */
    char last[32];
    bool in_order;
    bool paired;
};

static cogmig_status take_link(void *user_data, const char *legacy_id, const char *sub)
{
    struct told_links *told = user_data;
    char expected[32];
    snprintf(expected, sizeof expected, "sub-%s", legacy_id);
    told->paired = told->paired && strcmp(sub, expected) == 0;
    told->in_order = told->in_order && strcmp(told->last, legacy_id) < 0;
    snprintf(told->last, sizeof told->last, "%s", legacy_id);
    told->count++;
    return told->count == told->stop_after ? COGMIG_CONFIG_INVALID : COGMIG_OK;
}

static struct told_links told_links(cogmig_idmap *map, const char *after, size_t stop_after,
                                    cogmig_status expected)
{
    struct cogmig_error err = {0};
    struct told_links told = {.stop_after = stop_after, .in_order = true, .paired = true};
    assert_status(cogmig_idmap_list_links(map, after, take_link, &told, &err), expected, &err);
    assert_true(told.in_order);
    assert_true(told.paired);
    return told;
}

static void make_many_links(void)
{
    char sql[512];
    snprintf(sql, sizeof sql,
             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
             " INSERT INTO cogmig_idmap (pool_id, legacy_id, sub, linked_at)"
             " SELECT '" POOL "', 'u' || (10000 + i), 'sub-u' || (10000 + i),"
             " CASE WHEN i <= 7 THEN '2026-01-15T23:59:59Z' ELSE '2026-01-16T00:00:00Z' END%s"
             " FROM n",
             MANY_LINKS, database_is_postgresql() ? "::timestamptz" : "");
    database_execute(sql);
}

static void all_links_are_told_in_the_order_of_their_legacy_ids(void **state)
{
    (void)state;
    cogmig_idmap *map = open_empty();
    assert_int_equal(told_links(map, NULL, 0, COGMIG_OK).count, 0);
    make_many_links();
    struct told_links all = told_links(map, NULL, 0, COGMIG_OK);
    assert_int_equal(all.count, MANY_LINKS);
    assert_string_equal(all.last, "u12500");
    assert_int_equal(told_links(map, "u12400", 0, COGMIG_OK).count, 100);
    assert_int_equal(told_links(map, "u12500", 0, COGMIG_OK).count, 0);
    assert_int_equal(told_links(map, NULL, 1500, COGMIG_STOPPED_BY_CALLBACK).count, 1500);
    assert_int_equal(cogmig_idmap_list_links(map, NULL, NULL, NULL, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_idmap_list_links(NULL, NULL, take_link, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    cogmig_idmap_free(&map);
}

static cogmig_status write_day(void *user_data, const char *day, int64_t links)
{
    char *text = user_data;
    size_t len = strlen(text);
    snprintf(text + len, 200 - len, "%s:%lld ", day, (long long)links);
    return links == 7 ? COGMIG_OK : COGMIG_CONFIG_INVALID;
}

static void links_are_counted_by_the_day_in_utc(void **state)
{
    (void)state;
    char days[200] = "";
    cogmig_idmap *map = open_empty();
    assert_int_equal(cogmig_idmap_count_days(map, write_day, days, NULL), COGMIG_OK);
    assert_string_equal(days, "");
    make_many_links();
    assert_int_equal(cogmig_idmap_count_days(map, write_day, days, NULL),
                     COGMIG_STOPPED_BY_CALLBACK);
    assert_string_equal(days, "2026-01-15:7 2026-01-16:2493 ");
    assert_int_equal(cogmig_idmap_count_days(map, NULL, NULL, NULL), COGMIG_INVALID_ARGUMENT);
    cogmig_idmap_free(&map);
}

static void claims_lead_to_their_row(void **state)
{
    (void)state;
    cogmig_idmap *map = open_empty();
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    assert_link(map, "gone", "sub-4", COGMIG_OK);
    assert_link(map, "outage", "sub-5", COGMIG_OK);
    assert_user(map, "{\"sub\":\"sub-1\",\"token_use\":\"access\"}", "clx1", COGMIG_OK);
    assert_user(map, "{\"sub\":\"sub-1\",\"custom:legacy_id\":\"clx1\"}", "clx1", COGMIG_OK);
    assert_user(map, "{\"sub\":\"sub-1\",\"legacy_id\":\"clx1\"}", "clx1", COGMIG_OK);
    assert_user(map, "{\"sub\":\"sub-2\",\"custom:legacy_id\":\"clx2\"}", "clx2", COGMIG_OK);
    assert_user(map, "{\"sub\":\"sub-2\"}", NULL, COGMIG_IDMAP_NOT_LINKED);
    assert_user(map, "{\"sub\":\"sub-4\"}", NULL, COGMIG_USER_NOT_FOUND);
    assert_user(map, "{\"sub\":\"sub-5\"}", NULL, COGMIG_STORE_UNREACHABLE);
    assert_user(map, "{\"custom:legacy_id\":\"clx1\"}", NULL, COGMIG_INVALID_ARGUMENT);
    cogmig_idmap_free(&map);
}

/* promise 44 */
static void a_claim_that_the_map_contradicts_leads_nowhere(void **state)
{
    (void)state;
    cogmig_idmap *map = open_empty();
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    assert_user(map, "{\"sub\":\"sub-2\",\"custom:legacy_id\":\"clx1\"}", NULL,
                COGMIG_IDMAP_CONFLICT);
    assert_user(map, "{\"sub\":\"sub-1\",\"custom:legacy_id\":\"clx2\"}", NULL,
                COGMIG_IDMAP_CONFLICT);
    assert_user(map, "{\"sub\":\"sub-1\",\"legacy_id\":\"clx2\"}", NULL, COGMIG_IDMAP_CONFLICT);
    cogmig_idmap_free(&map);
}

static void a_claim_without_its_link_is_refused_where_that_is_demanded(void **state)
{
    (void)state;
    cogmig_idmap *map = open_empty();
    cogmig_idmap_free(&map);
    cogmig_idmap_config *config = new_config();
    assert_int_equal(cogmig_idmap_config_require_link(config, NULL), COGMIG_OK);
    map = open_config(config);
    assert_user(map, "{\"sub\":\"sub-1\",\"custom:legacy_id\":\"clx1\"}", NULL,
                COGMIG_IDMAP_NOT_LINKED);
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    assert_user(map, "{\"sub\":\"sub-1\",\"custom:legacy_id\":\"clx1\"}", "clx1", COGMIG_OK);
    cogmig_idmap_free(&map);
}

/* ---- the table ---- */

/* What is done to the table ends as if there had been no such row. */
static void ignore_each(const char *event)
{
    char sql[512];
    if (database_is_postgresql())
        snprintf(sql, sizeof sql,
                 "CREATE FUNCTION ignore_each() RETURNS trigger LANGUAGE plpgsql AS"
                 " $$BEGIN RETURN NULL; END$$; CREATE TRIGGER ignore_each BEFORE %s ON cogmig_idmap"
                 " FOR EACH ROW EXECUTE FUNCTION ignore_each()",
                 event);
    else
        snprintf(sql, sizeof sql,
                 "CREATE TRIGGER ignore_each BEFORE %s ON cogmig_idmap"
                 " BEGIN SELECT RAISE(IGNORE); END",
                 event);
    database_execute(sql);
}

static void ignore_none(void)
{
    database_execute(database_is_postgresql() ? "DROP FUNCTION ignore_each CASCADE"
                                              : "DROP TRIGGER ignore_each");
}

static void what_the_database_does_not_do_is_not_answered_with_ok(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_idmap *map = open_empty();
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    ignore_each("DELETE");
    assert_status(cogmig_idmap_unlink(map, "clx1", "sub-1", &err), COGMIG_STORE_QUERY_FAILED, &err);
    assert_mentions(&err, "trigger");
    assert_sub(map, "clx1", "sub-1");
    ignore_none();
    assert_unlink(map, "clx1", "sub-1", COGMIG_OK);
    ignore_each("INSERT");
    assert_status(cogmig_idmap_link(map, "clx1", "sub-1", &err), COGMIG_STORE_QUERY_FAILED, &err);
    assert_mentions(&err, "trigger");
    assert_sub(map, "clx1", NULL);
    ignore_none();
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    cogmig_idmap_free(&map);
}

static void assert_opening_fails(cogmig_idmap_config *config, cogmig_status expected,
                                 const char *words)
{
    struct cogmig_error err = {0};
    cogmig_idmap *map = (cogmig_idmap *)config;
    assert_status(cogmig_idmap_open(config, &map, &err), expected, &err);
    assert_mentions(&err, words);
    assert_null(map);
    cogmig_idmap_config_free(&config);
}

static void without_its_table_a_map_says_how_to_make_it(void **state)
{
    (void)state;
    cogmig_idmap_config *config = new_config();
    assert_int_equal(cogmig_idmap_config_set_table(config, "no such \"table", NULL), COGMIG_OK);
    assert_opening_fails(config, COGMIG_IDMAP_NOT_INSTALLED, "cogmig idmap install");
}

static void a_table_that_would_take_two_links_of_one_id_is_not_written_to(void **state)
{
    (void)state;
    database_execute("CREATE TABLE loose (pool_id text, legacy_id text, sub text, linked_at text,"
                     " PRIMARY KEY (pool_id, legacy_id))");
    cogmig_idmap_config *config = new_config();
    assert_int_equal(cogmig_idmap_config_set_table(config, "loose", NULL), COGMIG_OK);
    cogmig_idmap *map = open_config(config);
    assert_sub(map, "clx1", NULL);
    assert_link(map, "clx1", "sub-1", COGMIG_IDMAP_NOT_INSTALLED);
    assert_link(map, "clx1", "sub-1", COGMIG_IDMAP_NOT_INSTALLED);
    cogmig_idmap_free(&map);
    database_execute("DROP TABLE loose");
}

static cogmig_status take_any(void *user_data, size_t index, const char *found)
{
    const char **any = user_data;
    *any = index == 0 && found != NULL ? "any" : NULL;
    return COGMIG_OK;
}

static void assert_found_one(cogmig_idmap *map, const char *legacy_id, cogmig_status expected)
{
    struct cogmig_error err = {0};
    char *sub = NULL;
    assert_status(cogmig_idmap_find_sub(map, legacy_id, &sub, &err), expected, &err);
    assert_int_equal(sub != NULL, expected == COGMIG_OK);
    memory_free(sub);
    const char *any = NULL;
    assert_status(cogmig_idmap_find_subs(map, &legacy_id, 1, take_any, &any, &err), expected, &err);
    assert_int_equal(any != NULL, expected == COGMIG_OK);
}

static cogmig_idmap *open_table(const char *name)
{
    cogmig_idmap_config *config = new_config();
    assert_int_equal(cogmig_idmap_config_set_table(config, name, NULL), COGMIG_OK);
    assert_int_equal(cogmig_idmap_config_set_cache_entries(config, 0, NULL), COGMIG_OK);
    return open_config(config);
}

/* Tables that somebody made himself. */
static void a_row_that_cannot_be_a_link_leads_to_nobody(void **state)
{
    (void)state;
    database_execute("CREATE TABLE loose (pool_id text, legacy_id text, sub text);"
                     "INSERT INTO loose VALUES ('" POOL "', 'clx1', 'sub-1'),"
                     " ('" POOL "', 'clx2', 'sub-2'), ('" POOL "', 'clx2', 'sub-3'),"
                     " ('" POOL "', 'clx3', NULL), ('" POOL "', 'clx4', '')");
    cogmig_idmap *map = open_table("loose");
    assert_found_one(map, "clx1", COGMIG_OK);
    assert_found_one(map, "clx2", COGMIG_STORE_ROW_INVALID);
    assert_found_one(map, "clx3", COGMIG_STORE_ROW_INVALID);
    assert_found_one(map, "clx4", COGMIG_STORE_ROW_INVALID);
    assert_link(map, "clx3", "sub-4", COGMIG_STORE_ROW_INVALID);
    cogmig_idmap_free(&map);
    database_execute("DROP TABLE loose");
}

static void make_lax_table(const char *type)
{
    char sql[512];
    snprintf(sql, sizeof sql,
             "CREATE TABLE lax (pool_id text, legacy_id %s, sub text,"
             " PRIMARY KEY (pool_id, legacy_id), UNIQUE (pool_id, sub));"
             "INSERT INTO lax VALUES ('" POOL "', 'clx1', 'sub-1'),"
             " ('" POOL "', '12345678', 'sub-2')",
             type);
    database_execute(sql);
}

static void a_column_that_takes_two_ids_for_one_leads_to_nobody(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    char *sub = NULL;
    if (database_is_postgresql()) {
        make_lax_table("char(8)");
        cogmig_idmap_config *config = new_config();
        assert_int_equal(cogmig_idmap_config_set_table(config, "lax", NULL), COGMIG_OK);
        assert_opening_fails(config, COGMIG_IDMAP_NOT_INSTALLED, "cogmig idmap install");
    } else {
        make_lax_table("TEXT COLLATE NOCASE");
        cogmig_idmap *map = open_table("lax");
        assert_found_one(map, "12345678", COGMIG_OK);
        assert_status(cogmig_idmap_find_sub(map, "CLX1", &sub, &err), COGMIG_IDMAP_NOT_INSTALLED,
                      &err);
        assert_null(sub);
        assert_link(map, "CLX1", "sub-3", COGMIG_IDMAP_NOT_INSTALLED);
        cogmig_idmap_free(&map);
    }
    database_execute("DROP TABLE lax");
}

static void assert_not_installed_over(const char *table)
{
    struct cogmig_error err = {0};
    cogmig_idmap_config *config = new_config();
    assert_int_equal(cogmig_idmap_config_set_table(config, table, NULL), COGMIG_OK);
    assert_status(cogmig_idmap_install(config, &err), COGMIG_STORE_SCHEMA_MISMATCH, &err);
    assert_mentions(&err, table);
    assert_mentions(&err, "COGMIG_IDMAP_TABLE");
    cogmig_idmap_config_free(&config);
}

static void what_is_no_such_table_is_not_taken_for_it(void **state)
{
    (void)state;
    database_execute("CREATE TABLE others (id text)");
    database_execute("CREATE TABLE loose (pool_id text, legacy_id text, sub text, linked_at text,"
                     " PRIMARY KEY (pool_id, legacy_id))");
    assert_not_installed_over("others");
    assert_not_installed_over("loose");
    database_execute("DROP TABLE others");
    database_execute("DROP TABLE loose");
}

static void a_table_of_any_name_is_made_and_used(void **state)
{
    (void)state;
    cogmig_idmap_config *config = new_config();
    assert_int_equal(cogmig_idmap_config_set_table(config, "links of \"us\"", NULL), COGMIG_OK);
    assert_int_equal(cogmig_idmap_install(config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_idmap_install(config, NULL), COGMIG_OK);
    cogmig_idmap *map = open_config(config);
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    assert_sub(map, "clx1", "sub-1");
    cogmig_idmap_free(&map);
}

/* ---- several at once ---- */

enum {
    WRITERS = 4,
    ROUNDS = 25
};

/* Each has a map, as a process of its own would have. */
struct writer {
    pthread_t thread;
    cogmig_idmap *map;
    pthread_barrier_t *start;
    int number;
    bool same_pair;
    int won[ROUNDS];
    int failed;
};

static void *write_links(void *argument)
{
    struct writer *writer = argument;
    for (int round = 0; round < ROUNDS; round++) {
        char legacy_id[32], sub[32];
        snprintf(legacy_id, sizeof legacy_id, "clx%d", round);
        snprintf(sub, sizeof sub, "sub-%d-%d", round, writer->same_pair ? 0 : writer->number);
        pthread_barrier_wait(writer->start);
        cogmig_status status = cogmig_idmap_link(writer->map, legacy_id, sub, NULL);
        writer->won[round] = status == COGMIG_OK;
        writer->failed += status != COGMIG_OK && status != COGMIG_IDMAP_CONFLICT;
    }
    return NULL;
}

static void assert_winners(bool same_pair, int expected)
{
    struct writer writers[WRITERS] = {0};
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, WRITERS);
    for (int i = 0; i < WRITERS; i++)
        writers[i] = (struct writer){
            .map = open_empty(), .start = &start, .number = i, .same_pair = same_pair};
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&writers[i].thread, NULL, write_links, &writers[i]), 0);
    for (int i = 0; i < WRITERS; i++)
        pthread_join(writers[i].thread, NULL);
    for (int round = 0; round < ROUNDS; round++) {
        int winners = 0;
        for (int i = 0; i < WRITERS; i++)
            winners += writers[i].won[round];
        assert_int_equal(winners, expected);
    }
    for (int i = 0; i < WRITERS; i++) {
        assert_int_equal(writers[i].failed, 0);
        cogmig_idmap_free(&writers[i].map);
    }
    pthread_barrier_destroy(&start);
}

static void of_writers_of_one_pair_all_win(void **state)
{
    (void)state;
    assert_winners(true, WRITERS);
}

/* promise 42 */
static void of_writers_that_give_one_id_to_several_subs_one_wins(void **state)
{
    (void)state;
    assert_winners(false, 1);
}

static void *use_map(void *argument)
{
    cogmig_idmap *map = argument;
    bool good = true;
    for (int i = 0; i < 50; i++) {
        char id[16], sub[16], *found = NULL;
        snprintf(id, sizeof id, "clx%d", i);
        snprintf(sub, sizeof sub, "sub-%d", i);
        good &= cogmig_idmap_link(map, id, sub, NULL) == COGMIG_OK;
        good &=
            cogmig_idmap_find_sub(map, id, &found, NULL) == COGMIG_OK && strcmp(found, sub) == 0;
        memory_free(found);
    }
    return good ? NULL : map;
}

static void threads_share_one_map(void **state)
{
    (void)state;
    pthread_t threads[WRITERS];
    cogmig_idmap *map = open_empty();
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, use_map, map), 0);
    for (int i = 0; i < WRITERS; i++) {
        void *fault = map;
        pthread_join(threads[i], &fault);
        assert_null(fault);
    }
    assert_int_equal(cogmig_idmap_get_counter(map, COGMIG_IDMAP_LINKS), 50);
    cogmig_idmap_free(&map);
}

static void *install_table(void *argument)
{
    cogmig_status *status = argument;
    cogmig_idmap_config *config = new_config();
    *status = cogmig_idmap_config_set_table(config, "made_at_once", NULL);
    if (*status == COGMIG_OK)
        *status = cogmig_idmap_install(config, NULL);
    cogmig_idmap_config_free(&config);
    return NULL;
}

static void several_may_make_the_table_at_once(void **state)
{
    (void)state;
    pthread_t threads[WRITERS];
    cogmig_status statuses[WRITERS];
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < WRITERS; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, install_table, &statuses[i]), 0);
        for (int i = 0; i < WRITERS; i++) {
            pthread_join(threads[i], NULL);
            assert_int_equal(statuses[i], COGMIG_OK);
        }
        database_execute("DROP TABLE made_at_once");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_link_is_found_from_both_sides),
        cmocka_unit_test(the_same_pair_again_is_fine),
        cmocka_unit_test(either_side_taken_is_a_conflict_that_names_the_links),
        cmocka_unit_test(links_are_per_pool),
        cmocka_unit_test(only_the_exact_pair_is_unlinked),
        cmocka_unit_test(ids_are_compared_byte_for_byte),
        cmocka_unit_test(ids_are_1_to_2048_bytes_of_utf8),
        cmocka_unit_test(only_uuids_are_taken_where_that_is_demanded),
        cmocka_unit_test(a_look_up_is_remembered),
        cmocka_unit_test(a_miss_is_believed_for_its_time_and_no_longer),
        cmocka_unit_test(a_link_of_this_map_ends_a_miss_at_once),
        cmocka_unit_test(an_unlink_elsewhere_is_seen_when_the_links_time_is_over),
        cmocka_unit_test(a_conflict_is_seen_at_once),
        cmocka_unit_test(a_link_that_is_unlinked_meanwhile_is_not_remembered),
        cmocka_unit_test(many_are_found_in_their_order),
        cmocka_unit_test(many_legacy_ids_are_found_too),
        cmocka_unit_test(all_links_are_told_in_the_order_of_their_legacy_ids),
        cmocka_unit_test(links_are_counted_by_the_day_in_utc),
        cmocka_unit_test(claims_lead_to_their_row),
        cmocka_unit_test(a_claim_that_the_map_contradicts_leads_nowhere),
        cmocka_unit_test(a_claim_without_its_link_is_refused_where_that_is_demanded),
        cmocka_unit_test(what_the_database_does_not_do_is_not_answered_with_ok),
        cmocka_unit_test(without_its_table_a_map_says_how_to_make_it),
        cmocka_unit_test(a_table_that_would_take_two_links_of_one_id_is_not_written_to),
        cmocka_unit_test(a_row_that_cannot_be_a_link_leads_to_nobody),
        cmocka_unit_test(a_column_that_takes_two_ids_for_one_leads_to_nobody),
        cmocka_unit_test(what_is_no_such_table_is_not_taken_for_it),
        cmocka_unit_test(a_table_of_any_name_is_made_and_used),
        cmocka_unit_test(of_writers_of_one_pair_all_win),
        cmocka_unit_test(of_writers_that_give_one_id_to_several_subs_one_wins),
        cmocka_unit_test(threads_share_one_map),
        cmocka_unit_test(several_may_make_the_table_at_once),
    };
    return cmocka_run_group_tests(tests, database_create, database_remove);
}
