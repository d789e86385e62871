/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "migration/config.h"

#include <string.h>

static int set_up(void **state)
{
    cogmig_migration_config *config = NULL;
    cogmig_status status = cogmig_migration_config_new(&config, NULL);
    *state = config;
    return status == COGMIG_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    cogmig_migration_config *config = *state;
    cogmig_migration_config_free(&config);
    return config == NULL ? 0 : -1;
}

static void the_defaults_are_those_of_the_header(void **state)
{
    const cogmig_migration_config *config = *state;
    assert_int_equal(config->deadline_ms, 4000);
    assert_int_equal(config->password_rules.max_cost, 15);
    assert_false(config->with_name);
    assert_string_equal(config->legacy_id_attribute, "custom:legacy_id");
}

static void numbers_out_of_range_are_refused_and_change_nothing(void **state)
{
    cogmig_migration_config *config = *state;
    static const int32_t deadlines[] = {INT32_MIN, -1, 0, 60001, INT32_MAX};
    static const int32_t costs[] = {INT32_MIN, 3, 32, INT32_MAX};
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(cogmig_migration_config_set_deadline_ms(config, deadlines[i], NULL),
                         COGMIG_CONFIG_INVALID);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(cogmig_migration_config_set_max_cost(config, costs[i], NULL),
                         COGMIG_CONFIG_INVALID);
    the_defaults_are_those_of_the_header(state);
    assert_int_equal(cogmig_migration_config_set_deadline_ms(config, 60000, NULL), COGMIG_OK);
    assert_int_equal(cogmig_migration_config_set_max_cost(config, 31, NULL), COGMIG_OK);
    assert_int_equal(config->deadline_ms, 60000);
    assert_int_equal(config->password_rules.max_cost, 31);
}

/* promise 34 */
static void reserved_attributes_are_refused(void **state)
{
    cogmig_migration_config *config = *state;
    static const char *const reserved[] = {"sub", "cognito:username", "cognito:"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(cogmig_migration_config_add_attribute(config, reserved[i], NULL),
                         COGMIG_ATTRIBUTE_RESERVED);
        assert_int_equal(cogmig_migration_config_set_legacy_id_attribute(config, reserved[i], NULL),
                         COGMIG_ATTRIBUTE_RESERVED);
    }
}

