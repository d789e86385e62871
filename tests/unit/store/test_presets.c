/* SPDX-License-Identifier: Apache-2.0
 * Each preset against the schema of its product: run through tests/support/postgres.py. */
#include "opened.h"
#include "people.h"
#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void load(const char *preset)
{
    char command[1024];
    execute("DROP SCHEMA IF EXISTS auth CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    snprintf(command, sizeof command,
             "psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 '%s' --file "
             "'%s/tests/data/schemas/%s.sql'",
             server_url, source_directory, preset);
    assert_int_equal(system(command), 0);
}

static cogmig_store_config *config_of(const char *preset)
{
    struct cogmig_error err = {0};
    cogmig_store_config *config = config_with("");
    assert_status(cogmig_store_config_set_preset(config, preset, &err), COGMIG_OK, &err);
    return config;
}

static void everybody_of_every_product_is_read_as_the_product_does(void **state)
{
    (void)state;
    const char *loaded = "";
    cogmig_store *store = NULL;
    for (size_t i = 0; i < people_count; i++) {
        if (strcmp(loaded, people[i].preset) != 0) {
            cogmig_store_free(&store);
            load(people[i].preset);
            store = open_config(config_of(people[i].preset));
            loaded = people[i].preset;
        }
        assert_person(store, &people[i]);
    }
    cogmig_store_free(&store);
}

static void presets_have_names(void **state)
{
    (void)state;
    int32_t count = 0;
    for (; cogmig_store_preset_name(count) != NULL; count++) {
        bool proved = false;
        for (size_t i = 0; i < people_count; i++)
            proved = proved || strcmp(people[i].preset, cogmig_store_preset_name(count)) == 0;
        assert_true(proved);
    }
    assert_int_equal(count, 8);
    assert_null(cogmig_store_preset_name(-1));
}

static void an_unknown_preset_is_refused_with_the_names_of_the_others(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store_config *config = config_with("");
    assert_status(cogmig_store_config_set_preset(config, "Supabase", &err), COGMIG_CONFIG_INVALID,
                  &err);
    assert_mentions(&err, "supabase");
    assert_mentions(&err, "authjs-prisma");
    cogmig_store_config_free(&config);
}

/* ---- what a database lacks, and what differs ---- */

static void a_flag_that_the_database_does_not_have_disables_nobody(void **state)
{
    (void)state;
    load("devise");
    execute("ALTER TABLE users DROP COLUMN locked_at, DROP COLUMN confirmed_at");
    cogmig_store *store = open_config(config_of("devise"));
    cogmig_user *user = found_by_email(store, "locked@example.com");
    assert_false(cogmig_user_disabled(user));
    assert_false(cogmig_user_email_verified(user));
    cogmig_user_free(&user);
    cogmig_store_free(&store);
    load("better-auth");
    execute("ALTER TABLE \"user\" DROP COLUMN \"banExpires\"");
    store = open_config(config_of("better-auth"));
    user = found_by_email(store, "ban-expired@example.com");
    assert_true(cogmig_user_disabled(user)); /* nothing says until when */
    cogmig_user_free(&user);
    cogmig_store_free(&store);
}

static void a_column_that_was_named_must_be_there(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    load("devise");
    execute("ALTER TABLE users DROP COLUMN locked_at");
    cogmig_store_config *config = config_of("devise");
    cogmig_store_config_add_disabled_column(config, "locked_at", COGMIG_DISABLED_WHEN_SET, &err);
    assert_opening_fails(config, COGMIG_STORE_SCHEMA_MISMATCH, &err);
    assert_mentions(&err, "locked_at");
    config = config_of("devise");
    cogmig_store_config_set_email_verified_column(config, "verified_at", &err);
    assert_opening_fails(config, COGMIG_STORE_SCHEMA_MISMATCH, &err);
    assert_mentions(&err, "verified_at");
}

