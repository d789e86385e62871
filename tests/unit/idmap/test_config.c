/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "cmocka_all.h"
#include "idmap/config.h"
#include "status/error.h"

#include <cogmig/idmap.h>
#include <stdlib.h>
#include <string.h>

static cogmig_idmap_config *config;
static struct cogmig_error err;

static int set_up(void **state)
{
    (void)state;
    return cogmig_idmap_config_new(&config, &err);
}

static int tear_down(void **state)
{
    static const char *const variables[] = {
        "DATABASE_URL",  "COGMIG_IDMAP_URL",          "COGMIG_IDMAP_TABLE",  "COGMIG_IDMAP_SCHEMA",
        "COGMIG_POOLER", "COGMIG_PING_AFTER_IDLE_MS", "COGNITO_USER_POOL_ID"};
    (void)state;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        unsetenv(variables[i]);
    cogmig_idmap_config_free(&config);
    return 0;
}

static void numbers_have_their_ranges(void **state)
{
    (void)state;
    static const struct {
        cogmig_status (*set)(cogmig_idmap_config *, int32_t, cogmig_error *);
        int32_t least, most;
    } numbers[] = {
        {cogmig_idmap_config_set_timeout_ms, 1, 600000},
        {cogmig_idmap_config_set_cache_entries, 0, 1048576},
        {cogmig_idmap_config_set_link_ttl_ms, 0, 86400000},
        {cogmig_idmap_config_set_miss_ttl_ms, 0, 86400000},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        assert_int_equal(numbers[i].set(config, numbers[i].least, &err), COGMIG_OK);
        assert_int_equal(numbers[i].set(config, numbers[i].most, &err), COGMIG_OK);
        assert_int_equal(numbers[i].set(config, numbers[i].least - 1, &err), COGMIG_CONFIG_INVALID);
        assert_int_equal(numbers[i].set(config, numbers[i].most + 1, &err), COGMIG_CONFIG_INVALID);
        assert_int_equal(numbers[i].set(NULL, numbers[i].least, &err), COGMIG_INVALID_ARGUMENT);
    }
}

