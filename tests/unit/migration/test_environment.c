/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "migration/migration.h"
#include "status/error.h"

#include <cogmig/memory.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static cogmig_migration_config *config;
static struct cogmig_error err;

/* But for those of the tests themselves. */
static void forget_settings(void)
{
    for (char **at = environ; *at != NULL;) {
        char name[128];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(*at, "="), *at);
        bool is_setting = strncmp(name, "COGMIG_", 7) == 0 || strncmp(name, "COGNITO_", 8) == 0 ||
                          strcmp(name, "DATABASE_URL") == 0;
        if (!is_setting || unsetenv(name) != 0)
            at++;
    }
}

static int set_up(void **state)
{
    (void)state;
    forget_settings();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cogmig_migration_config_free(&config);
    return 0;
}

static void read_environment(cogmig_status expected)
{
    cogmig_migration_config_free(&config);
    cogmig_status status = cogmig_migration_config_new_from_env(&config, &err);
    if (status != expected)
        fail_msg("%s: %s\n", cogmig_status_name(status), cogmig_error_message(&err));
    assert_int_equal(config != NULL, expected == COGMIG_OK);
}

static void assert_same(const cogmig_migration_config *a, const cogmig_migration_config *b)
{
    assert_int_equal(a->deadline_ms, b->deadline_ms);
    assert_int_equal(a->with_name, b->with_name);
    assert_int_equal(a->reset_long_passwords, b->reset_long_passwords);
    assert_int_equal(a->username_is_legacy_id, b->username_is_legacy_id);
    assert_string_equal(a->legacy_id_attribute, b->legacy_id_attribute);
    assert_memory_equal(&a->password_rules, &b->password_rules, sizeof a->password_rules);
    assert_int_equal(a->password_min_length, b->password_min_length);
    assert_int_equal(a->password_classes, b->password_classes);
    assert_int_equal(a->callers.pool_count + a->callers.client_count, 0);
    assert_int_equal(a->guarded_sign_ups, b->guarded_sign_ups);
    assert_int_equal(a->guard_opens_in_outage, b->guard_opens_in_outage);
    assert_string_equal(a->refusal, b->refusal);
    assert_null(a->idmap);
    assert_int_equal(a->linked_users, b->linked_users);
    assert_int_equal(a->fail_closed, b->fail_closed);
    assert_int_equal(a->claim_tokens, b->claim_tokens);
}

static void without_variables_it_is_the_default(void **state)
{
    (void)state;
    cogmig_migration_config *defaults = NULL;
    assert_int_equal(cogmig_migration_config_new(&defaults, &err), COGMIG_OK);
    read_environment(COGMIG_OK);
    assert_same(config, defaults);
    setenv("COGMIG_DEADLINE_MS", "", 1);
    setenv("COGMIG_IDMAP", "", 1);
    setenv("COGMIG_SIGN_UP_GUARD", "", 1);
    setenv("COGMIG_FAIL_CLOSED", "0", 1);
    setenv("COGMIG_PEPPER", "", 1);
    setenv("COGMIG_ALLOW_2X", "0", 1);
    setenv("COGMIG_ALLOW_2", "0", 1);
    setenv("COGMIG_STRICT_LENGTH", "0", 1);
    read_environment(COGMIG_OK);
    assert_same(config, defaults);
    cogmig_migration_config_free(&defaults);
}

