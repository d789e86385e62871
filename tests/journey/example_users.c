/* SPDX-License-Identifier: Apache-2.0 */
#include "example_users.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sqlite3.h>

static char folder[] = "/tmp/cogmig-journey-XXXXXX";
static char database[sizeof folder + sizeof "/dev.db"];

static char *read_whole(FILE *file, size_t *ret_len)
{
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size_t len = (size_t)ftell(file);
    rewind(file);
    char *bytes = calloc(len + 1, 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, len, file), len);
    *ret_len = len;
    return bytes;
}

char *source_file(const char *path, size_t *ret_len)
{
    const char *source = getenv("COGMIG_SOURCE_DIR");
    char whole_path[4096];
    (void)snprintf(whole_path, sizeof whole_path, "%s/%s", source == NULL ? "." : source, path);
    FILE *file = fopen(whole_path, "rb");
    if (file == NULL)
        fail_msg("%s cannot be read; COGMIG_SOURCE_DIR names the source tree", whole_path);
    char *bytes = read_whole(file, ret_len);
    (void)fclose(file);
    return bytes;
}

int example_users_create(void **state)
{
    (void)state;
    size_t len = 0;
    sqlite3 *db = NULL;
    char *sql = source_file("examples/users/users.sqlite.sql", &len);
    assert_non_null(mkdtemp(folder));
    (void)snprintf(database, sizeof database, "%s/dev.db", folder);
    assert_int_equal(sqlite3_open(database, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    free(sql);
    return 0;
}

int example_users_remove(void **state)
{
    (void)state;
    return unlink(database) == 0 && rmdir(folder) == 0 ? 0 : -1;
}

cogmig_store *example_users_open(void)
{
    cogmig_store_config *config = NULL;
    cogmig_store *store = NULL;
    char url[sizeof database + sizeof "file:"];
    (void)snprintf(url, sizeof url, "file:%s", database);
    assert_int_equal(cogmig_store_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_store_config_set_url(config, url, NULL), COGMIG_OK);
    assert_int_equal(cogmig_store_open(config, &store, NULL), COGMIG_OK);
    cogmig_store_config_free(&config);
    return store;
}

cogmig_migration_config *example_users_config(void)
{
    cogmig_migration_config *config = NULL;
    assert_int_equal(cogmig_migration_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_migration_config_set_deadline_ms(config, 60000, NULL), COGMIG_OK);
    return config;
}