static void a_pool_id_is_a_region_or_an_emulators_word_and_letters(void **state)
{
    (void)state;
    static const char *const good[] = {"eu-central-1_AbCdEfGhI", "local_1", "us-gov-west-1_x",
                                       "a_b_c"};
    static const char fifty_six_bytes[] =
        "x_123456789012345678901234567890123456789012345678901234";
    static const char *const bad[] = {"",     "_",     "eu-central-1",     "eu-central-1_",
                                      "_abc", "a b_c", "eu-central-1_a-b", fifty_six_bytes};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_int_equal(cogmig_idmap_config_set_pool(config, good[i], &err), COGMIG_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(cogmig_idmap_config_set_pool(config, bad[i], &err),
                         COGMIG_POOL_ID_INVALID);
}

static void names_are_1_to_255_bytes(void **state)
{
    (void)state;
    char name[257];
    memset(name, 'x', 256);
    name[256] = '\0';
    assert_int_equal(cogmig_idmap_config_set_table(config, name, &err), COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_idmap_config_set_schema(config, "", &err), COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_idmap_config_set_table(config, "\xFF", &err), COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_idmap_config_set_table(config, name + 1, &err), COGMIG_OK);
    assert_int_equal(cogmig_idmap_config_set_schema(config, NULL, &err), COGMIG_OK);
    assert_int_equal(cogmig_idmap_config_set_table(config, NULL, &err), COGMIG_INVALID_ARGUMENT);
}

static void a_url_that_is_none_is_refused_without_its_password(void **state)
{
    (void)state;
    assert_int_equal(cogmig_idmap_config_set_url(config, "postgresql://u:se/cret@h/db", &err),
                     COGMIG_STORE_URL_INVALID);
    assert_null(strstr(cogmig_error_message(&err), "cret"));
    assert_int_equal(cogmig_idmap_config_set_url(config, "mysql://h/db", &err),
                     COGMIG_STORE_URL_INVALID);
}

static void assert_sql(const char *expected_part)
{
    char *sql = NULL;
    assert_int_equal(cogmig_idmap_install_sql(config, &sql, &err), COGMIG_OK);
    if (strstr(sql, expected_part) == NULL)
        fail_msg("no %s in %s\n", expected_part, sql);
    memory_free(sql);
}

static void the_statement_follows_the_url_and_quotes_its_names(void **state)
{
    (void)state;
    assert_sql("EXISTS \"cogmig_idmap\" (");
    assert_sql("timestamptz");
    cogmig_idmap_config_set_url(config, "postgresql://h/db?schema=app", &err);
    assert_sql("EXISTS \"app\".\"cogmig_idmap\" (");
    cogmig_idmap_config_set_schema(config, "o\"ther", &err);
    cogmig_idmap_config_set_table(config, "ids; DROP", &err);
    assert_sql("EXISTS \"o\"\"ther\".\"ids; DROP\" (");
    cogmig_idmap_config_set_schema(config, NULL, &err);
    assert_sql("EXISTS \"ids; DROP\" (");
#ifdef COGMIG_SQLITE
    cogmig_idmap_config_set_url(config, "file:./dev.db", &err);
    assert_sql("strftime");
#endif
}

static void without_url_or_pool_nothing_is_opened(void **state)
{
    (void)state;
    cogmig_idmap *map = (cogmig_idmap *)config;
    assert_int_equal(cogmig_idmap_open(config, &map, &err), COGMIG_CONFIG_INCOMPLETE);
    assert_null(map);
    assert_non_null(strstr(cogmig_error_message(&err), "DATABASE_URL"));
    assert_int_equal(cogmig_idmap_install(config, &err), COGMIG_CONFIG_INCOMPLETE);
    cogmig_idmap_config_set_url(config, "postgresql://h/db", &err);
    assert_int_equal(cogmig_idmap_open(config, &map, &err), COGMIG_CONFIG_INCOMPLETE);
    assert_non_null(strstr(cogmig_error_message(&err), "COGNITO_USER_POOL_ID"));
}

static void configure_from_env(cogmig_status expected)
{
    cogmig_idmap_config_free(&config);
    assert_int_equal(cogmig_idmap_config_new_from_env(&config, &err), expected);
}

static void the_environment_names_it_and_the_maps_own_url_goes_first(void **state)
{
    (void)state;
    setenv("DATABASE_URL", "postgresql://h/db?schema=store", 1);
    setenv("COGMIG_IDMAP_TABLE", "links", 1);
    setenv("COGMIG_IDMAP_SCHEMA", "", 1);
    configure_from_env(COGMIG_OK);
    assert_sql("\"store\".\"links\"");
    setenv("COGMIG_IDMAP_URL", "postgresql://h/db?schema=own", 1);
    configure_from_env(COGMIG_OK);
    assert_sql("\"own\".\"links\"");
    setenv("COGNITO_USER_POOL_ID", "none", 1);
    configure_from_env(COGMIG_POOL_ID_INVALID);
    assert_null(config);
    cogmig_idmap *map = NULL;
    assert_int_equal(cogmig_idmap_open_from_env(&map, &err), COGMIG_POOL_ID_INVALID);
    assert_null(map);
}

static void a_url_that_is_none_is_told_with_its_variable(void **state)
{
    (void)state;
    setenv("DATABASE_URL", "mysql://h/db", 1);
    configure_from_env(COGMIG_STORE_URL_INVALID);
    assert_non_null(strstr(cogmig_error_message(&err), "DATABASE_URL: "));
    setenv("DATABASE_URL", "postgresql://h/db", 1);
    setenv("COGMIG_IDMAP_URL", "mysql://h/db", 1);
    configure_from_env(COGMIG_STORE_URL_INVALID);
    assert_non_null(strstr(cogmig_error_message(&err), "COGMIG_IDMAP_URL: "));
}

static bool goes_through_a_pooler(const char *own_url, const char *url, const char *pooler)
{
    setenv("COGMIG_IDMAP_URL", own_url, 1);
    setenv("DATABASE_URL", url, 1);
    setenv("COGMIG_POOLER", pooler, 1);
    configure_from_env(COGMIG_OK);
    return idmap_config_settings(config).through_pgbouncer;
}

static void what_stands_before_the_store_stands_before_a_map_in_its_database(void **state)
{
    (void)state;
    static const char url[] = "postgresql://h/db", bouncer[] = "postgresql://h/db?pgbouncer=true";
    assert_false(goes_through_a_pooler("", url, ""));
    assert_true(goes_through_a_pooler("", bouncer, ""));
    assert_true(goes_through_a_pooler("", url, "pgbouncer"));
    assert_true(goes_through_a_pooler("", url, "rds-proxy"));
    assert_false(goes_through_a_pooler("", bouncer, "none"));
    assert_false(goes_through_a_pooler(url, bouncer, "pgbouncer"));
    assert_true(goes_through_a_pooler(bouncer, url, "none"));
    setenv("COGMIG_IDMAP_URL", "", 1);
    setenv("COGMIG_POOLER", "haproxy", 1);
    configure_from_env(COGMIG_CONFIG_INVALID);
    assert_non_null(strstr(cogmig_error_message(&err), "COGMIG_POOLER"));
}

static void when_a_connection_is_asked_for_a_sign_of_life_is_told_as_for_the_store(void **state)
{
    (void)state;
    setenv("COGMIG_PING_AFTER_IDLE_MS", "", 1);
    configure_from_env(COGMIG_OK);
    assert_int_equal(idmap_config_settings(config).ping_after_idle_ms, 1000);
    setenv("COGMIG_PING_AFTER_IDLE_MS", "0", 1);
    configure_from_env(COGMIG_OK);
    assert_int_equal(idmap_config_settings(config).ping_after_idle_ms, 0);
    setenv("COGMIG_PING_AFTER_IDLE_MS", "soon", 1);
    configure_from_env(COGMIG_CONFIG_INVALID);
    assert_non_null(strstr(cogmig_error_message(&err), "COGMIG_PING_AFTER_IDLE_MS"));
}

static void arguments_that_are_missing_are_told(void **state)
{
    (void)state;
    char *text = NULL;
    assert_int_equal(cogmig_idmap_config_new(NULL, &err), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_idmap_config_set_url(config, NULL, &err), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_idmap_config_set_pool(config, NULL, &err), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_idmap_config_set_schema(NULL, "x", &err), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_idmap_config_require_uuid(NULL, &err), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_idmap_config_require_link(NULL, &err), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_idmap_config_new_from_env(NULL, &err), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_idmap_config_allow_outage(NULL, &err), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_idmap_open(config, NULL, &err), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_idmap_open_from_env(NULL, &err), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_idmap_install(NULL, &err), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_idmap_install_sql(config, NULL, &err), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_idmap_link(NULL, "a", "b", &err), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_idmap_unlink(NULL, "a", "b", &err), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_idmap_find_sub(NULL, "a", &text, &err), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_idmap_find_legacy_id(NULL, "a", &text, &err), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_idmap_get_counter(NULL, COGMIG_IDMAP_LINKS), 0);
    cogmig_idmap_free(NULL);
    cogmig_idmap_config_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_have_their_ranges, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_pool_id_is_a_region_or_an_emulators_word_and_letters,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_are_1_to_255_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_url_that_is_none_is_refused_without_its_password, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_statement_follows_the_url_and_quotes_its_names, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(without_url_or_pool_nothing_is_opened, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_environment_names_it_and_the_maps_own_url_goes_first,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_url_that_is_none_is_told_with_its_variable, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            what_stands_before_the_store_stands_before_a_map_in_its_database, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            when_a_connection_is_asked_for_a_sign_of_life_is_told_as_for_the_store, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(arguments_that_are_missing_are_told, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
