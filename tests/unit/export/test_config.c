/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "cmocka_all.h"
#include "export/columns.h"
#include "status/error.h"

#include <stdio.h>
#include <string.h>

static cogmig_export_config *new_config(void)
{
    cogmig_export_config *config = NULL;
    assert_int_equal(cogmig_export_config_new(&config, NULL), COGMIG_OK);
    return config;
}

static void settings_out_of_range_are_refused(void **state)
{
    (void)state;
    SCOPED(cogmig_export_config_free) cogmig_export_config *c = new_config();
    char long_name[300];
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    const cogmig_status invalid = COGMIG_CONFIG_INVALID;
    assert_int_equal(cogmig_export_config_set_format(c, 0, NULL), invalid);
    assert_int_equal(cogmig_export_config_set_format(c, 5, NULL), invalid);
    assert_int_equal(cogmig_export_config_set_limit(c, -1, NULL), invalid);
    assert_int_equal(cogmig_export_config_set_part_rows(c, -1, NULL), invalid);
    assert_int_equal(cogmig_export_config_set_shard(c, 0, 1, NULL), invalid);
    assert_int_equal(cogmig_export_config_set_shard(c, 2, 1, NULL), invalid);
    assert_int_equal(cogmig_export_config_set_shard(c, 1, 1025, NULL), invalid);
    assert_int_equal(cogmig_export_config_set_after(c, "", NULL), invalid);
    assert_int_equal(cogmig_export_config_set_cognito_header(c, "\xFF", NULL), invalid);
    assert_int_equal(cogmig_export_config_add_column(c, "", NULL, NULL), invalid);
    assert_int_equal(cogmig_export_config_add_column(c, long_name, NULL, NULL), invalid);
    assert_int_equal(cogmig_export_config_add_column(c, "x", "", NULL), invalid);
    assert_int_equal(cogmig_export_config_add_column(c, "x", NULL, NULL), COGMIG_OK);
    assert_int_equal(cogmig_export_config_add_column(c, "x", "y", NULL), invalid);
}

static void missing_arguments_are_told(void **state)
{
    (void)state;
    const cogmig_status invalid = COGMIG_INVALID_ARGUMENT;
    assert_int_equal(cogmig_export_config_new(NULL, NULL), invalid);
    assert_int_equal(cogmig_export_config_set_format(NULL, 1, NULL), invalid);
    assert_int_equal(cogmig_export_config_add_column(NULL, "x", NULL, NULL), invalid);
    assert_int_equal(cogmig_export_config_set_limit(NULL, 1, NULL), invalid);
    assert_int_equal(cogmig_export_config_set_after(NULL, "1", NULL), invalid);
    assert_int_equal(cogmig_export_config_set_shard(NULL, 1, 1, NULL), invalid);
    assert_int_equal(cogmig_export_config_set_part_rows(NULL, 1, NULL), invalid);
    assert_int_equal(cogmig_export_config_set_cognito_header(NULL, "x", NULL), invalid);
    assert_int_equal(cogmig_export_config_set_cognito_mfa(NULL, true, NULL), invalid);
    assert_int_equal(cogmig_export_config_set_formula_guard(NULL, true, NULL), invalid);
    assert_int_equal(cogmig_export_config_set_progress(NULL, NULL, NULL, NULL), invalid);
    assert_int_equal(cogmig_export_config_set_report(NULL, NULL, NULL, NULL), invalid);
    SCOPED(cogmig_export_config_free) cogmig_export_config *config = new_config();
    assert_int_equal(cogmig_export_config_add_column(config, NULL, "x", NULL), invalid);
    cogmig_export_config_free(NULL);
    cogmig_export_result_free(NULL);
    assert_int_equal(cogmig_export_result_rows(NULL), 0);
    assert_null(cogmig_export_result_sha256(NULL));
}

static void there_is_room_for_54_columns(void **state)
{
    (void)state;
    SCOPED(cogmig_export_config_free) cogmig_export_config *config = new_config();
    char name[8];
    for (int i = 0; i < EXPORT_MAX_WANTED; i++) {
        snprintf(name, sizeof name, "c%d", i);
        assert_int_equal(cogmig_export_config_add_column(config, name, NULL, NULL), COGMIG_OK);
    }
    assert_int_equal(cogmig_export_config_add_column(config, "more", NULL, NULL),
                     COGMIG_CONFIG_INVALID);
    char id[] = "id";
    struct store_model model = {.columns = {[COLUMN_ID] = id}};
    struct export_columns columns;
    assert_int_equal(columns_resolve(config, &model, &columns, NULL), COGMIG_OK);
    assert_int_equal(columns.scan.count, 1 + EXPORT_MAX_WANTED);
}