static void every_variable_sets_what_it_names(void **state)
{
    (void)state;
    static const char *const set[][2] = {{"COGMIG_DEADLINE_MS", "1234"},
                                         {"COGMIG_MAX_COST", "12"},
                                         {"COGMIG_LEGACY_ID_ATTRIBUTE", "custom:row"},
                                         {"COGMIG_ATTRIBUTES", "custom:plan=plan, name, email"},
                                         {"COGMIG_RESET_LONG_PASSWORDS", "1"},
                                         {"COGMIG_PEPPER", " a pepper, all of it "},
                                         {"COGMIG_PASSWORD_MIN_LENGTH", "9"},
                                         {"COGMIG_PASSWORD_CLASSES", "lower, symbol"},
                                         {"COGMIG_USERNAME_FROM_LEGACY_ID", "1"},
                                         {"COGMIG_ALLOWED_POOLS", "eu-central-1_A, eu-central-1_B"},
                                         {"COGMIG_ALLOWED_CLIENTS", "one,two,three"},
                                         {"COGMIG_SIGN_UP_GUARD", "user,provider"},
                                         {"COGMIG_SIGN_UP_OPEN_IN_OUTAGE", "1"},
                                         {"COGMIG_SIGN_UP_REFUSAL", "No, sign in."},
                                         {"COGMIG_CLAIM_TOKENS", "access"},
                                         {"COGMIG_LINKED_USERS", "relink"},
                                         {"COGMIG_FAIL_CLOSED", "1"}};
    for (size_t i = 0; i < sizeof set / sizeof set[0]; i++)
        setenv(set[i][0], set[i][1], 1);
    read_environment(COGMIG_OK);
    assert_int_equal(config->deadline_ms, 1234);
    assert_int_equal(config->password_rules.max_cost, 12);
    assert_string_equal(config->legacy_id_attribute, "custom:row");
    assert_int_equal(config->password_rules.pepper_len, strlen(" a pepper, all of it "));
    assert_memory_equal(config->password_rules.pepper, " a pepper, all of it ",
                        config->password_rules.pepper_len);
    assert_true(config->with_name && config->reset_long_passwords);
    assert_int_equal(config->password_min_length, 9);
    assert_int_equal(config->password_classes, COGMIG_PASSWORD_LOWER | COGMIG_PASSWORD_SYMBOL);
    assert_true(config->username_is_legacy_id);
    assert_int_equal(config->callers.pool_count, 2);
    assert_string_equal(config->callers.pools[1], "eu-central-1_B");
    assert_int_equal(config->callers.client_count, 3);
    assert_string_equal(config->callers.clients[2], "three");
    assert_int_equal(config->guarded_sign_ups, COGMIG_SIGN_UP_BY_USER | COGMIG_SIGN_UP_BY_PROVIDER);
    assert_true(config->guard_opens_in_outage && config->fail_closed);
    assert_string_equal(config->refusal, "No, sign in.");
    assert_int_equal(config->claim_tokens, COGMIG_CLAIM_IN_ACCESS_TOKEN);
    assert_int_equal(config->linked_users, COGMIG_LINKED_USERS_RELINK);
}

static void each_switch_of_the_password_rules_is_its_own(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool allow_2x, allow_2, strict_length;
    } switches[] = {{"COGMIG_ALLOW_2X", true, false, false},
                    {"COGMIG_ALLOW_2", false, true, false},
                    {"COGMIG_STRICT_LENGTH", false, false, true}};
    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++) {
        forget_settings();
        setenv(switches[i].name, "1", 1);
        read_environment(COGMIG_OK);
        assert_int_equal(config->password_rules.allow_2x, switches[i].allow_2x);
        assert_int_equal(config->password_rules.allow_2, switches[i].allow_2);
        assert_int_equal(config->password_rules.strict_length, switches[i].strict_length);
    }
}

static void a_pepper_that_is_too_long_is_refused_and_not_shown(void **state)
{
    (void)state;
    char pepper[RULES_MAX_PEPPER + 2];
    memset(pepper, 'Z', sizeof pepper - 1);
    pepper[sizeof pepper - 1] = '\0';
    setenv("COGMIG_PEPPER", pepper, 1);
    read_environment(COGMIG_CONFIG_INVALID);
    assert_non_null(strstr(cogmig_error_message(&err), "pepper"));
    assert_null(strstr(cogmig_error_message(&err), "ZZ"));
    pepper[sizeof pepper - 2] = '\0';
    setenv("COGMIG_PEPPER", pepper, 1);
    read_environment(COGMIG_OK);
    assert_int_equal(config->password_rules.pepper_len, RULES_MAX_PEPPER);
}

