/* SPDX-License-Identifier: Apache-2.0 */
#include "database.h"

#include "base/memory.h"

#include <libpq-fe.h>
#ifdef COGMIG_SQLITE
#include <sqlite3.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char directory[64];
static char url[512];

bool database_is_postgresql(void)
{
    return strncmp(url, "file:", 5) != 0;
}

const char *database_url(void)
{
    return url;
}

int database_create(void **state)
{
    (void)state;
    const char *server = getenv("COGMIG_TEST_DATABASE_URL");
    if (server != NULL) {
        snprintf(url, sizeof url, "%s", server);
        return 0;
    }
    snprintf(directory, sizeof directory, "/tmp/cogmig-idmap-XXXXXX");
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(url, sizeof url, "file:%s/map.db", directory);
    return 0;
}

int database_remove(void **state)
{
    (void)state;
    if (directory[0] == '\0')
        return 0;
    unlink(url + 5);
    return rmdir(directory);
}

static void execute_in_postgresql(const char *sql)
{
    PGconn *connection = PQconnectdb(url);
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
        fail_msg("%s: %s\n", PQerrorMessage(connection), sql);
    PQclear(result);
    PQfinish(connection);
}

#ifdef COGMIG_SQLITE
static void execute_in_sqlite(const char *sql)
{
    sqlite3 *db = NULL;
    char *words = NULL;
    assert_int_equal(sqlite3_open(url + 5, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &words) != SQLITE_OK)
        fail_msg("%s: %s\n", words, sql);
    sqlite3_close(db);
}
#endif

void database_execute(const char *sql)
{
#ifdef COGMIG_SQLITE
    if (!database_is_postgresql()) {
        execute_in_sqlite(sql);
        return;
    }
#endif
    execute_in_postgresql(sql);
}

void assert_status(cogmig_status actual, cogmig_status expected, const cogmig_error *err)
{
    if (actual != expected)
        fail_msg("%s instead of %s: %s\n", cogmig_status_name(actual), cogmig_status_name(expected),
                 cogmig_error_message(err));
    assert_int_equal(cogmig_error_status(err), expected);
}

void assert_mentions(const cogmig_error *err, const char *words)
{
    if (strstr(cogmig_error_message(err), words) == NULL)
        fail_msg("no \"%s\" in: %s\n", words, cogmig_error_message(err));
}

cogmig_idmap_config *new_config(void)
{
    struct cogmig_error err = {0};
    cogmig_idmap_config *config = NULL;
    assert_status(cogmig_idmap_config_new(&config, &err), COGMIG_OK, &err);
    assert_status(cogmig_idmap_config_set_url(config, url, &err), COGMIG_OK, &err);
    assert_status(cogmig_idmap_config_set_pool(config, POOL, &err), COGMIG_OK, &err);
    return config;
}

cogmig_idmap *open_config(cogmig_idmap_config *config)
{
    struct cogmig_error err = {0};
    cogmig_idmap *map = NULL;
    assert_status(cogmig_idmap_open(config, &map, &err), COGMIG_OK, &err);
    cogmig_idmap_config_free(&config);
    return map;
}

cogmig_idmap *open_empty(void)
{
    struct cogmig_error err = {0};
    cogmig_idmap_config *config = new_config();
    assert_status(cogmig_idmap_install(config, &err), COGMIG_OK, &err);
    database_execute("DELETE FROM cogmig_idmap");
    return open_config(config);
}

void assert_link(cogmig_idmap *map, const char *legacy_id, const char *sub, cogmig_status expected)
{
    struct cogmig_error err = {0};
    assert_status(cogmig_idmap_link(map, legacy_id, sub, &err), expected, &err);
}

static void assert_found(cogmig_status status, char *found, const char *expected,
                         const cogmig_error *err)
{
    assert_status(status, expected == NULL ? COGMIG_IDMAP_NOT_LINKED : COGMIG_OK, err);
    if (expected == NULL)
        assert_null(found);
    else
        assert_string_equal(found, expected);
    memory_free(found);
}

void assert_sub(cogmig_idmap *map, const char *legacy_id, const char *expected)
{
    struct cogmig_error err = {0};
    char *found = NULL;
    cogmig_status status = cogmig_idmap_find_sub(map, legacy_id, &found, &err);
    assert_found(status, found, expected, &err);
}

void assert_legacy_id(cogmig_idmap *map, const char *sub, const char *expected)
{
    struct cogmig_error err = {0};
    char *found = NULL;
    cogmig_status status = cogmig_idmap_find_legacy_id(map, sub, &found, &err);
    assert_found(status, found, expected, &err);
}