/* ---- which columns are read ---- */

static char id[] = "user_id", email[] = "mail", name[] = "full_name", password[] = "hashedPassword",
            verified[] = "verified", created_at[] = "created_at";

static const struct store_model users = {
    .columns = {[COLUMN_ID] = id,
                [COLUMN_EMAIL] = email,
                [COLUMN_NAME] = name,
                [COLUMN_PASSWORD] = password,
                [COLUMN_EMAIL_VERIFIED] = verified,
                [COLUMN_CREATED_AT] = created_at},
};

static const char *source_of(const struct export_columns *columns, const char *wanted)
{
    for (size_t i = 0; i < columns->count; i++)
        if (strcmp(columns->names[i], wanted) == 0)
            return columns->scan.names[columns->sources[i]];
    return NULL;
}

static void default_columns_are_those_that_the_model_has(void **state)
{
    (void)state;
    SCOPED(cogmig_export_config_free) cogmig_export_config *config = new_config();
    struct export_columns columns;
    assert_int_equal(columns_resolve(config, &users, &columns, NULL), COGMIG_OK);
    assert_int_equal(columns.count, 4);
    assert_string_equal(source_of(&columns, "id"), "user_id");
    assert_string_equal(source_of(&columns, "email"), "mail");
    assert_string_equal(source_of(&columns, "name"), "full_name");
    assert_string_equal(source_of(&columns, "createdAt"), "created_at");
    assert_null(source_of(&columns, "updatedAt"));
}

static void the_id_is_read_even_if_it_is_not_written(void **state)
{
    (void)state;
    SCOPED(cogmig_export_config_free) cogmig_export_config *config = new_config();
    struct export_columns columns;
    assert_int_equal(cogmig_export_config_add_column(config, "address", "email", NULL), COGMIG_OK);
    assert_int_equal(cogmig_export_config_add_column(config, "plan", NULL, NULL), COGMIG_OK);
    assert_int_equal(columns_resolve(config, &users, &columns, NULL), COGMIG_OK);
    assert_int_equal(columns.count, 2);
    assert_int_equal(columns.scan.count, 3);
    assert_string_equal(columns.scan.names[0], "user_id");
    assert_string_equal(source_of(&columns, "address"), "mail");
    assert_string_equal(source_of(&columns, "plan"), "plan");
}

static void assert_unresolved(const char *column, const char *words)
{
    SCOPED(cogmig_export_config_free) cogmig_export_config *config = new_config();
    struct cogmig_error err = {0};
    struct export_columns columns;
    assert_int_equal(cogmig_export_config_add_column(config, "x", column, NULL), COGMIG_OK);
    assert_int_equal(columns_resolve(config, &users, &columns, &err), COGMIG_CONFIG_INVALID);
    assert_non_null(strstr(err.message, words));
}

static void the_column_of_the_hashes_cannot_be_named(void **state)
{
    (void)state;
    assert_unresolved("hashedPassword", "never exported");
    assert_unresolved("HASHEDPASSWORD", "never exported");
    assert_unresolved("updatedAt", "no column");
}

static void cognitos_columns_are_filled_in_and_can_be_replaced(void **state)
{
    (void)state;
    SCOPED(cogmig_export_config_free) cogmig_export_config *config = new_config();
    struct export_columns columns;
    assert_int_equal(cogmig_export_config_set_format(config, COGMIG_EXPORT_COGNITO_CSV, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_export_config_add_column(config, "cognito:username", "id", NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_export_config_add_column(config, "phone_number", "mobile", NULL),
                     COGMIG_OK);
    assert_int_equal(columns_resolve(config, &users, &columns, NULL), COGMIG_OK);
    assert_string_equal(source_of(&columns, "cognito:username"), "user_id");
    assert_string_equal(source_of(&columns, "phone_number"), "mobile");
    assert_string_equal(source_of(&columns, "email"), "mail");
    assert_string_equal(source_of(&columns, "email_verified"), "verified");
    assert_string_equal(source_of(&columns, "custom:legacy_id"), "user_id");
    assert_null(source_of(&columns, "updated_at"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_out_of_range_are_refused),
        cmocka_unit_test(missing_arguments_are_told),
        cmocka_unit_test(there_is_room_for_54_columns),
        cmocka_unit_test(default_columns_are_those_that_the_model_has),
        cmocka_unit_test(the_id_is_read_even_if_it_is_not_written),
        cmocka_unit_test(the_column_of_the_hashes_cannot_be_named),
        cmocka_unit_test(cognitos_columns_are_filled_in_and_can_be_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