static void every_part_of_a_preset_can_be_another(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    load("better-auth");
    execute(
        "ALTER TABLE \"user\" RENAME TO people; ALTER TABLE account RENAME TO secrets; ALTER "
        "TABLE secrets RENAME COLUMN \"userId\" TO \"who's\"; ALTER TABLE secrets RENAME "
        "COLUMN password TO \"ha\"\"sh\"; UPDATE secrets SET \"providerId\" = 'it''s us' WHERE "
        "\"providerId\" = 'credential'; CREATE SCHEMA auth; ALTER TABLE people SET SCHEMA auth; "
        "ALTER TABLE secrets SET SCHEMA auth");
    cogmig_store_config *config = config_of("better-auth");
    cogmig_store_config_set_schema(config, "auth", &err);
    cogmig_store_config_set_table(config, "people", &err);
    cogmig_store_config_set_password_column(config, "ha\"sh", &err);
    assert_status(cogmig_store_config_set_password_table(config, "secrets", "who's", "providerId",
                                                         "it's us", &err),
                  COGMIG_OK, &err);
    cogmig_store_config_clear_disabled_columns(config, &err);
    cogmig_store *store = open_config(config);
    cogmig_user *user = found_by_email(store, "banned@example.com");
    assert_false(cogmig_user_disabled(user));
    assert_int_equal(check_password(user, NULL), COGMIG_OK);
    cogmig_user_free(&user);
    cogmig_store_free(&store);
}

static void two_hashes_of_one_user_are_ambiguous(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    load("better-auth");
    execute("INSERT INTO account SELECT 'again', \"accountId\", \"providerId\", \"userId\", NULL, "
            "NULL, NULL, NULL, NULL, NULL, 'other', now(), now() FROM account WHERE id = 'a1'");
    cogmig_store *store = open_config(config_of("better-auth"));
    assert_finding_fails(store, "ann@example.com", COGMIG_USER_AMBIGUOUS, &err);
    cogmig_store_free(&store);
}

static void what_is_not_unique_in_django_is_ambiguous(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    load("django");
    cogmig_store *store = open_config(config_of("django"));
    assert_finding_fails(store, "twin@example.com", COGMIG_USER_AMBIGUOUS, &err);
    cogmig_store_free(&store);
}

/* ---- who is disabled ---- */

