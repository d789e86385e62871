/* SPDX-License-Identifier: Apache-2.0
 * Exports with each allocation refused in turn. */
#include "cmocka_all.h"
#include "refusal.h"
#include "status/error.h"

#include <cogmig/export.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static cogmig_store_config *store;
static cogmig_export_config *config;
static struct cogmig_error err;

static void execute(const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open("users.db", &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static int enter_fresh_folder(void **state)
{
    char folder[] = "/tmp/cogmig-oom-XXXXXX";
    *state = strdup(mkdtemp(folder));
    if (*state == NULL || chdir(*state) != 0)
        return -1;
    execute("CREATE TABLE \"User\" (id TEXT PRIMARY KEY, email TEXT, name TEXT, password TEXT,"
            " \"emailVerified\" DATETIME, \"createdAt\" DATETIME, \"updatedAt\" DATETIME);"
            "INSERT INTO \"User\" VALUES ('1', 'ann@example.com', 'Ann', 'x', 0, 0, 0),"
            " ('2', 'bob@example.com', 'Bob', 'x', 0, 0, 0)");
    return 0;
}

static int leave_folder(void **state)
{
    char command[200];
    snprintf(command, sizeof command, "rm -rf %s", (const char *)*state);
    free(*state);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static void make_world(void)
{
    assert_int_equal(cogmig_store_config_new(&store, NULL), COGMIG_OK);
    assert_int_equal(cogmig_store_config_set_url(store, "file:users.db", NULL), COGMIG_OK);
    assert_int_equal(cogmig_export_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_export_config_set_part_rows(config, 1, NULL), COGMIG_OK);
}

static void remove_files(void)
{
    static const char *const names[] = {"users.json", "users-2.json", "users.json.manifest.json",
                                        "users-2.json.manifest.json"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(names[i]);
}

static cogmig_status export_users(void)
{
    cogmig_export_result *result = NULL;
    remove_files();
    cogmig_status status = cogmig_export_to_file(config, store, "users.json", &result, &err);
    assert_int_equal(status == COGMIG_OK, result != NULL);
    cogmig_export_result_free(&result);
    return status;
}

static cogmig_status verify_users(void)
{
    return cogmig_export_verify("users.json", NULL, &err);
}

static cogmig_status add_column(void)
{
    cogmig_export_config *made = NULL;
    cogmig_status status = cogmig_export_config_new(&made, &err);
    if (status == COGMIG_OK)
        status = cogmig_export_config_add_column(made, "a", "b", &err);
    if (status == COGMIG_OK)
        status = cogmig_export_config_set_after(made, "1", &err);
    cogmig_export_config_free(&made);
    return status;
}

static void check_world(void)
{
    assert_int_equal(export_users(), COGMIG_OK);
    assert_int_equal(verify_users(), COGMIG_OK);
}

static void release_world(void)
{
    cogmig_export_config_free(&config);
    cogmig_store_config_free(&store);
}

static const struct world world = {make_world, check_world, NULL, release_world};

/* promise 4 */
static void no_refused_allocation_does_harm(void **state)
{
    static const struct step steps[] = {STEP(export_users, OK), STEP(verify_users, OK),
                                        STEP(add_column, OK)};
    (void)state;
    make_world();
    check_world(); /* so that there is something to verify */
    release_world();
    sweep(&world, steps, sizeof steps / sizeof steps[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_refused_allocation_does_harm, enter_fresh_folder,
                                        leave_folder),
    };
    refusal_prepare();
    return cmocka_run_group_tests_name("export", tests, NULL, NULL);
}