static void what_a_variable_cannot_hold_is_refused_by_its_name(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value;
        cogmig_status status;
    } bad[] = {
        {"COGMIG_DEADLINE_MS", "4s", COGMIG_CONFIG_INVALID},
        {"COGMIG_DEADLINE_MS", "-1", COGMIG_CONFIG_INVALID},
        {"COGMIG_DEADLINE_MS", "99999999999999999999", COGMIG_CONFIG_INVALID},
        {"COGMIG_MAX_COST", "0", COGMIG_CONFIG_INVALID},
        {"COGMIG_LEGACY_ID_ATTRIBUTE", "sub", COGMIG_ATTRIBUTE_RESERVED},
        {"COGMIG_ATTRIBUTES", "name,,", COGMIG_ATTRIBUTE_INVALID},
        {"COGMIG_RESET_LONG_PASSWORDS", "yes", COGMIG_CONFIG_INVALID},
        {"COGMIG_ALLOW_2X", "yes", COGMIG_CONFIG_INVALID},
        {"COGMIG_ALLOW_2", "2", COGMIG_CONFIG_INVALID},
        {"COGMIG_STRICT_LENGTH", "72", COGMIG_CONFIG_INVALID},
        {"COGMIG_PASSWORD_MIN_LENGTH", "100", COGMIG_CONFIG_INVALID},
        {"COGMIG_PASSWORD_MIN_LENGTH", "x", COGMIG_CONFIG_INVALID},
        {"COGMIG_DEADLINE_MS", "a", COGMIG_CONFIG_INVALID},
        {"COGMIG_FAIL_CLOSED", "2", COGMIG_CONFIG_INVALID},
        {"COGMIG_PASSWORD_CLASSES",
         "a word of more than sixty-four characters which is not shown as a whole",
         COGMIG_CONFIG_INVALID},
        {"COGMIG_PASSWORD_CLASSES", "lower,letters", COGMIG_CONFIG_INVALID},
        {"COGMIG_ALLOWED_POOLS", "eu-central-1", COGMIG_POOL_ID_INVALID},
        {"COGMIG_ALLOWED_CLIENTS", "a,,b", COGMIG_CONFIG_INVALID},
        {"COGMIG_ALLOWED_CLIENTS", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17",
         COGMIG_CONFIG_INVALID},
        {"COGMIG_SIGN_UP_GUARD", "users", COGMIG_CONFIG_INVALID},
        {"COGMIG_SIGN_UP_GUARD", "off,user", COGMIG_CONFIG_INVALID},
        {"COGMIG_CLAIM_TOKENS", "access, off", COGMIG_CONFIG_INVALID},
        {"COGMIG_LINKED_USERS", "refuse,relink", COGMIG_CONFIG_INVALID}, /* no sum of two */
        {"COGMIG_CLAIM_TOKENS", "id;access", COGMIG_CONFIG_INVALID},
        {"COGMIG_LINKED_USERS", "refuse,relink,x", COGMIG_CONFIG_INVALID},
        {"COGMIG_FAIL_CLOSED", "true", COGMIG_CONFIG_INVALID},
        {"COGMIG_IDMAP", "on", COGMIG_CONFIG_INVALID},
        {"COGMIG_IDMAP", "1", COGMIG_CONFIG_INCOMPLETE},
        {"COGMIG_IDMAP_URL", "mysql://h/d", COGMIG_STORE_URL_INVALID},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        forget_settings();
        setenv(bad[i].name, bad[i].value, 1);
        read_environment(bad[i].status);
        if (strncmp(bad[i].name, "COGMIG_IDMAP", 12) != 0)
            assert_non_null(strstr(cogmig_error_message(&err), bad[i].name));
    }
}

static void a_database_that_is_down_is_asked_when_an_event_needs_it(void **state)
{
    (void)state;
    static const char event[] =
        "{\"triggerSource\":\"UserMigration_Authentication\",\"userName\":\"a\","
        "\"request\":{\"password\":\"x\"}}";
    static const char signed_in[] =
        "{\"triggerSource\":\"PostAuthentication_Authentication\",\"userPoolId\":\"eu_x\","
        "\"request\":{\"userAttributes\":{\"sub\":\"s\",\"custom:legacy_id\":\"l\"}}}";
    cogmig_migration *migration = NULL;
    char *response = NULL;
    size_t len;
    setenv("DATABASE_URL", "postgresql://u@/d?host=%2Fnowhere", 1);
    setenv("COGNITO_USER_POOL_ID", "eu_x", 1);
    setenv("COGMIG_IDMAP", "1", 1);
    assert_int_equal(cogmig_migration_new_from_env(NULL, &migration, &err), COGMIG_OK);
    assert_int_equal(cogmig_error_status(&err), COGMIG_OK);
    assert_int_equal(
        cogmig_migration_handle(migration, event, sizeof event - 1, &response, &len, &err),
        COGMIG_STORE_UNREACHABLE);
    assert_int_equal(
        cogmig_migration_handle(migration, signed_in, sizeof signed_in - 1, &response, &len, &err),
        COGMIG_OK);
    assert_string_equal(response, signed_in);
    assert_int_equal(cogmig_error_status(&err), COGMIG_STORE_UNREACHABLE);
    cogmig_free(response);
    cogmig_migration_free(&migration);
}

static void what_is_configured_wrongly_is_told_at_once(void **state)
{
    (void)state;
    cogmig_migration *migration = NULL;
    assert_int_equal(cogmig_migration_new_from_env(NULL, &migration, &err),
                     COGMIG_CONFIG_INCOMPLETE);
    setenv("DATABASE_URL", "mysql://h/d", 1);
    assert_int_equal(cogmig_migration_new_from_env(NULL, &migration, &err),
                     COGMIG_STORE_URL_INVALID);
    assert_null(migration);
    assert_int_equal(cogmig_migration_new_from_env(NULL, NULL, &err), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_config_new_from_env(NULL, &err), COGMIG_INVALID_ARGUMENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_variables_it_is_the_default),
        TEST(every_variable_sets_what_it_names),
        TEST(each_switch_of_the_password_rules_is_its_own),
        TEST(a_pepper_that_is_too_long_is_refused_and_not_shown),
        TEST(what_a_variable_cannot_hold_is_refused_by_its_name),
        TEST(a_database_that_is_down_is_asked_when_an_event_needs_it),
        TEST(what_is_configured_wrongly_is_told_at_once),
    };
    return cmocka_run_group_tests_name("environment", tests, NULL, NULL);
}