static void the_legacy_id_attribute_follows_cognitos_rules(void **state)
{
    cogmig_migration_config *config = *state;
    static const char *const bad[] = {"",           "legacy_id",   "custom:",
                                      "custom:a b", "custom:a\n",  "custom:123456789012345678901",
                                      "Custom:id",  "custom:\xff", "email"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(cogmig_migration_config_set_legacy_id_attribute(config, bad[i], NULL),
                         COGMIG_ATTRIBUTE_INVALID);
    assert_string_equal(config->legacy_id_attribute, "custom:legacy_id");
    static const char *const good[] = {"custom:a", "custom:12345678901234567890",
                                       "custom:\xf0\x9f\x98\x80\xf0\x9f\x98\x80"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(cogmig_migration_config_set_legacy_id_attribute(config, good[i], NULL),
                         COGMIG_OK);
        assert_string_equal(config->legacy_id_attribute, good[i]);
    }
}

static void only_attributes_that_the_store_has_can_be_added(void **state)
{
    cogmig_migration_config *config = *state;
    static const char *const always[] = {"email", "email_verified", "custom:legacy_id"};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(cogmig_migration_config_add_attribute(config, always[i], NULL), COGMIG_OK);
    assert_false(config->with_name);
    assert_int_equal(cogmig_migration_config_add_attribute(config, "phone_number", NULL),
                     COGMIG_ATTRIBUTE_INVALID);
    assert_int_equal(cogmig_migration_config_add_attribute(config, "name", NULL), COGMIG_OK);
    assert_true(config->with_name);
}

static void password_rules_are_copied_and_the_last_ceiling_counts(void **state)
{
    cogmig_migration_config *config = *state;
    cogmig_password_rules *rules = NULL;
    assert_int_equal(cogmig_password_rules_new(&rules, NULL), COGMIG_OK);
    assert_int_equal(cogmig_password_rules_set_max_cost(rules, 12, NULL), COGMIG_OK);
    assert_int_equal(cogmig_password_rules_set_pepper(rules, "salt", 4, NULL), COGMIG_OK);
    assert_int_equal(cogmig_migration_config_set_max_cost(config, 9, NULL), COGMIG_OK);
    assert_int_equal(cogmig_migration_config_set_password_rules(config, rules, NULL), COGMIG_OK);
    cogmig_password_rules_free(&rules);
    assert_int_equal(config->password_rules.max_cost, 12);
    assert_int_equal(config->password_rules.pepper_len, 4);
    assert_memory_equal(config->password_rules.pepper, "salt", 4);
    assert_int_equal(cogmig_migration_config_set_max_cost(config, 9, NULL), COGMIG_OK);
    assert_int_equal(config->password_rules.max_cost, 9);
    assert_int_equal(config->password_rules.pepper_len, 4);
}

static void null_arguments_are_refused(void **state)
{
    cogmig_migration_config *config = *state;
    assert_int_equal(cogmig_migration_config_new(NULL, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_config_set_deadline_ms(NULL, 1, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_config_set_max_cost(NULL, 10, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_config_add_attribute(config, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_config_set_legacy_id_attribute(config, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_config_set_password_rules(config, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    cogmig_migration_config_free(NULL);
}

static void policies_have_their_ranges(void **state)
{
    (void)state;
    cogmig_migration_config *config = NULL;
    assert_int_equal(cogmig_migration_config_new(&config, NULL), COGMIG_OK);
    char long_id[130];
    memset(long_id, 'x', sizeof long_id - 1);
    long_id[129] = '\0';
    assert_int_equal(cogmig_migration_config_set_password_policy(config, 99, 15, NULL), COGMIG_OK);
    assert_int_equal(cogmig_migration_config_set_password_policy(config, -1, 0, NULL),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_migration_config_set_password_policy(config, 0, 16, NULL),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_migration_config_set_sign_up_guard(config, 8, NULL),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_migration_config_set_sign_up_guard(config, -1, NULL),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_migration_config_set_claim_tokens(config, 4, NULL),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_migration_config_set_linked_users(config, 0, NULL),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_migration_config_set_linked_users(config, 4, NULL),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_migration_config_add_client(config, long_id, NULL),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_migration_config_add_client(config, long_id + 1, NULL), COGMIG_OK);
    assert_int_equal(cogmig_migration_config_set_sign_up_refusal(config, "", NULL),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_migration_config_set_sign_up_refusal(config, "\xFF", NULL),
                     COGMIG_CONFIG_INVALID);
    for (int i = 0; i < 16; i++)
        assert_int_equal(cogmig_migration_config_add_pool(config, "a_b", NULL), COGMIG_OK);
    assert_int_equal(cogmig_migration_config_add_pool(config, "a_b", NULL), COGMIG_CONFIG_INVALID);
    cogmig_migration_config_free(&config);
}

static void a_policy_needs_its_configuration(void **state)
{
    (void)state;
    assert_int_equal(cogmig_migration_config_set_password_policy(NULL, 0, 0, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_config_add_pool(NULL, "a_b", NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_config_add_client(NULL, "a", NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_config_set_username_from_legacy_id(NULL, true, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_config_set_hook(NULL, NULL, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_config_set_idmap(NULL, NULL, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_config_set_linked_users(NULL, 1, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_config_set_fail_closed(NULL, true, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_config_set_sign_up_guard(NULL, 1, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_config_set_sign_up_open_in_outage(NULL, true, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_config_set_sign_up_refusal(NULL, "x", NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_config_set_claim_tokens(NULL, 1, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_answer_add_attribute(NULL, "a", "b", NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_get_counter(NULL, COGMIG_MIGRATION_FAILED), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_defaults_are_those_of_the_header, set_up, tear_down),
        cmocka_unit_test_setup_teardown(numbers_out_of_range_are_refused_and_change_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(reserved_attributes_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_legacy_id_attribute_follows_cognitos_rules, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(only_attributes_that_the_store_has_can_be_added, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(password_rules_are_copied_and_the_last_ceiling_counts,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(null_arguments_are_refused, set_up, tear_down),
        cmocka_unit_test(policies_have_their_ranges),
        cmocka_unit_test(a_policy_needs_its_configuration),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
