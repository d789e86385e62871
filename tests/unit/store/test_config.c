/* SPDX-License-Identifier: Apache-2.0 */
#include "opened.h"
#include "store/config.h"

#include <stdlib.h>
#include <string.h>

typedef cogmig_status (*setter)(cogmig_store_config *, const char *, cogmig_error *);

static const struct {
    setter set;
    bool may_be_null;
} names[] = {
    {cogmig_store_config_set_schema, true},
    {cogmig_store_config_set_table, false},
    {cogmig_store_config_set_id_column, false},
    {cogmig_store_config_set_email_column, false},
    {cogmig_store_config_set_name_column, true},
    {cogmig_store_config_set_password_column, false},
    {cogmig_store_config_set_email_verified_column, true},
    {cogmig_store_config_set_created_at_column, true},
    {cogmig_store_config_set_updated_at_column, true},
};

static void a_name_is_1_to_255_bytes_of_utf8(void **state)
{
    (void)state;
    char long_name[257];
    memset(long_name, 'x', 256);
    long_name[256] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct cogmig_error err = {0};
        cogmig_store_config *config = new_config(NULL);
        assert_status(names[i].set(config, "Nutzer \"ü\".x", &err), COGMIG_OK, &err);
        assert_status(names[i].set(config, long_name + 1, &err), COGMIG_OK, &err);
        assert_status(names[i].set(config, "", &err), COGMIG_CONFIG_INVALID, &err);
        assert_mentions(&err, "empty");
        assert_status(names[i].set(config, long_name, &err), COGMIG_CONFIG_INVALID, &err);
        assert_status(names[i].set(config, "\xFFname", &err), COGMIG_CONFIG_INVALID, &err);
        assert_status(names[i].set(NULL, "x", &err), COGMIG_INVALID_ARGUMENT, &err);
        assert_status(names[i].set(config, NULL, &err),
                      names[i].may_be_null ? COGMIG_OK : COGMIG_INVALID_ARGUMENT, &err);
        cogmig_store_config_free(&config);
    }
}

static void a_time_out_is_1_to_600000_ms(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store_config *config = new_config(NULL);
    assert_status(cogmig_store_config_set_timeout_ms(config, 1, &err), COGMIG_OK, &err);
    assert_status(cogmig_store_config_set_timeout_ms(config, 600000, &err), COGMIG_OK, &err);
    assert_status(cogmig_store_config_set_timeout_ms(config, 0, &err), COGMIG_CONFIG_INVALID, &err);
    assert_status(cogmig_store_config_set_timeout_ms(config, -1, &err), COGMIG_CONFIG_INVALID,
                  &err);
    assert_status(cogmig_store_config_set_timeout_ms(config, 600001, &err), COGMIG_CONFIG_INVALID,
                  &err);
    assert_status(cogmig_store_config_set_timeout_ms(NULL, 1, &err), COGMIG_INVALID_ARGUMENT, &err);
    cogmig_store_config_free(&config);
}

static void arguments_that_are_null_are_refused(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store_config *config = new_config(NULL);
    cogmig_store *store = NULL;
    assert_status(cogmig_store_config_new(NULL, &err), COGMIG_INVALID_ARGUMENT, &err);
    assert_status(cogmig_store_config_set_url(config, NULL, &err), COGMIG_INVALID_ARGUMENT, &err);
    assert_status(cogmig_store_config_set_url(NULL, "file:x", &err), COGMIG_INVALID_ARGUMENT, &err);
    assert_status(cogmig_store_config_set_callback(config, NULL, NULL, &err),
                  COGMIG_INVALID_ARGUMENT, &err);
    assert_status(cogmig_store_open(NULL, &store, &err), COGMIG_INVALID_ARGUMENT, &err);
    assert_status(cogmig_store_open(config, NULL, &err), COGMIG_INVALID_ARGUMENT, &err);
    assert_status(cogmig_store_open_from_env(NULL, &err), COGMIG_INVALID_ARGUMENT, &err);
    assert_status(cogmig_store_config_new_from_env(NULL, &err), COGMIG_INVALID_ARGUMENT, &err);
    cogmig_store_config_free(&config);
}

