/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "cmocka_all.h"
#include "idmap/cache.h"

#include <stdio.h>

static enum cache_answer answer(struct idmap_cache *cache, enum cache_direction direction,
                                const char *key, int64_t now_ms, const char *expected)
{
    char *value = NULL;
    enum cache_answer known = idmap_cache_find(cache, direction, key, now_ms, &value);
    if (expected == NULL)
        assert_null(value);
    else
        assert_string_equal(value, expected);
    memory_free(value);
    return known;
}

static void keep(struct idmap_cache *cache, const char *key, const char *value, int64_t until_ms)
{
    idmap_cache_keep(cache, CACHE_SUB_OF, key, value, until_ms, idmap_cache_generation(cache));
}

static void what_is_kept_is_found_until_its_time(void **state)
{
    (void)state;
    struct idmap_cache *cache = idmap_cache_new(16);
    keep(cache, "a", "1", 100);
    keep(cache, "b", NULL, 100);
    assert_int_equal(answer(cache, CACHE_SUB_OF, "a", 99, "1"), CACHE_KNOWS_OTHER_SIDE);
    assert_int_equal(answer(cache, CACHE_SUB_OF, "b", 99, NULL), CACHE_KNOWS_MISS);
    assert_int_equal(answer(cache, CACHE_SUB_OF, "a", 100, NULL), CACHE_KNOWS_NOTHING);
    assert_int_equal(answer(cache, CACHE_SUB_OF, "b", 100, NULL), CACHE_KNOWS_NOTHING);
    assert_int_equal(answer(cache, CACHE_SUB_OF, "c", 0, NULL), CACHE_KNOWS_NOTHING);
    idmap_cache_free(cache);
}

static void a_legacy_id_is_no_sub(void **state)
{
    (void)state;
    struct idmap_cache *cache = idmap_cache_new(16);
    keep(cache, "a", "1", 100);
    assert_int_equal(answer(cache, CACHE_LEGACY_ID_OF, "a", 0, NULL), CACHE_KNOWS_NOTHING);
    idmap_cache_free(cache);
}

static void what_is_newer_takes_the_place_of_the_same_key(void **state)
{
    (void)state;
    struct idmap_cache *cache = idmap_cache_new(4);
    keep(cache, "a", NULL, 100);
    keep(cache, "a", "2", 200);
    assert_int_equal(answer(cache, CACHE_SUB_OF, "a", 150, "2"), CACHE_KNOWS_OTHER_SIDE);
    idmap_cache_free(cache);
}

static void so_many_are_kept_and_no_more(void **state)
{
    (void)state;
    enum {
        MOST = 64
    };
    struct idmap_cache *cache = idmap_cache_new(MOST);
    int found = 0;
    char key[16];
    for (int i = 0; i < 10 * MOST; i++) {
        snprintf(key, sizeof key, "%d", i);
        keep(cache, key, key, 1000 + i);
    }
    for (int i = 0; i < 10 * MOST; i++) {
        char *value = NULL;
        snprintf(key, sizeof key, "%d", i);
        found += idmap_cache_find(cache, CACHE_SUB_OF, key, 0, &value) == CACHE_KNOWS_OTHER_SIDE;
        memory_free(value);
    }
    assert_in_range(found, MOST / 2, MOST);
    assert_int_equal(answer(cache, CACHE_SUB_OF, key, 0, key), CACHE_KNOWS_OTHER_SIDE);
    idmap_cache_free(cache);
}

static void a_cache_of_nothing_knows_nothing(void **state)
{
    (void)state;
    struct idmap_cache *cache = idmap_cache_new(0);
    keep(cache, "a", "1", 100);
    assert_int_equal(answer(cache, CACHE_SUB_OF, "a", 0, NULL), CACHE_KNOWS_NOTHING);
    idmap_cache_forget(cache, "a", "1");
    idmap_cache_free(cache);
}

static void what_was_asked_before_something_was_forgotten_is_not_kept(void **state)
{
    (void)state;
    struct idmap_cache *cache = idmap_cache_new(16);
    keep(cache, "a", "1", 100);
    uint64_t before = idmap_cache_generation(cache);
    idmap_cache_forget(cache, "a", "1");
    idmap_cache_keep(cache, CACHE_SUB_OF, "a", "1", 100, before);
    assert_int_equal(answer(cache, CACHE_SUB_OF, "a", 0, NULL), CACHE_KNOWS_NOTHING);
    idmap_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept_is_found_until_its_time),
        cmocka_unit_test(a_legacy_id_is_no_sub),
        cmocka_unit_test(what_is_newer_takes_the_place_of_the_same_key),
        cmocka_unit_test(so_many_are_kept_and_no_more),
        cmocka_unit_test(a_cache_of_nothing_knows_nothing),
        cmocka_unit_test(what_was_asked_before_something_was_forgotten_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
