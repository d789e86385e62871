/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "engine/config.h"

#include <unistd.h>

static cogmig_engine_config *new_config(void)
{
    cogmig_engine_config *config = NULL;
    assert_int_equal(cogmig_engine_config_new(&config, NULL), COGMIG_OK);
    return config;
}

static void the_defaults_are_those_of_the_header(void **state)
{
    (void)state;
    cogmig_engine_config *config = new_config();
    assert_int_equal(config->workers, sysconf(_SC_NPROCESSORS_ONLN));
    assert_int_equal(config->lookup_threads, 2);
    assert_int_equal(config->max_jobs, 1024);
    assert_int_equal(config->deadline_ms, 4000);
    assert_int_equal(config->password_rules.max_cost, 15);
    assert_null(config->on_verdict);
    cogmig_engine_config_free(&config);
    assert_null(config);
    cogmig_engine_config_free(&config);
    cogmig_engine_config_free(NULL);
}

typedef cogmig_status (*setter)(cogmig_engine_config *, int32_t, cogmig_error *);

static void numbers_have_their_ranges(void **state)
{
    (void)state;
    static const struct {
        setter set;
        int32_t max;
    } cases[] = {
        {cogmig_engine_config_set_workers, 256},
        {cogmig_engine_config_set_lookup_threads, 256},
        {cogmig_engine_config_set_max_jobs, 1000000},
        {cogmig_engine_config_set_deadline_ms, 600000},
    };
    cogmig_engine_config *config = new_config();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(cases[i].set(config, 1, NULL), COGMIG_OK);
        assert_int_equal(cases[i].set(config, cases[i].max, NULL), COGMIG_OK);
        assert_int_equal(cases[i].set(config, 0, NULL), COGMIG_CONFIG_INVALID);
        assert_int_equal(cases[i].set(config, -1, NULL), COGMIG_CONFIG_INVALID);
        assert_int_equal(cases[i].set(config, cases[i].max + 1, NULL), COGMIG_CONFIG_INVALID);
        assert_int_equal(cases[i].set(NULL, 1, NULL), COGMIG_INVALID_ARGUMENT);
    }
    assert_int_equal(config->workers, 256);
    assert_int_equal(config->lookup_threads, 256);
    assert_int_equal(config->max_jobs, 1000000);
    assert_int_equal(config->deadline_ms, 600000);
    cogmig_engine_config_free(&config);
}

static void null_is_no_argument(void **state)
{
    (void)state;
    cogmig_engine_config *config = new_config();
    assert_int_equal(cogmig_engine_config_new(NULL, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_engine_config_set_password_rules(config, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_engine_config_set_password_rules(NULL, &rules_by_default, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_engine_config_set_on_verdict(NULL, NULL, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_engine_config_set_on_verdict(config, NULL, NULL, NULL), COGMIG_OK);
    cogmig_engine_config_free(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_defaults_are_those_of_the_header),
        cmocka_unit_test(numbers_have_their_ranges),
        cmocka_unit_test(null_is_no_argument),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