static void freeing_nothing_is_fine(void **state)
{
    (void)state;
    cogmig_store_config *config = NULL;
    cogmig_store *store = NULL;
    cogmig_user *user = NULL;
    cogmig_store_config_free(&config);
    cogmig_store_config_free(NULL);
    cogmig_store_free(&store);
    cogmig_store_free(NULL);
    cogmig_user_free(&user);
    cogmig_user_free(NULL);
    assert_null(config);
}

static void nobody_has_nothing(void **state)
{
    (void)state;
    assert_null(cogmig_user_id(NULL));
    assert_null(cogmig_user_email(NULL));
    assert_null(cogmig_user_name(NULL));
    assert_null(cogmig_user_password_hash(NULL));
    assert_null(cogmig_user_created_at(NULL));
    assert_null(cogmig_user_updated_at(NULL));
    assert_null(cogmig_user_attribute(NULL, "name"));
    assert_false(cogmig_user_email_verified(NULL));
    assert_false(cogmig_user_disabled(NULL));
}

static void a_store_needs_a_url_or_a_function(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    assert_opening_fails(new_config(NULL), COGMIG_CONFIG_INCOMPLETE, &err);
}

static void a_refused_url_leaves_the_one_before_in_place(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store_config *config = new_config("postgresql:///d?host=/nonexistent");
    assert_status(cogmig_store_config_set_url(config, "mysql://x", &err), COGMIG_STORE_URL_INVALID,
                  &err);
    assert_opening_fails(config, COGMIG_STORE_UNREACHABLE, &err);
}

static void without_sqlite_a_file_is_not_built_in(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store_config *config = new_config(NULL);
    cogmig_status status = cogmig_store_config_set_url(config, "file:x.db", &err);
#ifdef COGMIG_SQLITE
    assert_status(status, COGMIG_OK, &err);
#else
    assert_status(status, COGMIG_NOT_BUILT_IN, &err);
#endif
    cogmig_store_config_free(&config);
}

static void the_environment_needs_database_url(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store *store = NULL;
    unsetenv("DATABASE_URL");
    assert_status(cogmig_store_open_from_env(&store, &err), COGMIG_CONFIG_INCOMPLETE, &err);
    setenv("DATABASE_URL", "", 1);
    assert_status(cogmig_store_open_from_env(&store, &err), COGMIG_CONFIG_INCOMPLETE, &err);
    assert_mentions(&err, "DATABASE_URL");
    setenv("DATABASE_URL", "mysql://x", 1);
    assert_status(cogmig_store_open_from_env(&store, &err), COGMIG_STORE_URL_INVALID, &err);
    assert_null(store);
}

static void an_empty_name_in_the_environment_is_told_by_its_variable(void **state)
{
    (void)state;
    static const char *const variables[] = {"COGMIG_TABLE", "COGMIG_ID_COLUMN",
                                            "COGMIG_EMAIL_COLUMN", "COGMIG_PASSWORD_COLUMN"};
    setenv("DATABASE_URL", "postgresql:///d?host=/nonexistent", 1);
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        struct cogmig_error err = {0};
        cogmig_store *store = NULL;
        setenv(variables[i], "", 1);
        assert_status(cogmig_store_open_from_env(&store, &err), COGMIG_CONFIG_INVALID, &err);
        assert_mentions(&err, variables[i]);
        unsetenv(variables[i]);
    }
}

static void the_environment_gives_a_configuration_too(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store_config *config = NULL;
    setenv("DATABASE_URL", "", 1);
    assert_status(cogmig_store_config_new_from_env(&config, &err), COGMIG_CONFIG_INCOMPLETE, &err);
    assert_null(config);
    setenv("DATABASE_URL", "postgresql:///d?host=/nonexistent", 1);
    assert_status(cogmig_store_config_new_from_env(&config, &err), COGMIG_OK, &err);
    assert_non_null(config);
    cogmig_store_config_free(&config);
}

static void the_environment_says_when_a_connection_is_checked(void **state)
{
    (void)state;
    static const char *const wrong[] = {"-1", "1s", " 1", "600001", "99999999999"};
    struct cogmig_error err = {0};
    cogmig_store_config *config = NULL;
    setenv("DATABASE_URL", "postgresql:///d?host=/nonexistent", 1);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        setenv("COGMIG_PING_AFTER_IDLE_MS", wrong[i], 1);
        assert_status(cogmig_store_config_new_from_env(&config, &err), COGMIG_CONFIG_INVALID, &err);
    }
    setenv("COGMIG_PING_AFTER_IDLE_MS", "0", 1);
    assert_status(cogmig_store_config_new_from_env(&config, &err), COGMIG_OK, &err);
    assert_int_equal(config->limits.ping_after_idle_ms, 0);
    unsetenv("COGMIG_PING_AFTER_IDLE_MS");
    cogmig_store_config_free(&config);
}

