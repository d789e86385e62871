/* SPDX-License-Identifier: Apache-2.0 */
#include "told.h"

#include <stdlib.h>
#include <string.h>

/* A user of either side, and a link. A name of NULL is none. */
struct cognito_user {
    const char *sub, *legacy_id, *email, *name;
    bool unverified, disabled;
};

struct store_user {
    const char *id, *email, *name;
    bool unverified, disabled;
};

struct link {
    const char *legacy_id, *sub;
};

enum {
    MOST = 6
};

struct world {
    struct cognito_user cognito[MOST];
    struct store_user store[MOST];
    struct link map[MOST];
    bool without_map;
    bool compare_names;
};

static struct told told;

static cogmig_reconcile *reconciled(const struct world *world)
{
    told.count = 0;
    cogmig_reconcile *r = NULL;
    cogmig_reconcile_config *config = telling_config(&told);
    if (world->without_map)
        assert_int_equal(cogmig_reconcile_config_without_map(config, NULL), COGMIG_OK);
    cogmig_reconcile_config_compare_names(config, world->compare_names, NULL);
    assert_int_equal(cogmig_reconcile_new(config, &r, NULL), COGMIG_OK);
    cogmig_reconcile_config_free(&config);
    for (const struct cognito_user *u = world->cognito; u < world->cognito + MOST && u->sub; u++)
        assert_int_equal(cogmig_reconcile_add_cognito_user(r, u->sub, u->legacy_id, u->email,
                                                           !u->unverified, u->name, !u->disabled,
                                                           NULL),
                         COGMIG_OK);
    for (const struct store_user *u = world->store; u < world->store + MOST && u->id; u++)
        assert_int_equal(cogmig_reconcile_add_store_user(r, u->id, u->email, !u->unverified,
                                                         u->name, u->disabled, NULL),
                         COGMIG_OK);
    for (const struct link *l = world->map; l < world->map + MOST && l->sub; l++)
        assert_int_equal(cogmig_reconcile_add_link(r, l->legacy_id, l->sub, NULL), COGMIG_OK);
    assert_int_equal(cogmig_reconcile_compare(r, NULL), COGMIG_OK);
    return r;
}

static void assert_lines(const struct world *world, const char *const *expected)
{
    cogmig_reconcile *r = reconciled(world);
    cogmig_reconcile_free(&r);
    assert_told(&told, expected);
}

#define assert_tells(world, ...) assert_lines(world, (const char *const[]){__VA_ARGS__, NULL})

static void three_sides_that_agree_tell_nothing(void **state)
{
    (void)state;
    struct world world = {
        .cognito = {{.sub = "s1", .legacy_id = "1", .email = "a@x", .name = "A"},
                    {.sub = "s2", .legacy_id = "2", .email = "B@X ", .name = ""}},
        .store = {{.id = "2", .email = "b@x"}, {.id = "1", .email = "a@x", .name = "A"}},
        .map = {{"1", "s1"}, {"2", "s2"}},
        .compare_names = true,
    };
    cogmig_reconcile *r = reconciled(&world);
    assert_int_equal(told.count, 0);
    assert_int_equal(cogmig_reconcile_count(r, COGMIG_RECONCILE_COGNITO_USERS), 2);
    assert_int_equal(cogmig_reconcile_count(r, COGMIG_RECONCILE_STORE_USERS), 2);
    assert_int_equal(cogmig_reconcile_count(r, COGMIG_RECONCILE_LINKS), 2);
    assert_int_equal(cogmig_reconcile_count(r, COGMIG_RECONCILE_MIGRATED), 2);
    assert_int_equal(cogmig_reconcile_count(r, COGMIG_RECONCILE_IN_ORDER), 2);
    assert_int_equal(cogmig_reconcile_count(r, COGMIG_RECONCILE_COGNITO_ONLY), 0);
    cogmig_reconcile_free(&r);
}

static void nothing_on_any_side_tells_nothing(void **state)
{
    (void)state;
    struct world world = {0};
    cogmig_reconcile *r = reconciled(&world);
    assert_int_equal(told.count, 0);
    assert_int_equal(cogmig_reconcile_count(r, COGMIG_RECONCILE_MIGRATED), 0);
    cogmig_reconcile_free(&r);
}