static const struct {
    const char *type, *literal;
    int32_t when;
    bool disabled;
} flags[] = {
    {"timestamptz", "NULL", COGMIG_DISABLED_WHEN_SET, false},
    {"timestamptz", "'2020-01-01'", COGMIG_DISABLED_WHEN_SET, true},
    {"text", "''", COGMIG_DISABLED_WHEN_SET, true},
    {"boolean", "true", COGMIG_DISABLED_WHEN_TRUE, true},
    {"boolean", "false", COGMIG_DISABLED_WHEN_TRUE, false},
    {"boolean", "NULL", COGMIG_DISABLED_WHEN_TRUE, false},
    {"integer", "0", COGMIG_DISABLED_WHEN_TRUE, false},
    {"integer", "2", COGMIG_DISABLED_WHEN_TRUE, true},
    {"text", "'No'", COGMIG_DISABLED_WHEN_TRUE, false},
    {"text", "'suspended'", COGMIG_DISABLED_WHEN_TRUE, true},
    {"boolean", "true", COGMIG_DISABLED_WHEN_FALSE, false},
    {"boolean", "false", COGMIG_DISABLED_WHEN_FALSE, true},
    {"boolean", "NULL", COGMIG_DISABLED_WHEN_FALSE, true},
    {"smallint", "1", COGMIG_DISABLED_WHEN_FALSE, false},
    {"smallint", "0", COGMIG_DISABLED_WHEN_FALSE, true},
    {"text", "'inactive'", COGMIG_DISABLED_WHEN_FALSE, true},
    {"timestamptz", "now() + interval '1 hour'", COGMIG_DISABLED_WHEN_FUTURE, true},
    {"timestamptz", "now() - interval '1 hour'", COGMIG_DISABLED_WHEN_FUTURE, false},
    {"timestamptz", "'infinity'", COGMIG_DISABLED_WHEN_FUTURE, true},
    {"timestamptz", "NULL", COGMIG_DISABLED_WHEN_FUTURE, false},
    {"timestamp", "now() AT TIME ZONE 'UTC' + interval '1 hour'", COGMIG_DISABLED_WHEN_FUTURE,
     true},
    {"timestamp", "now() AT TIME ZONE 'UTC' - interval '1 hour'", COGMIG_DISABLED_WHEN_FUTURE,
     false},
    {"date", "'3000-01-01'", COGMIG_DISABLED_WHEN_FUTURE, true},
    {"bigint", "extract(epoch FROM now()) * 1000 + 60000", COGMIG_DISABLED_WHEN_FUTURE, true},
    {"bigint", "extract(epoch FROM now()) * 1000 - 60000", COGMIG_DISABLED_WHEN_FUTURE, false},
    {"text", "'3000-01-01T00:00:00Z'", COGMIG_DISABLED_WHEN_FUTURE, true},
    {"text", "'2020-01-01T00:00:00Z'", COGMIG_DISABLED_WHEN_FUTURE, false},
    {"text", "'2020-01-01'", COGMIG_DISABLED_WHEN_FUTURE, false},
    {"text", "'3000-01-01 10:30:00.5+0530'", COGMIG_DISABLED_WHEN_FUTURE, true},
    {"text", "(now() AT TIME ZONE 'UTC' + interval '1 hour')::text", COGMIG_DISABLED_WHEN_FUTURE,
     true},
    {"text", "(now() AT TIME ZONE 'UTC' - interval '1 hour')::text", COGMIG_DISABLED_WHEN_FUTURE,
     false},
    {"text", "(now() - interval '1 hour')::text", COGMIG_DISABLED_WHEN_FUTURE, false},
    {"text", "'2020-01-01+05'", COGMIG_DISABLED_WHEN_FUTURE, true},
    {"text", "NULL", COGMIG_DISABLED_WHEN_FUTURE, false},
    {"text", "'for ever'", COGMIG_DISABLED_WHEN_FUTURE, true},
    {"text", "'2020-13-01'", COGMIG_DISABLED_WHEN_FUTURE, true},
    {"text", "''", COGMIG_DISABLED_WHEN_FUTURE, true},
    {"boolean", "true", COGMIG_DISABLED_WHEN_FUTURE, true},
    {"integer", "1", COGMIG_DISABLED_WHEN_FUTURE, true},
};

static void assert_disabled(size_t i, int32_t pooler)
{
    struct cogmig_error err = {0};
    cogmig_store_config *config = config_with("");
    cogmig_store_config_set_pooler(config, pooler, &err);
    assert_status(
        cogmig_store_config_add_disabled_column(config, "a \"flag\"", flags[i].when, &err),
        COGMIG_OK, &err);
    cogmig_store *store = open_config(config);
    cogmig_user *user = found_by_email(store, "ann@example.com");
    if (cogmig_user_disabled(user) != flags[i].disabled)
        fail_msg("%s %s, when %d, pooler %d\n", flags[i].type, flags[i].literal, (int)flags[i].when,
                 (int)pooler);
    cogmig_user_free(&user);
    cogmig_store_free(&store);
}

/* The server's time zone is Asia/Kolkata, and behind a pooler the session's. */
static void disabled_is_what_the_columns_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        char sql[512];
        make_prisma_users();
        snprintf(sql, sizeof sql,
                 "ALTER TABLE \"User\" ADD \"a \"\"flag\"\"\" %s; UPDATE \"User\" SET \"a "
                 "\"\"flag\"\"\" = %s",
                 flags[i].type, flags[i].literal);
        execute(sql);
        assert_disabled(i, COGMIG_POOLER_NONE);
        assert_disabled(i, COGMIG_POOLER_PGBOUNCER);
    }
}

/* ---- attributes ---- */

