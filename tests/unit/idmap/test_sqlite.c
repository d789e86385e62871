/* SPDX-License-Identifier: Apache-2.0
 * What the file of the map may undergo while it is open. */
#include "database.h"

#include <stdio.h>
#include <unistd.h>

static const char *path(void)
{
    return database_url() + sizeof "file:" - 1;
}

static cogmig_idmap *open_without_cache(void)
{
    cogmig_idmap_config *config = new_config();
    assert_int_equal(cogmig_idmap_config_set_cache_entries(config, 0, NULL), COGMIG_OK);
    return open_config(config);
}

/* The file, and what SQLite keeps beside it. */
static void move_file_aside(void)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        char from[512], to[512];
        snprintf(from, sizeof from, "%s%s", path(), endings[i]);
        snprintf(to, sizeof to, "%s.old%s", path(), endings[i]);
        assert_true(rename(from, to) == 0 || endings[i][0] != '\0');
    }
}

static void remove_file(const char *ending)
{
    char name[512];
    snprintf(name, sizeof name, "%s%s", path(), ending);
    unlink(name);
}

static void assert_follows_the_file(const char *journal_mode)
{
    struct cogmig_error err = {0};
    char *sub = NULL;
    cogmig_idmap *made = open_empty();
    cogmig_idmap_free(&made);
    database_execute(journal_mode);
    cogmig_idmap *map = open_without_cache();
    assert_link(map, "clx1", "sub-1", COGMIG_OK);

    move_file_aside();
    assert_status(cogmig_idmap_find_sub(map, "clx1", &sub, &err), COGMIG_STORE_UNREACHABLE, &err);
    assert_link(map, "clx2", "sub-2", COGMIG_STORE_UNREACHABLE);

    cogmig_idmap *fresh = open_empty();
    cogmig_idmap_free(&fresh);
    assert_sub(map, "clx1", NULL);
    assert_link(map, "clx2", "sub-2", COGMIG_OK);
    fresh = open_without_cache();
    assert_sub(fresh, "clx2", "sub-2");
    cogmig_idmap_free(&fresh);
    cogmig_idmap_free(&map);
    remove_file("");
    remove_file(".old");
    remove_file(".old-wal");
    remove_file(".old-shm");
}

static void a_map_is_that_of_the_file_that_has_the_name(void **state)
{
    (void)state;
    assert_follows_the_file("PRAGMA journal_mode = DELETE");
    assert_follows_the_file("PRAGMA journal_mode = WAL");
}

static void an_id_with_a_nul_leads_to_nobody(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    char *sub = NULL;
    cogmig_idmap *map = open_empty();
    database_execute("INSERT INTO cogmig_idmap (pool_id, legacy_id, sub) VALUES"
                     " ('" POOL "', 'clx1', 'sub-1' || char(0) || '2')");
    assert_status(cogmig_idmap_find_sub(map, "clx1", &sub, &err), COGMIG_STORE_ROW_INVALID, &err);
    assert_null(sub);
    cogmig_idmap_free(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_with_a_nul_leads_to_nobody),
        cmocka_unit_test(a_map_is_that_of_the_file_that_has_the_name),
    };
    return cmocka_run_group_tests(tests, database_create, database_remove);
}