static void a_user_whom_only_the_store_has_is_not_migrated(void **state)
{
    (void)state;
    struct world world = {.store = {{.id = "1", .email = "a@x"}, {.id = "2"}}};
    assert_tells(&world, "not-migrated 1 - - - - - a@x", "not-migrated 2 - - - - - -");
}

static void a_user_whom_only_cognito_has_is_counted(void **state)
{
    (void)state;
    struct world world = {.cognito = {{.sub = "s1", .email = "a@x"}, {.sub = "s2"}}};
    cogmig_reconcile *r = reconciled(&world);
    assert_int_equal(told.count, 0);
    assert_int_equal(cogmig_reconcile_count(r, COGMIG_RECONCILE_COGNITO_ONLY), 2);
    cogmig_reconcile_free(&r);
}

static void a_legacy_id_that_nobody_has_is_told(void **state)
{
    (void)state;
    struct world world = {.cognito = {{.sub = "s1", .legacy_id = "9", .email = "a@x"}},
                          .store = {{.id = "1", .email = "b@x"}}};
    assert_tells(&world, "not-in-store 9 s1 - - - a@x -", "not-migrated 1 - - - - - b@x");
}

static void two_cognito_users_with_one_legacy_id_are_told(void **state)
{
    (void)state;
    struct world world = {
        .cognito = {{.sub = "s1", .legacy_id = "1", .email = "a@x"},
                    {.sub = "s2", .legacy_id = "1", .email = "a@x"},
                    {.sub = "s3", .legacy_id = "1", .email = "a@x"},
                    {.sub = "s1", .legacy_id = "1", .email = "a@x"}},
        .store = {{.id = "1", .email = "a@x"}},
        .map = {{"1", "s2"}},
    };
    assert_tells(&world, "duplicate 1 s1 s2 - - a@x -", "duplicate 1 s1 s3 - - a@x -");
}

static void one_of_several_who_is_listed_twice_is_one(void **state)
{
    (void)state;
    struct cognito_user again = {.sub = "s2", .legacy_id = "1", .email = "a@x"};
    struct world world = {
        .cognito = {{.sub = "s1", .legacy_id = "1", .email = "a@x"},
                    again,
                    {.sub = "s3", .legacy_id = "1", .email = "a@x"},
                    again},
        .store = {{.id = "1", .email = "a@x"}},
        .map = {{"1", "s1"}},
    };
    assert_tells(&world, "duplicate 1 s1 s2 - - a@x -", "duplicate 1 s1 s3 - - a@x -");
}

static void two_links_with_one_legacy_id_are_told(void **state)
{
    (void)state;
    struct world world = {.cognito = {{.sub = "s1", .legacy_id = "1", .email = "a@x"},
                                      {.sub = "s2", .legacy_id = "2", .email = "b@x"}},
                          .store = {{.id = "1", .email = "a@x"}, {.id = "2", .email = "b@x"}},
                          .map = {{"1", "s1"}, {"1", "s3"}, {"1", "s1"}, {"2", "s2"}}};
    assert_tells(&world, "duplicate 1 s1 s3 - - - -");
}

static void two_rows_with_one_id_are_told(void **state)
{
    (void)state;
    struct world world = {.cognito = {{.sub = "s1", .legacy_id = "1", .email = "a@x"}},
                          .store = {{.id = "1", .email = "a@x"}, {.id = "1", .email = "b@x"}},
                          .map = {{"1", "s1"}}};
    assert_tells(&world, "duplicate 1 - - - - - b@x");
}

static void a_user_who_is_listed_twice_is_one(void **state)
{
    (void)state;
    struct cognito_user user = {.sub = "s1", .legacy_id = "1", .email = "a@x"};
    struct cognito_user other = {.sub = "s2", .email = "b@x"};
    struct world world = {.cognito = {user, other, user, other, user},
                          .store = {{.id = "1", .email = "a@x"}},
                          .map = {{"1", "s1"}}};
    cogmig_reconcile *r = reconciled(&world);
    assert_int_equal(told.count, 0);
    assert_int_equal(cogmig_reconcile_count(r, COGMIG_RECONCILE_COGNITO_USERS), 2);
    assert_int_equal(cogmig_reconcile_count(r, COGMIG_RECONCILE_COGNITO_ONLY), 1);
    cogmig_reconcile_free(&r);
}

