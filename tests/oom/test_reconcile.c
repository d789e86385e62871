/* SPDX-License-Identifier: Apache-2.0
 * Every call of reconcile.h with each allocation refused in turn: the same differences, or
 * OUT_OF_MEMORY, and never a story in which somebody is missing. */
#include "api_server.h"
#include "cmocka_all.h"
#include "reconcile/sorter.h"
#include "refusal.h"
#include "status/error.h"
#include "users.h"

#include <cogmig/reconcile.h>
#include <string.h>
#include <unistd.h>

#define POOL "eu-central-1_Example01"

/* Ann is migrated and linked, Bob is neither; Eve says to be somebody who never was. */
static const struct api_answer answers[] = {
    {"\"PaginationToken\":\"2\"", 200,
     "{\"Users\":[{\"Username\":\"sub-9\",\"UserStatus\":\"CONFIRMED\",\"Enabled\":true,"
     "\"Attributes\":[{\"Name\":\"email\",\"Value\":\"eve@example.com\"},"
     "{\"Name\":\"custom:legacy_id\",\"Value\":\"9\"}]}]}"},
    {"ListUsers", 200,
     "{\"Users\":[{\"Username\":\"sub-1\",\"UserStatus\":\"CONFIRMED\",\"Enabled\":true,"
     "\"Attributes\":[{\"Name\":\"email\",\"Value\":\"ann@other.example\"},"
     "{\"Name\":\"email_verified\",\"Value\":\"true\"},"
     "{\"Name\":\"custom:legacy_id\",\"Value\":\"1\"}]}],\"PaginationToken\":\"2\"}"},
};

static cogmig_store_config *store;
static cogmig_idmap *map;
static cogmig_cognito *cognito;
static const char *server;
static struct cogmig_error err;

/* ---- the world ---- */