static void columns_become_attributes(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    make_prisma_users();
    execute("ALTER TABLE \"User\" ADD phone text, ADD \"the plan\" int, ADD vip boolean; UPDATE "
            "\"User\" SET phone = '+4930123456', \"the plan\" = 7, vip = true WHERE id = 'c1'; "
            "UPDATE \"User\" SET phone = '' WHERE id = 'c2'");
    cogmig_store_config *config = config_with("");
    cogmig_store_config_add_attribute(config, "phone_number", "nowhere", &err);
    cogmig_store_config_add_attribute(config, "phone_number", "phone", &err);
    cogmig_store_config_add_attribute(config, "custom:plan", "the plan", &err);
    cogmig_store_config_add_attribute(config, "custom:vip", "vip", &err);
    cogmig_store *store = open_config(config);
    cogmig_user *user = found_by_email(store, "ann@example.com");
    cogmig_store_free(&store);
    assert_string_equal(cogmig_user_attribute(user, "phone_number"), "+4930123456");
    assert_string_equal(cogmig_user_attribute(user, "custom:plan"), "7");
    assert_string_equal(cogmig_user_attribute(user, "custom:vip"), "true");
    assert_null(cogmig_user_attribute(user, "plan"));
    assert_null(cogmig_user_attribute(user, NULL));
    cogmig_user_free(&user);
    config = config_with("");
    cogmig_store_config_add_attribute(config, "phone_number", "phone", &err);
    store = open_config(config);
    user = found_by_id(store, "c2");
    assert_null(cogmig_user_attribute(user, "phone_number"));
    cogmig_user_free(&user);
    cogmig_store_free(&store);
}

static void check_deleted(const char *preset, bool disabled, const char *plan)
{
    struct cogmig_error err = {0};
    cogmig_store_config *config = config_of(preset);
    assert_status(cogmig_store_config_add_attribute(config, "custom:plan", "plan", &err), COGMIG_OK,
                  &err);
    cogmig_store *store = open_config(config);
    cogmig_user *user = found_by_email(store, "deleted@example.com");
    assert_string_equal(cogmig_user_attribute(user, "custom:plan"), plan);
    assert_int_equal(cogmig_user_disabled(user), disabled);
    cogmig_user_free(&user);
    cogmig_store_free(&store);
}

/* Whatever columns a database has: a flag is not read from an attribute, nor an attribute from it.
 * So the attribute says the contrary of the flag each time, in the words of a flag. */
static void attributes_stand_beside_flags(void **state)
{
    (void)state;
    load("laravel");
    execute("ALTER TABLE users ADD plan text DEFAULT 'f'");
    check_deleted("laravel", true, "f");
    execute("ALTER TABLE users DROP deleted_at; UPDATE users SET plan = 't'");
    check_deleted("laravel", false, "t");
}

/* ---- SQL of one's own ---- */

static cogmig_store_config *config_with_sql(const char *by_email, const char *by_id)
{
    struct cogmig_error err = {0};
    cogmig_store_config *config = config_with("");
    assert_status(cogmig_store_config_set_sql(config, by_email, by_id, &err), COGMIG_OK, &err);
    return config;
}

static void sql_of_ones_own_is_asked(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    make_prisma_users();
    cogmig_store_config *config =
        config_with_sql("SELECT id, email, password AS password_hash, name, email <> "
                        "'ann@example.com' AS disabled, \"createdAt\" AS created_at, '+491' "
                        "AS phone FROM \"User\" WHERE lower(email) = lower($1) -- the end",
                        "SELECT id, email, password AS password_hash, name, false AS "
                        "disabled, \"createdAt\" AS created_at, '+492' AS phone FROM \"User\" "
                        "WHERE id = $1");
    cogmig_store_config_add_attribute(config, "phone_number", "phone", &err);
    cogmig_store *store = open_config(config);
    cogmig_user *user = found_by_email(store, "ANN@example.com");
    assert_string_equal(cogmig_user_id(user), "c1");
    assert_string_equal(cogmig_user_password_hash(user), "$2b$10$x");
    assert_string_equal(cogmig_user_created_at(user), "2026-01-15T10:30:00.123Z");
    assert_string_equal(cogmig_user_attribute(user, "phone_number"), "+491");
    assert_false(cogmig_user_disabled(user));
    cogmig_user_free(&user);
    user = found_by_email(store, "bob@example.com");
    assert_true(cogmig_user_disabled(user));
    assert_false(cogmig_user_email_verified(user));
    cogmig_user_free(&user);
    user = found_by_id(store, "c1");
    assert_string_equal(cogmig_user_attribute(user, "phone_number"), "+492");
    cogmig_user_free(&user);
    assert_finding_fails(store, "Eve@Example.com", COGMIG_USER_AMBIGUOUS, &err);
    assert_finding_fails(store, "' OR 1=1 --", COGMIG_USER_NOT_FOUND, &err);
    assert_finding_id_fails(store, "c9", COGMIG_USER_NOT_FOUND, &err);
    cogmig_store_free(&store);
}