static void a_user_on_both_sides_without_a_link_is_told(void **state)
{
    (void)state;
    struct world world = {.cognito = {{.sub = "s1", .legacy_id = "1", .email = "a@x"}},
                          .store = {{.id = "1", .email = "a@x"}}};
    assert_tells(&world, "not-linked 1 s1 - - - - -");
    world.without_map = true;
    assert_lines(&world, (const char *const[]){NULL});
}

static void swapped_links_are_told_of_both(void **state)
{
    (void)state;
    struct world world = {
        .cognito = {{.sub = "s1", .legacy_id = "1", .email = "a@x"},
                    {.sub = "s2", .legacy_id = "2", .email = "b@x"}},
        .store = {{.id = "1", .email = "a@x"}, {.id = "2", .email = "b@x"}},
        .map = {{"1", "s2"}, {"2", "s1"}},
    };
    assert_tells(&world, "linked-elsewhere 1 s2 s1 2 - b@x a@x",
                 "linked-elsewhere 2 s1 s2 1 - a@x b@x");
}

static void a_link_to_a_deleted_cognito_user_is_stale(void **state)
{
    (void)state;
    struct world world = {
        .cognito = {{.sub = "s2", .legacy_id = "1", .email = "a@x"}},
        .store = {{.id = "1", .email = "a@x"}, {.id = "2", .email = "b@x"}},
        .map = {{"1", "gone1"}, {"2", "gone2"}},
    };
    assert_tells(&world, "link-stale 1 gone1 s2 - - - -", "link-stale 2 gone2 - - - - -",
                 "not-migrated 2 - - - - - b@x");
}

static void who_takes_the_place_of_a_deleted_user_is_told_where_there_is_no_doubt(void **state)
{
    (void)state;
    struct world world = {
        .cognito = {{.sub = "s1", .legacy_id = "1", .email = "a@x"},
                    {.sub = "s2", .legacy_id = "1", .email = "a@x"},
                    {.sub = "s3", .legacy_id = "2", .email = "other@x"},
                    {.sub = "s4", .legacy_id = "3", .email = "c@x"}},
        .store = {{.id = "1", .email = "a@x"},
                  {.id = "2", .email = "b@x"},
                  {.id = "3", .email = "c@x"},
                  {.id = "3", .email = "d@x"}},
        .map = {{"1", "gone1"}, {"2", "gone2"}, {"3", "gone3"}},
    };
    assert_tells(&world, "duplicate 1 s1 s2 - - a@x -", "duplicate 3 - - - - - d@x",
                 "attribute 2 s3 - - email other@x b@x", "link-stale 1 gone1 - - - - -",
                 "link-stale 2 gone2 - - - - -", "link-stale 3 gone3 - - - - -");
}

static void a_link_to_a_deleted_row_is_stale(void **state)
{
    (void)state;
    struct world world = {
        .cognito = {{.sub = "s1", .email = "a@x"}, {.sub = "s3", .legacy_id = "3", .email = "c@x"}},
        .map = {{"1", "s1"}, {"3", "s3"}}};
    assert_tells(&world, "link-stale 1 s1 - - - - -", "link-stale 3 s3 - - - - -",
                 "not-in-store 3 s3 - - - c@x -");
}

static void a_linked_cognito_user_without_the_attribute_is_told_and_is_migrated(void **state)
{
    (void)state;
    struct world world = {.cognito = {{.sub = "s1", .email = "a@x"}},
                          .store = {{.id = "1", .email = "a@x"}},
                          .map = {{"1", "s1"}}};
    assert_tells(&world, "legacy-id-missing 1 s1 - - - a@x a@x");
    cogmig_reconcile *r = reconciled(&world);
    assert_int_equal(cogmig_reconcile_count(r, COGMIG_RECONCILE_MIGRATED), 1);
    assert_int_equal(cogmig_reconcile_count(r, COGMIG_RECONCILE_IN_ORDER), 0);
    assert_int_equal(cogmig_reconcile_count(r, COGMIG_RECONCILE_COGNITO_ONLY), 0);
    cogmig_reconcile_free(&r);
}