static const struct {
    const char *variable, *value;
    cogmig_status status;
    const char *words;
} variables[] = {
    {"COGMIG_PRESET", "devise", COGMIG_OK, ""},
    {"COGMIG_PRESET", "", COGMIG_OK, ""},
    {"COGMIG_PRESET", "auth0", COGMIG_CONFIG_INVALID, "COGMIG_PRESET: There is no preset"},
    {"COGMIG_ATTRIBUTES", "phone_number=phone, custom:plan=the plan,", COGMIG_OK, ""},
    {"COGMIG_ATTRIBUTES", "", COGMIG_OK, ""},
    {"COGMIG_ATTRIBUTES", "name, phone_number=phone, email", COGMIG_OK, ""},
    {"COGMIG_ATTRIBUTES", "phone_number", COGMIG_CONFIG_INVALID, "custom:plan=plan"},
    {"COGMIG_ATTRIBUTES", "sub=id", COGMIG_ATTRIBUTE_RESERVED, ""},
    {"COGMIG_ATTRIBUTES", "email=mail", COGMIG_ATTRIBUTE_INVALID, "email"},
    {"COGMIG_DISABLED_COLUMNS", "deleted_at:set,is_active:false, a:true,b:future", COGMIG_OK, ""},
    {"COGMIG_DISABLED_COLUMNS", "a:set,b:set,c:set,d:set,e:set,f:set,g:set,h:set,i:set",
     COGMIG_CONFIG_INVALID, "8"},
    {"COGMIG_DISABLED_COLUMNS", "deleted_at", COGMIG_CONFIG_INVALID, "is_active:false"},
    {"COGMIG_DISABLED_COLUMNS", "deleted_at:never", COGMIG_CONFIG_INVALID, "is_active:false"},
    {"COGMIG_DISABLED_COLUMNS", ":set", COGMIG_CONFIG_INVALID, "empty"},
    {"COGMIG_PASSWORD_TABLE", "account:userId:providerId=credential", COGMIG_OK, ""},
    {"COGMIG_PASSWORD_TABLE", "account:userId", COGMIG_OK, ""},
    {"COGMIG_PASSWORD_TABLE", "account", COGMIG_CONFIG_INVALID, "account:userId"},
    {"COGMIG_PASSWORD_TABLE", "account:userId:providerId", COGMIG_CONFIG_INVALID, "credential"},
    {"COGMIG_PASSWORD_TABLE", "account:", COGMIG_CONFIG_INVALID, "empty"},
    {"COGMIG_POOLER", "pgbouncer", COGMIG_OK, ""},
    {"COGMIG_POOLER", "rds-proxy", COGMIG_OK, ""},
    {"COGMIG_POOLER", "none", COGMIG_OK, ""},
    {"COGMIG_POOLER", "", COGMIG_OK, ""},
    {"COGMIG_POOLER", "pgpool", COGMIG_CONFIG_INVALID, "rds-proxy"},
    {"COGMIG_SQL_BY_EMAIL", "SELECT 1", COGMIG_OK, ""},
    {"COGMIG_SQL_BY_EMAIL", "SELECT 1; DROP TABLE x", COGMIG_CONFIG_INVALID, "semicolon"},
    {"COGMIG_SQL_BY_ID", "SELECT 1", COGMIG_CONFIG_INVALID, "COGMIG_SQL_BY_EMAIL"},
    {"COGMIG_SQL_BY_ID", "", COGMIG_OK, ""},
};

static void the_environment_names_preset_attributes_and_flags(void **state)
{
    (void)state;
    setenv("DATABASE_URL", "postgresql://h/d", 1);
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        struct cogmig_error err = {0};
        cogmig_store_config *config = NULL;
        setenv(variables[i].variable, variables[i].value, 1);
        assert_status(cogmig_store_config_new_from_env(&config, &err), variables[i].status, &err);
        assert_mentions(&err, variables[i].words);
        unsetenv(variables[i].variable);
        cogmig_store_config_free(&config);
    }
    unsetenv("DATABASE_URL");
}

