/* SPDX-License-Identifier: Apache-2.0
 * Every call of idmap.h with each allocation refused in turn: a link is found or OUT_OF_MEMORY, and
 * never said not to be there. */
#include "base/memory.h"
#include "cmocka_all.h"
#include "refusal.h"
#include "status/error.h"
#include "token/claims.h"
#include "users.h"

#include <cogmig/idmap.h>
#include <cogmig/memory.h>
#include <stdlib.h>
#include <string.h>

#define POOL "eu-central-1_Example01"

static cogmig_idmap_config *config;
static cogmig_idmap *map;
static cogmig_store_config *store_config;
static cogmig_store *store;
static cogmig_claims *with_id, *without_id;
static struct cogmig_error err;

/* ---- the world ---- */

static cogmig_status configure(cogmig_idmap_config *made)
{
    cogmig_status status = cogmig_idmap_config_set_url(made, "file:map.db", &err);
    if (status == COGMIG_OK)
        status = cogmig_idmap_config_set_table(made, "links", &err);
    if (status == COGMIG_OK)
        status = cogmig_idmap_config_set_pool(made, POOL, &err);
    if (status == COGMIG_OK)
        status = cogmig_idmap_config_set_timeout_ms(made, 60000, &err);
    if (status == COGMIG_OK)
        status = cogmig_idmap_config_set_cache_entries(made, 16, &err);
    if (status == COGMIG_OK)
        status = cogmig_idmap_config_set_link_ttl_ms(made, 60000, &err);
    if (status == COGMIG_OK)
        status = cogmig_idmap_config_set_miss_ttl_ms(made, 60000, &err);
    if (status == COGMIG_OK)
        status = cogmig_idmap_config_allow_outage(made, &err);
    return status;
}

/* {"sub":"sub-1"}, and the same with "custom:legacy_id":"1" */
static cogmig_claims *claims_of(const char *payload)
{
    cogmig_claims *claims = NULL;
    assert_int_equal(claims_read(span_of(payload), &claims, NULL), COGMIG_OK);
    return claims;
}