static void attributes_of_who_lacks_the_legacy_id_are_compared(void **state)
{
    (void)state;
    struct world world = {
        .cognito = {{.sub = "s1", .email = "old@x", .name = "A", .unverified = true}},
        .store = {{.id = "1", .email = "a@x", .name = "A", .disabled = true}},
        .map = {{"1", "s1"}},
        .compare_names = true};
    assert_tells(
        &world, "legacy-id-missing 1 s1 - - - old@x a@x", "attribute 1 s1 - - email old@x a@x",
        "attribute 1 s1 - - email_verified false true", "attribute 1 s1 - - enabled true false");
}

static cogmig_status note_linked(void *user_data, const cogmig_difference *difference)
{
    char *subs = user_data;
    if (cogmig_difference_is_linked(difference))
        strcat(subs, cogmig_difference_sub(difference));
    return COGMIG_OK;
}

static void assert_linked(bool has_map, const char *expected)
{
    char subs[64] = "";
    cogmig_reconcile *r = NULL;
    cogmig_reconcile_config *config = NULL;
    assert_int_equal(cogmig_reconcile_config_new(&config, NULL), COGMIG_OK);
    cogmig_reconcile_config_set_on_difference(config, note_linked, subs, NULL);
    if (!has_map)
        cogmig_reconcile_config_without_map(config, NULL);
    assert_int_equal(cogmig_reconcile_new(config, &r, NULL), COGMIG_OK);
    cogmig_reconcile_config_free(&config);
    for (const char *id = "abc"; *id != '\0'; id++) {
        const char text[] = {*id, '\0'};
        cogmig_reconcile_add_cognito_user(r, text, *id == 'c' ? NULL : text, "x@x", true, NULL,
                                          true, NULL);
        cogmig_reconcile_add_store_user(r, text, "x@x", false, NULL, false, NULL);
    }
    if (has_map) {
        cogmig_reconcile_add_link(r, "a", "a", NULL);
        cogmig_reconcile_add_link(r, "c", "c", NULL);
    }
    assert_int_equal(cogmig_reconcile_compare(r, NULL), COGMIG_OK);
    cogmig_reconcile_free(&r);
    assert_string_equal(subs, expected);
}

static void an_attribute_says_whether_its_user_is_linked(void **state)
{
    (void)state;
    assert_linked(true, "ac");
    assert_linked(false, "ab");
    assert_false(cogmig_difference_is_linked(NULL));
}

static void a_sign_up_with_a_legacy_address_is_told(void **state)
{
    (void)state;
    struct world world = {
        .cognito = {{.sub = "s1", .email = "A@x"}, {.sub = "s2", .email = "a@X"}},
        .store = {{.id = "1", .email = "a@x"}, {.id = "2", .email = "b@x"}},
    };
    assert_tells(&world, "not-migrated 1 - - - - - a@x", "not-migrated 2 - - - - - b@x",
                 "same-email 1 s1 - - - A@x a@x", "same-email 1 s2 - - - a@X a@x");
}

static void users_without_an_address_have_no_address_in_common(void **state)
{
    (void)state;
    struct world world = {.cognito = {{.sub = "s1"}}, .store = {{.id = "1"}}};
    assert_tells(&world, "not-migrated 1 - - - - - -");
}

static void each_attribute_that_differs_is_told(void **state)
{
    (void)state;
    struct world world = {
        .cognito = {{.sub = "s1", .legacy_id = "1", .email = "a@x", .name = "A", .disabled = true},
                    {.sub = "s2", .legacy_id = "2", .unverified = true}},
        .store = {{.id = "1", .email = "b@x", .name = "B", .unverified = true},
                  {.id = "2", .email = "c@x", .name = "C", .disabled = true}},
        .map = {{"1", "s1"}, {"2", "s2"}},
        .compare_names = true,
    };
    assert_tells(&world, "attribute 1 s1 - - email a@x b@x",
                 "attribute 1 s1 - - email_verified true false",
                 "attribute 1 s1 - - enabled false true", "attribute 1 s1 - - name A B",
                 "attribute 2 s2 - - email - c@x", "attribute 2 s2 - - email_verified false true",
                 "attribute 2 s2 - - enabled true false", "attribute 2 s2 - - name - C");
    world.compare_names = false;
    cogmig_reconcile *r = reconciled(&world);
    assert_int_equal(cogmig_reconcile_count(r, COGMIG_DIFFERENCE_ATTRIBUTE), 6);
    assert_int_equal(cogmig_reconcile_count(r, COGMIG_RECONCILE_IN_ORDER), 0);
    assert_int_equal(cogmig_reconcile_count(r, COGMIG_RECONCILE_MIGRATED), 2);
    cogmig_reconcile_free(&r);
}