static void sql_that_cannot_be_is_refused(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    make_prisma_users();
    cogmig_store_config *config = config_with("");
    assert_status(cogmig_store_config_set_sql(config, "SELECT 1;", NULL, &err),
                  COGMIG_CONFIG_INVALID, &err);
    cogmig_store_config_free(&config);
    assert_opening_fails(config_with_sql("SELECT id, email FROM \"User\" WHERE email = $1", NULL),
                         COGMIG_STORE_SCHEMA_MISMATCH, &err);
    assert_mentions(&err, "password_hash");
    config = config_with_sql("SELECT id, email, password AS password_hash FROM \"User\" WHERE "
                             "email = $1",
                             NULL);
    cogmig_store *store = open_config(config);
    assert_finding_id_fails(store, "c1", COGMIG_CONFIG_INCOMPLETE, &err);
    cogmig_store_free(&store);
    config = config_with_sql("SELECT 1", NULL);
    cogmig_store_config_set_pooler(config, COGMIG_POOLER_RDS_PROXY, &err);
    assert_opening_fails(config, COGMIG_CONFIG_INVALID, &err);
}

#define SELECT_USER "SELECT id, email, password AS password_hash FROM \"User\""

static void sql_with_another_number_of_parameters_is_a_wrong_setting_and_no_outage(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        SELECT_USER,
        SELECT_USER " WHERE email = $1 AND id = $2",
        SELECT_USER " WHERE email LIKE '%$1'",
    };
    static const char good[] = SELECT_USER " WHERE email = $1";
    static const int32_t poolers[] = {COGMIG_POOLER_NONE, COGMIG_POOLER_PGBOUNCER};
    struct cogmig_error err = {0};
    make_prisma_users();
    for (size_t i = 0; i < 2 * sizeof wrong / sizeof wrong[0]; i++) {
        for (size_t by_id = 0; by_id < 2; by_id++) {
            const char *sql = wrong[i / 2];
            cogmig_store_config *config =
                by_id == 0 ? config_with_sql(sql, NULL) : config_with_sql(good, sql);
            cogmig_store_config_set_pooler(config, poolers[i % 2], &err);
            assert_opening_fails(config, COGMIG_CONFIG_INVALID, &err);
            assert_mentions(&err, "$1");
        }
    }
    assert_opening_fails(config_with_sql(good, "SELECT id, email FROM \"User\" WHERE id = $1"),
                         COGMIG_STORE_SCHEMA_MISMATCH, &err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_of_every_product_is_read_as_the_product_does),
        cmocka_unit_test(presets_have_names),
        cmocka_unit_test(an_unknown_preset_is_refused_with_the_names_of_the_others),
        cmocka_unit_test(a_flag_that_the_database_does_not_have_disables_nobody),
        cmocka_unit_test(a_column_that_was_named_must_be_there),
        cmocka_unit_test(every_part_of_a_preset_can_be_another),
        cmocka_unit_test(two_hashes_of_one_user_are_ambiguous),
        cmocka_unit_test(what_is_not_unique_in_django_is_ambiguous),
        cmocka_unit_test(disabled_is_what_the_columns_say),
        cmocka_unit_test(columns_become_attributes),
        cmocka_unit_test(attributes_stand_beside_flags),
        cmocka_unit_test(sql_of_ones_own_is_asked),
        cmocka_unit_test(sql_that_cannot_be_is_refused),
        cmocka_unit_test(sql_with_another_number_of_parameters_is_a_wrong_setting_and_no_outage),
    };
    return cmocka_run_group_tests_name("presets", tests, find_server, NULL);
}