static void make_world(void)
{
    assert_int_equal(cogmig_idmap_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(configure(config), COGMIG_OK);
    assert_int_equal(cogmig_idmap_install(config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_idmap_open(config, &map, NULL), COGMIG_OK);
    assert_int_equal(cogmig_idmap_link(map, "1", "sub-1", NULL), COGMIG_OK);
    assert_int_equal(cogmig_idmap_link(map, "2", "sub-2", NULL), COGMIG_OK);
    cogmig_status status = cogmig_idmap_unlink(map, "3", "sub-3", NULL); /* of the world before */
    assert_true(status == COGMIG_OK || status == COGMIG_IDMAP_NOT_LINKED);
    cogmig_idmap_free(&map); /* what it remembered */
    assert_int_equal(cogmig_idmap_open(config, &map, NULL), COGMIG_OK);
    assert_int_equal(cogmig_store_config_new(&store_config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_store_config_set_url(store_config, USERS_URL, NULL), COGMIG_OK);
    assert_int_equal(cogmig_store_open(store_config, &store, NULL), COGMIG_OK);
    without_id = claims_of("eyJzdWIiOiJzdWItMSJ9");
    with_id = claims_of("eyJzdWIiOiJzdWItMSIsImN1c3RvbTpsZWdhY3lfaWQiOiIxIn0");
    cogmig_error_clear(&err);
}

static void release_world(void)
{
    cogmig_claims_free(&with_id);
    cogmig_claims_free(&without_id);
    cogmig_store_free(&store);
    cogmig_store_config_free(&store_config);
    cogmig_idmap_free(&map);
    cogmig_idmap_config_free(&config);
}

/* ---- making one ---- */

static cogmig_status make_config(void)
{
    cogmig_idmap_config *made = NULL;
    cogmig_status status = cogmig_idmap_config_new(&made, &err);
    if (status == COGMIG_OK)
        status = configure(made);
    if (status == COGMIG_OK)
        status = cogmig_idmap_config_set_schema(made, "s", &err);
    if (status == COGMIG_OK)
        status = cogmig_idmap_config_require_uuid(made, &err);
    if (status == COGMIG_OK)
        status = cogmig_idmap_config_require_link(made, &err);
    cogmig_idmap_config_free(&made);
    return status;
}

MAKES(make_config_from_env, idmap_config, cogmig_idmap_config_new_from_env(&made, &err))

MAKES(open_map, idmap, cogmig_idmap_open(config, &made, &err))

MAKES(open_map_from_env, idmap, cogmig_idmap_open_from_env(&made, &err))

static cogmig_status install(void)
{
    return cogmig_idmap_install(config, &err);
}

static cogmig_status install_sql(void)
{
    char *sql = NULL;
    cogmig_status status = cogmig_idmap_install_sql(config, &sql, &err);
    assert_int_equal(status == COGMIG_OK, sql != NULL);
    if (status == COGMIG_OK)
        assert_non_null(strstr(sql, "CREATE TABLE"));
    cogmig_free(sql);
    return status;
}

/* ---- links ---- */

static cogmig_status add_link(void)
{
    return cogmig_idmap_link(map, "3", "sub-3", &err);
}

static cogmig_status link_again(void)
{
    return cogmig_idmap_link(map, "1", "sub-1", &err);
}

static cogmig_status link_in_conflict(void)
{
    return cogmig_idmap_link(map, "1", "sub-2", &err);
}

/* Asked again after a failure it may have been removed already: the answer is the same. */
static cogmig_status unlink_pair(void)
{
    return cogmig_idmap_unlink(map, "2", "sub-2", &err);
}

static cogmig_status is_text(cogmig_status status, char *found, const char *expected)
{
    assert_int_equal(status == COGMIG_OK, found != NULL);
    if (status == COGMIG_OK)
        assert_string_equal(found, expected);
    cogmig_free(found);
    return status;
}

static cogmig_status find_sub(void)
{
    char *found = NULL;
    cogmig_status status = cogmig_idmap_find_sub(map, "1", &found, &err);
    return is_text(status, found, "sub-1");
}

/* The second time the cache answers. */
static cogmig_status find_sub_twice(void)
{
    cogmig_status status = find_sub();
    return status == COGMIG_OK ? find_sub() : status;
}

static cogmig_status find_legacy_id(void)
{
    char *found = NULL;
    cogmig_status status = cogmig_idmap_find_legacy_id(map, "sub-1", &found, &err);
    return is_text(status, found, "1");
}

static cogmig_status find_nothing(void)
{
    char *found = NULL;
    cogmig_status status = cogmig_idmap_find_sub(map, "9", &found, &err);
    return is_text(status, found, "");
}

/* ---- many ---- */

static int told;

static cogmig_status take_found(void *user_data, size_t index, const char *found)
{
    const char *const *expected = user_data;
    if (expected[index] == NULL)
        assert_null(found);
    else
        assert_string_equal(found, expected[index]);
    told++;
    return COGMIG_OK;
}

static cogmig_status find_subs(void)
{
    static const char *const ids[] = {"2", "9", "1"};
    const char *expected[] = {"sub-2", NULL, "sub-1"};
    told = 0;
    cogmig_status status = cogmig_idmap_find_subs(map, ids, 3, take_found, expected, &err);
    if (status == COGMIG_OK)
        assert_int_equal(told, 3);
    return status;
}

static cogmig_status find_legacy_ids(void)
{
    static const char *const subs[] = {"sub-2", "sub-9", "sub-1"};
    const char *expected[] = {"2", NULL, "1"};
    told = 0;
    cogmig_status status = cogmig_idmap_find_legacy_ids(map, subs, 3, take_found, expected, &err);
    if (status == COGMIG_OK)
        assert_int_equal(told, 3);
    return status;
}

static cogmig_status take_link(void *user_data, const char *legacy_id, const char *sub)
{
    (void)user_data, (void)legacy_id, (void)sub;
    told++;
    return COGMIG_OK;
}

static cogmig_status list_links(void)
{
    told = 0;
    cogmig_status status = cogmig_idmap_list_links(map, NULL, take_link, NULL, &err);
    if (status == COGMIG_OK)
        assert_int_equal(told, 2);
    return status;
}

static cogmig_status take_day(void *user_data, const char *day, int64_t links)
{
    (void)user_data;
    assert_int_equal(strlen(day), 10);
    told += (int)links;
    return COGMIG_OK;
}

static cogmig_status count_days(void)
{
    told = 0;
    cogmig_status status = cogmig_idmap_count_days(map, take_day, NULL, &err);
    if (status == COGMIG_OK)
        assert_int_equal(told, 2);
    return status;
}

/* ---- users ---- */

static cogmig_status found_user(cogmig_status status, cogmig_user *user)
{
    assert_int_equal(status == COGMIG_OK, user != NULL);
    if (status == COGMIG_OK)
        assert_string_equal(cogmig_user_email(user), USERS_EMAIL);
    cogmig_user_free(&user);
    return status;
}

static cogmig_status find_user_by_link(void)
{
    cogmig_user *user = NULL;
    cogmig_status status = cogmig_idmap_find_user(map, store, without_id, &user, &err);
    return found_user(status, user);
}

static cogmig_status find_user_by_claim(void)
{
    cogmig_user *user = NULL;
    cogmig_status status = cogmig_idmap_find_user(map, store, with_id, &user, &err);
    return found_user(status, user);
}

static void check_world(void)
{
    assert_int_equal(find_sub(), COGMIG_OK);
    assert_int_equal(find_legacy_id(), COGMIG_OK);
    assert_int_equal(link_in_conflict(), COGMIG_IDMAP_CONFLICT);
    assert_true(cogmig_idmap_get_counter(map, COGMIG_IDMAP_CONFLICTS) > 0);
}

/* promise 4 */
static void no_refused_allocation_does_harm(void **state)
{
    static const struct world world = {make_world, check_world, NULL, release_world};
    static const struct step steps[] = {
        STEP(make_config, OK),
        STEP(make_config_from_env, OK),
        STEP(open_map, OK),
        STEP(open_map_from_env, OK),
        STEP(install, OK),
        STEP(install_sql, OK),
        STEP(add_link, OK),
        STEP(link_again, OK),
        STEP(link_in_conflict, IDMAP_CONFLICT),
        STEP(unlink_pair, OK),
        STEP(find_sub, OK),
        STEP(find_sub_twice, OK),
        STEP(find_legacy_id, OK),
        STEP(find_nothing, IDMAP_NOT_LINKED),
        STEP(find_subs, OK),
        STEP(find_legacy_ids, OK),
        STEP(list_links, OK),
        STEP(count_days, OK),
        STEP(find_user_by_link, OK),
        STEP(find_user_by_claim, OK),
    };
    (void)state;
    setenv("COGMIG_IDMAP_URL", "file:map.db", 1);
    setenv("COGMIG_IDMAP_TABLE", "links", 1);
    setenv("COGNITO_USER_POOL_ID", POOL, 1);
    sweep(&world, steps, sizeof steps / sizeof steps[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_refused_allocation_does_harm),
    };
    refusal_prepare();
    users_prepare_sqlite();
    return cmocka_run_group_tests_name("identity map", tests, users_enter_folder,
                                       users_leave_folder);
}