/* ---- the handle ---- */

static cogmig_status refuse(void *user_data, const cogmig_difference *difference)
{
    (void)difference;
    ++*(int *)user_data;
    return COGMIG_CONFIG_INVALID;
}

static void a_callback_that_refuses_stops_the_comparison(void **state)
{
    (void)state;
    int calls = 0;
    cogmig_error *err = NULL;
    cogmig_reconcile *r = NULL;
    cogmig_reconcile_config *config = telling_config(&told);
    assert_int_equal(cogmig_error_new(&err), COGMIG_OK);
    cogmig_reconcile_config_set_on_difference(config, refuse, &calls, NULL);
    assert_int_equal(cogmig_reconcile_new(config, &r, NULL), COGMIG_OK);
    cogmig_reconcile_add_store_user(r, "1", NULL, false, NULL, false, NULL);
    cogmig_reconcile_add_store_user(r, "2", NULL, false, NULL, false, NULL);
    assert_int_equal(cogmig_reconcile_compare(r, err), COGMIG_STOPPED_BY_CALLBACK);
    assert_int_equal(calls, 1);
    assert_int_equal(cogmig_error_upstream(err), COGMIG_UPSTREAM_CALLBACK);
    assert_string_equal(cogmig_error_upstream_code(err), "8");
    cogmig_reconcile_config_free(&config);
    cogmig_reconcile_free(&r);
    cogmig_error_free(&err);
}

static void without_a_callback_differences_are_counted(void **state)
{
    (void)state;
    cogmig_reconcile *r = NULL;
    assert_int_equal(cogmig_reconcile_new(NULL, &r, NULL), COGMIG_OK);
    cogmig_reconcile_add_store_user(r, "1", NULL, false, NULL, false, NULL);
    assert_int_equal(cogmig_reconcile_compare(r, NULL), COGMIG_OK);
    assert_int_equal(cogmig_reconcile_count(r, COGMIG_DIFFERENCE_NOT_MIGRATED), 1);
    assert_int_equal(cogmig_reconcile_count(r, 0), 0);
    assert_int_equal(cogmig_reconcile_count(r, 99), 0);
    assert_int_equal(cogmig_reconcile_count(r, COGMIG_RECONCILE_COGNITO_ONLY + 1), 0);
    assert_int_equal(cogmig_reconcile_count(NULL, 1), 0);
    cogmig_reconcile_free(&r);
}

