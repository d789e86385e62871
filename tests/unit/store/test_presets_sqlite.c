/* SPDX-License-Identifier: Apache-2.0
 * Each preset whose product also keeps its users in SQLite, against that schema. */
#include "people.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/cogmig-presets-XXXXXX";
static char path[64], url[80];

static const char *const presets[] = {"authjs-prisma", "authjs-drizzle", "better-auth",
                                      "devise",        "laravel",        "django"};

static char *read_schema(const char *preset)
{
    static char text[64 * 1024];
    char name[1024];
    snprintf(name, sizeof name, "%s/tests/data/schemas/sqlite/%s.sql", getenv("COGMIG_SOURCE_DIR"),
             preset);
    FILE *file = fopen(name, "rb");
    assert_non_null(file);
    size_t len = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[len] = '\0';
    return text;
}

static void execute(const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static cogmig_store *open_preset(const char *preset)
{
    struct cogmig_error err = {0};
    unlink(path);
    execute(read_schema(preset));
    cogmig_store_config *config = new_config(url);
    assert_status(cogmig_store_config_set_preset(config, preset, &err), COGMIG_OK, &err);
    return open_config(config);
}

static void everybody_is_read_as_the_product_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof presets / sizeof presets[0]; i++) {
        int found = 0;
        cogmig_store *store = open_preset(presets[i]);
        for (size_t j = 0; j < people_count; j++) {
            if (strcmp(people[j].preset, presets[i]) != 0)
                continue;
            assert_person(store, &people[j]);
            found++;
        }
        assert_true(found > 2);
        cogmig_store_free(&store);
    }
}

static void times_of_every_kind_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *preset, *created_at;
    } times[] = {{"authjs-prisma", "2026-01-15T10:30:00.000Z"},
                 {"better-auth", "2026-01-15T10:30:00.000Z"},
                 {"devise", "2026-01-15T10:30:00.123Z"},
                 {"laravel", "2026-01-15T10:30:00.000Z"},
                 {"django", "2026-01-15T10:30:00.000Z"}};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        cogmig_store *store = open_preset(times[i].preset);
        cogmig_user *user = found_by_email(store, "ann@example.com");
        assert_string_equal(cogmig_user_created_at(user), times[i].created_at);
        cogmig_user_free(&user);
        cogmig_store_free(&store);
    }
}

static void two_hashes_of_one_user_are_ambiguous(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store *store = open_preset("better-auth");
    execute(
        "INSERT INTO account SELECT 'again', \"accountId\", \"providerId\", \"userId\", 'other', "
        "\"createdAt\", \"updatedAt\" FROM account WHERE id = 'a1'");
    assert_finding_fails(store, "ann@example.com", COGMIG_USER_AMBIGUOUS, &err);
    cogmig_store_free(&store);
}

static int set_up(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL || getenv("COGMIG_SOURCE_DIR") == NULL)
        return 1;
    snprintf(path, sizeof path, "%s/dev.db", folder);
    snprintf(url, sizeof url, "file:%s", path);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_is_read_as_the_product_does),
        cmocka_unit_test(times_of_every_kind_are_read),
        cmocka_unit_test(two_hashes_of_one_user_are_ambiguous),
    };
    return cmocka_run_group_tests_name("presets in SQLite", tests, set_up, tear_down);
}
