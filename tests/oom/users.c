/* SPDX-License-Identifier: Apache-2.0 */
#include "users.h"

#include "cmocka_all.h"
#include "refusal.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- SQLite's memory ---- */

static sqlite3_mem_methods usual;

static void *allocate(int size)
{
    return refusal_is_due() ? NULL : usual.xMalloc(size);
}

static void *resize(void *block, int size)
{
    return refusal_is_due() ? NULL : usual.xRealloc(block, size);
}

void users_prepare_sqlite(void)
{
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &usual) == SQLITE_OK) {
        sqlite3_mem_methods watched = usual;
        watched.xMalloc = allocate;
        watched.xRealloc = resize;
        if (sqlite3_config(SQLITE_CONFIG_MALLOC, &watched) == SQLITE_OK)
            return;
    }
    fputs("SQLite was used before it could be watched\n", stderr);
    exit(1);
}

/* ---- users ---- */

static char folder[] = "/tmp/cogmig-oom-XXXXXX";

static void execute(const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open("users.db", &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

int users_enter_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL || chdir(folder) != 0)
        return -1;
    execute("CREATE TABLE \"User\" (id INTEGER PRIMARY KEY, email TEXT, name TEXT, password TEXT,"
            " locale TEXT, banned INTEGER, \"emailVerified\" DATETIME, \"createdAt\" DATETIME,"
            " \"updatedAt\" DATETIME);"
            "INSERT INTO \"User\" VALUES"
            " (1, '" USERS_EMAIL "', 'Ann', '" USERS_HASH "', 'de', 0, 1, 0, 0),"
            " (2, 'bob@example.com', 'Bob', 'x', NULL, 1, 0, 0, 0)");
    return 0;
}

int users_leave_folder(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}