static void what_comes_too_late_or_is_too_long_is_refused(void **state)
{
    (void)state;
    cogmig_reconcile *r = NULL;
    char long_text[16 * 1024 + 2];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    assert_int_equal(cogmig_reconcile_new(NULL, &r, NULL), COGMIG_OK);
    assert_int_equal(cogmig_reconcile_add_store_user(r, long_text, NULL, false, NULL, false, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(
        cogmig_reconcile_add_cognito_user(r, "s", NULL, NULL, false, long_text, true, NULL),
        COGMIG_INVALID_ARGUMENT);
    long_text[16 * 1024] = '\0';
    assert_int_equal(
        cogmig_reconcile_add_store_user(r, long_text, long_text, false, long_text, false, NULL),
        COGMIG_OK);
    assert_int_equal(cogmig_reconcile_compare(r, NULL), COGMIG_OK);
    assert_int_equal(cogmig_reconcile_add_link(r, "1", "s", NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_reconcile_compare(r, NULL), COGMIG_INVALID_ARGUMENT);
    cogmig_reconcile_free(&r);
}

static void missing_arguments_are_refused(void **state)
{
    (void)state;
    cogmig_reconcile *r = NULL;
    assert_int_equal(cogmig_reconcile_new(NULL, NULL, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_reconcile_new(NULL, &r, NULL), COGMIG_OK);
    assert_int_equal(cogmig_reconcile_add_store_user(r, "", NULL, false, NULL, false, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(
        cogmig_reconcile_add_cognito_user(r, NULL, NULL, NULL, false, NULL, true, NULL),
        COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_reconcile_add_link(r, "1", "", NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_reconcile_add_link(NULL, "1", "s", NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_reconcile_compare(NULL, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_reconcile_config_new(NULL, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_reconcile_config_set_work_folder(NULL, "/tmp", NULL),
                     COGMIG_INVALID_ARGUMENT);
    cogmig_reconcile_config *config = NULL;
    static const char *const no_folders[] = {NULL, "", "/no/such/folder", "/dev/null"};
    assert_int_equal(cogmig_reconcile_config_new(&config, NULL), COGMIG_OK);
    for (size_t i = 0; i < sizeof no_folders / sizeof no_folders[0]; i++)
        assert_int_equal(cogmig_reconcile_config_set_work_folder(config, no_folders[i], NULL),
                         COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_reconcile_config_set_work_folder(config, "/tmp", NULL), COGMIG_OK);
    cogmig_reconcile_config_free(&config);
    cogmig_reconcile_config_free(NULL);
    cogmig_reconcile_free(&r);
    cogmig_reconcile_free(&r);
    cogmig_reconcile_free(NULL);
    assert_null(cogmig_difference_sub(NULL));
    assert_int_equal(cogmig_difference_kind(NULL), 0);
    assert_string_equal(cogmig_difference_kind_name(0), "unknown");
    assert_string_equal(cogmig_difference_kind_name(10), "unknown");
}

static void a_link_without_a_map_is_refused(void **state)
{
    (void)state;
    cogmig_reconcile *r = NULL;
    cogmig_reconcile_config *config = telling_config(&told);
    cogmig_reconcile_config_without_map(config, NULL);
    assert_int_equal(cogmig_reconcile_new(config, &r, NULL), COGMIG_OK);
    assert_int_equal(cogmig_reconcile_add_link(r, "1", "s", NULL), COGMIG_INVALID_ARGUMENT);
    cogmig_reconcile_config_free(&config);
    cogmig_reconcile_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_sides_that_agree_tell_nothing),
        cmocka_unit_test(nothing_on_any_side_tells_nothing),
        cmocka_unit_test(a_user_whom_only_the_store_has_is_not_migrated),
        cmocka_unit_test(a_user_whom_only_cognito_has_is_counted),
        cmocka_unit_test(a_legacy_id_that_nobody_has_is_told),
        cmocka_unit_test(two_cognito_users_with_one_legacy_id_are_told),
        cmocka_unit_test(one_of_several_who_is_listed_twice_is_one),
        cmocka_unit_test(two_links_with_one_legacy_id_are_told),
        cmocka_unit_test(two_rows_with_one_id_are_told),
        cmocka_unit_test(a_user_who_is_listed_twice_is_one),
        cmocka_unit_test(a_user_on_both_sides_without_a_link_is_told),
        cmocka_unit_test(swapped_links_are_told_of_both),
        cmocka_unit_test(a_link_to_a_deleted_cognito_user_is_stale),
        cmocka_unit_test(who_takes_the_place_of_a_deleted_user_is_told_where_there_is_no_doubt),
        cmocka_unit_test(a_link_to_a_deleted_row_is_stale),
        cmocka_unit_test(a_linked_cognito_user_without_the_attribute_is_told_and_is_migrated),
        cmocka_unit_test(attributes_of_who_lacks_the_legacy_id_are_compared),
        cmocka_unit_test(an_attribute_says_whether_its_user_is_linked),
        cmocka_unit_test(a_sign_up_with_a_legacy_address_is_told),
        cmocka_unit_test(users_without_an_address_have_no_address_in_common),
        cmocka_unit_test(each_attribute_that_differs_is_told),
        cmocka_unit_test(a_callback_that_refuses_stops_the_comparison),
        cmocka_unit_test(without_a_callback_differences_are_counted),
        cmocka_unit_test(what_comes_too_late_or_is_too_long_is_refused),
        cmocka_unit_test(missing_arguments_are_refused),
        cmocka_unit_test(a_link_without_a_map_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
