/* SPDX-License-Identifier: Apache-2.0
 * What is not given: refused, and nothing is changed. */
#include "cmocka_all.h"
#include "status/error.h"

#include <cogmig/migration.h>
#include <stdlib.h>

static cogmig_migration_config *config;
static struct cogmig_error err;

static int set_up(void **state)
{
    (void)state;
    return cogmig_migration_config_new(&config, NULL) == COGMIG_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    cogmig_migration_config_free(&config);
    return 0;
}

typedef cogmig_status set_text(cogmig_migration_config *, const char *, cogmig_error *);

static void settings_of_a_text(void **state)
{
    static set_text *const setters[] = {
        cogmig_migration_config_set_legacy_id_attribute,
        cogmig_migration_config_add_attribute,
        cogmig_migration_config_add_pool,
        cogmig_migration_config_add_client,
        cogmig_migration_config_set_sign_up_refusal,
    };
    (void)state;
    for (size_t i = 0; i < sizeof setters / sizeof setters[0]; i++) {
        assert_int_equal(setters[i](NULL, "x", &err), COGMIG_INVALID_ARGUMENT);
        assert_int_equal(setters[i](config, NULL, &err), COGMIG_INVALID_ARGUMENT);
        assert_int_equal(cogmig_error_status(&err), COGMIG_INVALID_ARGUMENT);
    }
}

static void rules_and_maps(void **state)
{
    (void)state;
    assert_int_equal(cogmig_migration_config_set_password_rules(config, NULL, &err),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_config_set_password_rules(NULL, NULL, &err),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_config_set_idmap(config, NULL, &err), COGMIG_OK); /* none */
}

static void a_message_for_people_who_sign_up_is_text(void **state)
{
    char long_message[4096] = "";
    (void)state;
    for (size_t i = 0; i < sizeof long_message - 1; i++)
        long_message[i] = 'm';
    assert_int_equal(cogmig_migration_config_set_sign_up_refusal(config, "", &err),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_migration_config_set_sign_up_refusal(config, "\xff", &err),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_migration_config_set_sign_up_refusal(config, long_message, &err),
                     COGMIG_CONFIG_INVALID);
}

static cogmig_status find_nobody(void *user_data, int32_t question, const char *key, size_t key_len,
                                 int32_t timeout_ms, cogmig_store_answer *answer)
{
    (void)user_data, (void)question, (void)key, (void)key_len, (void)timeout_ms, (void)answer;
    return COGMIG_OK;
}

static cogmig_store *open_store(void)
{
    cogmig_store_config *made = NULL;
    cogmig_store *store = NULL;
    assert_int_equal(cogmig_store_config_new(&made, NULL), COGMIG_OK);
    assert_int_equal(cogmig_store_config_set_callback(made, find_nobody, NULL, NULL), COGMIG_OK);
    assert_int_equal(cogmig_store_open(made, &store, NULL), COGMIG_OK);
    cogmig_store_config_free(&made);
    return store;
}

static void an_event_and_a_place_for_its_answer(void **state)
{
    cogmig_store *store = open_store();
    cogmig_migration *migration = NULL;
    char *response = (char *)"whatever it was";
    size_t len = 7;
    (void)state;
    assert_int_equal(cogmig_migration_new(config, store, &migration, &err), COGMIG_OK);
    assert_int_equal(cogmig_migration_handle(NULL, "{}", 2, &response, &len, &err),
                     COGMIG_INVALID_ARGUMENT);
    assert_null(response);
    assert_int_equal(len, 0);
    assert_int_equal(cogmig_migration_handle(migration, NULL, 0, &response, &len, &err),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_handle(migration, "{}", 2, NULL, &len, &err),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_handle(migration, "{}", 2, &response, NULL, &err),
                     COGMIG_INVALID_ARGUMENT);
    cogmig_migration_free(&migration);
    cogmig_store_free(&store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(settings_of_a_text),
        TEST(rules_and_maps),
        TEST(a_message_for_people_who_sign_up_is_text),
        TEST(an_event_and_a_place_for_its_answer),
    };
    return cmocka_run_group_tests_name("arguments", tests, NULL, NULL);
}