static void open_map(void)
{
    cogmig_idmap_config *config = NULL;
    assert_int_equal(cogmig_idmap_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_idmap_config_set_url(config, "file:map.db", NULL), COGMIG_OK);
    assert_int_equal(cogmig_idmap_config_set_pool(config, POOL, NULL), COGMIG_OK);
    assert_int_equal(cogmig_idmap_install(config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_idmap_open(config, &map, NULL), COGMIG_OK);
    assert_int_equal(cogmig_idmap_link(map, "1", "sub-1", NULL), COGMIG_OK);
    cogmig_idmap_config_free(&config);
}

static void make_client(void)
{
    cogmig_cognito_config *config = NULL;
    assert_int_equal(cogmig_cognito_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_cognito_config_set_pool(config, POOL, NULL), COGMIG_OK);
    assert_int_equal(cogmig_cognito_config_set_endpoint(config, server, NULL), COGMIG_OK);
    assert_int_equal(cogmig_cognito_config_allow_plain_http(config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_cognito_config_set_list_rate(config, 10000, NULL), COGMIG_OK);
    assert_int_equal(cogmig_cognito_config_set_credentials(config, "A", "s", NULL, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_cognito_new(config, &cognito, NULL), COGMIG_OK);
    cogmig_cognito_config_free(&config);
}

static void make_world(void)
{
    assert_int_equal(cogmig_store_config_new(&store, NULL), COGMIG_OK);
    assert_int_equal(cogmig_store_config_set_url(store, USERS_URL, NULL), COGMIG_OK);
    open_map();
    make_client();
    cogmig_error_clear(&err);
}

static void release_world(void)
{
    cogmig_cognito_free(&cognito);
    cogmig_idmap_free(&map);
    cogmig_store_config_free(&store);
}

static int set_up(void **state)
{
    server = api_server_start(answers, sizeof answers / sizeof answers[0]);
    return users_enter_folder(state);
}

static int tear_down(void **state)
{
    api_server_stop();
    return users_leave_folder(state);
}

/* Linked with --wrap: memory of 4 MiB, wiped a thousand times, would take minutes. */
cogmig_status __real_sorter_new(const char *folder, size_t memory_bytes, struct sorter **ret_sorter,
                                cogmig_error *error);
cogmig_status __wrap_sorter_new(const char *folder, size_t memory_bytes, struct sorter **ret_sorter,
                                cogmig_error *error);

cogmig_status __wrap_sorter_new(const char *folder, size_t memory_bytes, struct sorter **ret_sorter,
                                cogmig_error *error)
{
    return __real_sorter_new(folder, memory_bytes / 100, ret_sorter, error);
}

/* ---- what is told ---- */

static int told;

static cogmig_status take(void *user_data, const cogmig_difference *difference)
{
    (void)user_data;
    told++;
    switch (cogmig_difference_kind(difference)) {
    case COGMIG_DIFFERENCE_ATTRIBUTE:
        assert_string_equal(cogmig_difference_attribute(difference), "email");
        assert_string_equal(cogmig_difference_cognito_value(difference), "ann@other.example");
        assert_string_equal(cogmig_difference_store_value(difference), USERS_EMAIL);
        assert_string_equal(cogmig_difference_sub(difference), "sub-1");
        assert_true(cogmig_difference_is_linked(difference));
        break;
    case COGMIG_DIFFERENCE_NOT_MIGRATED:
        assert_string_equal(cogmig_difference_legacy_id(difference), "2");
        break;
    case COGMIG_DIFFERENCE_NOT_IN_STORE:
        assert_string_equal(cogmig_difference_legacy_id(difference), "9");
        assert_null(cogmig_difference_other_sub(difference));
        assert_null(cogmig_difference_other_legacy_id(difference));
        break;
    default:
        fail_msg("%s\n", cogmig_difference_kind_name(cogmig_difference_kind(difference)));
    }
    return COGMIG_OK;
}

static cogmig_status go_on(void *user_data, int32_t what, uint64_t count)
{
    (void)user_data, (void)what, (void)count;
    return COGMIG_OK;
}

/* ---- calls ---- */

static cogmig_status make(cogmig_reconcile **ret_reconcile)
{
    cogmig_reconcile_config *config = NULL;
    cogmig_status status = cogmig_reconcile_config_new(&config, &err);
    if (status == COGMIG_OK)
        status = cogmig_reconcile_config_set_work_folder(config, ".", &err);
    if (status == COGMIG_OK)
        status = cogmig_reconcile_config_set_legacy_id_attribute(config, "custom:legacy_id", &err);
    if (status == COGMIG_OK)
        status = cogmig_reconcile_config_compare_names(config, false, &err);
    if (status == COGMIG_OK)
        status = cogmig_reconcile_config_set_on_difference(config, take, NULL, &err);
    if (status == COGMIG_OK)
        status = cogmig_reconcile_config_set_on_progress(config, go_on, NULL, &err);
    if (status == COGMIG_OK)
        status = cogmig_reconcile_new(config, ret_reconcile, &err);
    cogmig_reconcile_config_free(&config);
    return status;
}

static cogmig_status compare(cogmig_reconcile *reconcile)
{
    told = 0;
    cogmig_status status = cogmig_reconcile_compare(reconcile, &err);
    if (status == COGMIG_OK) {
        assert_int_equal(told, 3);
        assert_int_equal(cogmig_reconcile_count(reconcile, COGMIG_RECONCILE_STORE_USERS), 2);
        assert_int_equal(cogmig_reconcile_count(reconcile, COGMIG_RECONCILE_COGNITO_USERS), 2);
        assert_int_equal(cogmig_reconcile_count(reconcile, COGMIG_RECONCILE_LINKS), 1);
    }
    return status;
}

static cogmig_status read_and_compare(const char *listing_file)
{
    cogmig_reconcile *reconcile = NULL;
    cogmig_status status = make(&reconcile);
    if (status == COGMIG_OK)
        status = cogmig_reconcile_read_store(reconcile, store, &err);
    if (status == COGMIG_OK)
        status = cogmig_reconcile_read_idmap(reconcile, map, &err);
    if (status == COGMIG_OK)
        status = cogmig_reconcile_read_cognito(reconcile, cognito, listing_file, &err);
    if (status == COGMIG_OK)
        status = compare(reconcile);
    cogmig_reconcile_free(&reconcile);
    return status;
}

/* Written down; where memory was refused, the second attempt goes on in the same file. */
static cogmig_status read_into_a_file(void)
{
    return read_and_compare("listing");
}

/* It is whole: Cognito is not asked. */
static cogmig_status read_from_a_file(void)
{
    return read_and_compare("whole");
}

static cogmig_status add_all(void)
{
    cogmig_reconcile *reconcile = NULL;
    cogmig_status status = make(&reconcile);
    if (status == COGMIG_OK)
        status = cogmig_reconcile_add_cognito_user(reconcile, "sub-1", "1", "ann@other.example",
                                                   true, NULL, true, &err);
    if (status == COGMIG_OK)
        status = cogmig_reconcile_add_cognito_user(reconcile, "sub-9", "9", "eve@example.com",
                                                   false, NULL, true, &err);
    if (status == COGMIG_OK)
        status =
            cogmig_reconcile_add_store_user(reconcile, "1", USERS_EMAIL, true, "Ann", false, &err);
    if (status == COGMIG_OK)
        status = cogmig_reconcile_add_store_user(reconcile, "2", "bob@example.com", true, "Bob",
                                                 false, &err);
    if (status == COGMIG_OK)
        status = cogmig_reconcile_add_link(reconcile, "1", "sub-1", &err);
    if (status == COGMIG_OK)
        status = compare(reconcile);
    cogmig_reconcile_free(&reconcile);
    return status;
}

/* What does not fit into memory goes into a file, in order. */
static cogmig_status sort_in_files(void)
{
    static char content[SORTER_MAX_RECORD - 1];
    struct sorter *sorter = NULL;
    struct sorted record;
    bool found = false;
    cogmig_status status = sorter_new(".", 1, &sorter, &err);
    for (char key = 'e'; key > 'a' && status == COGMIG_OK; key--)
        status = sorter_add(sorter, (struct span){&key, 1}, (struct span){content, sizeof content},
                            &err);
    if (status == COGMIG_OK)
        status = sorter_finish(sorter, &err);
    for (char key = 'b'; key <= 'e' && status == COGMIG_OK; key++) {
        status = sorter_next(sorter, &record, &found, &err);
        if (status == COGMIG_OK)
            assert_true(found && record.key.bytes[0] == key);
    }
    sorter_release(&sorter);
    return status;
}

static cogmig_status make_without_map(void)
{
    cogmig_reconcile_config *config = NULL;
    cogmig_status status = cogmig_reconcile_config_new(&config, &err);
    if (status == COGMIG_OK)
        status = cogmig_reconcile_config_without_map(config, &err);
    cogmig_reconcile_config_free(&config);
    return status;
}

/* Nothing outlives a step but the listing that it began. */
static void check_world(void)
{
    unlink("listing");
}

/* promise 4 */
static void no_refused_allocation_does_harm(void **state)
{
    static const struct world world = {make_world, check_world, NULL, release_world};
    static const struct step steps[] = {
        STEP(read_into_a_file, OK), STEP(read_from_a_file, OK), STEP(add_all, OK),
        STEP(make_without_map, OK), STEP(sort_in_files, OK),
    };
    (void)state;
    make_world();
    assert_int_equal(read_from_a_file(), COGMIG_OK);
    release_world();
    sweep(&world, steps, sizeof steps / sizeof steps[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_refused_allocation_does_harm),
    };
    refusal_prepare();
    return cmocka_run_group_tests_name("reconciliation", tests, set_up, tear_down);
}