static void a_password_table_is_whole_or_refused(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store_config *config = new_config(NULL);
    assert_status(cogmig_store_config_set_password_table(config, "t", NULL, NULL, NULL, &err),
                  COGMIG_INVALID_ARGUMENT, &err);
    assert_status(cogmig_store_config_set_password_table(config, "t", "u", "p", NULL, &err),
                  COGMIG_INVALID_ARGUMENT, &err);
    assert_status(cogmig_store_config_set_password_table(config, "t", "u", "p", "a\\'", &err),
                  COGMIG_CONFIG_INVALID, &err);
    assert_status(cogmig_store_config_set_password_table(config, "t", "u", NULL, NULL, &err),
                  COGMIG_OK, &err);
    assert_status(cogmig_store_config_set_password_table(config, NULL, NULL, NULL, NULL, &err),
                  COGMIG_OK, &err);
    cogmig_store_config_free(&config);
}

static void no_more_than_25_attributes(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store_config *config = new_config(NULL);
    char name[32] = "custom:a";
    for (int i = 0; i < 26; i++, name[7]++)
        assert_status(cogmig_store_config_add_attribute(config, name, "x", &err),
                      i < 25 ? COGMIG_OK : COGMIG_CONFIG_INVALID, &err);
    assert_status(cogmig_store_config_add_attribute(config, "custom:a", "y", &err), COGMIG_OK,
                  &err);
    assert_status(cogmig_store_config_set_preset(config, "django", &err), COGMIG_OK, &err);
    assert_status(cogmig_store_config_add_attribute(config, "custom:z", "y", &err),
                  COGMIG_CONFIG_INVALID, &err);
    cogmig_store_config_free(&config);
}

static void a_pools_settings_have_limits(void **state)
{
    (void)state;
    static const struct {
        cogmig_status (*set)(cogmig_store_config *, int32_t, cogmig_error *);
        int32_t lowest, highest;
    } settings[] = {{cogmig_store_config_set_max_connections, 1, 1000},
                    {cogmig_store_config_set_min_connections, 0, 1000},
                    {cogmig_store_config_set_acquire_timeout_ms, 1, 600000},
                    {cogmig_store_config_set_max_lifetime_s, 1, 86400},
                    {cogmig_store_config_set_max_idle_s, 1, 86400},
                    {cogmig_store_config_set_ping_after_idle_ms, 0, 600000},
                    {cogmig_store_config_set_pooler, 0, 2}};
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        struct cogmig_error err = {0};
        cogmig_store_config *config = new_config(NULL);
        assert_status(settings[i].set(config, settings[i].lowest, &err), COGMIG_OK, &err);
        assert_status(settings[i].set(config, settings[i].highest, &err), COGMIG_OK, &err);
        assert_status(settings[i].set(config, settings[i].lowest - 1, &err), COGMIG_CONFIG_INVALID,
                      &err);
        assert_status(settings[i].set(config, settings[i].highest + 1, &err), COGMIG_CONFIG_INVALID,
                      &err);
        assert_status(settings[i].set(NULL, 1, &err), COGMIG_INVALID_ARGUMENT, &err);
        cogmig_store_config_free(&config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_1_to_255_bytes_of_utf8),
        cmocka_unit_test(a_time_out_is_1_to_600000_ms),
        cmocka_unit_test(the_environment_names_preset_attributes_and_flags),
        cmocka_unit_test(a_password_table_is_whole_or_refused),
        cmocka_unit_test(no_more_than_25_attributes),
        cmocka_unit_test(a_pools_settings_have_limits),
        cmocka_unit_test(arguments_that_are_null_are_refused),
        cmocka_unit_test(freeing_nothing_is_fine),
        cmocka_unit_test(nobody_has_nothing),
        cmocka_unit_test(a_store_needs_a_url_or_a_function),
        cmocka_unit_test(a_refused_url_leaves_the_one_before_in_place),
        cmocka_unit_test(without_sqlite_a_file_is_not_built_in),
        cmocka_unit_test(the_environment_needs_database_url),
        cmocka_unit_test(an_empty_name_in_the_environment_is_told_by_its_variable),
        cmocka_unit_test(the_environment_gives_a_configuration_too),
        cmocka_unit_test(the_environment_says_when_a_connection_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
