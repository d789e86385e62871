/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"

#include <cogmig/password.h>
#include <string.h>

#define SALT "CCCCCCCCCCCCCCCCCCCCC."
#define OF_UU "$2a$05$" SALT "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
#define OF_71 "$2b$04$" SALT "ZP48wSDJeZC4KEEZRkahyfLke0vxZNC"
#define OF_72 "$2b$04$" SALT "mDyzbhj.9K0apb9O/AGMWwoLXiYAu6u"
#define A24 "aaaaaaaaaaaaaaaaaaaaaaaa"

/* Openwall crypt_blowfish's published vectors and those that node's bcrypt, bcryptjs and libxcrypt
 * agree on; then every other verdict. */
static const struct {
    const char *password;
    size_t password_len;
    const char *stored;
    cogmig_status verdict;
    bool cut;
} entries[] = {
    {"U*U", 3, OF_UU, COGMIG_OK, false},
    {"U*V", 3, OF_UU, COGMIG_PASSWORD_MISMATCH, false},
    {A24 A24 A24, 71, OF_71, COGMIG_OK, false},
    {"x", 1, "$argon2id$v=19$m=16,t=2,p=1$c2FsdA$aGFzaA", COGMIG_HASH_UNSUPPORTED, false},
    {A24 A24 A24, 72, OF_72, COGMIG_OK, false},
    {A24 A24 A24 A24, 96, OF_72, COGMIG_OK, true},
    {A24 A24 A24 A24, 96, OF_71, COGMIG_PASSWORD_MISMATCH, false},
    {"x", 1, NULL, COGMIG_PASSWORD_NOT_SET, false},
    {"x", 1, "!", COGMIG_PASSWORD_LOCKED, false},
    {"x", 1, "$2b$04$short", COGMIG_HASH_MALFORMED, false},
    {NULL, 1, OF_UU, COGMIG_INVALID_ARGUMENT, false},
    {NULL, 0, "$2a$05$" SALT "7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy", COGMIG_OK, false},
    {"U*U", 3, "$2a$31$" SALT "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", COGMIG_HASH_COST_REFUSED, false},
    {"U*U*", 4, "{bcrypt}$2a$05$" SALT "VGOzA784oUp/Z0DY336zx7pLYAy0lwK", COGMIG_OK, false},
};

/* ---- memory, watched by the linker's --wrap ---- */

static bool memory_is_refused;
static size_t largest_block;

void *__real_memory_new(size_t size);
void *__wrap_memory_new(size_t size);

void *__wrap_memory_new(size_t size)
{
    largest_block = size > largest_block ? size : largest_block;
    return memory_is_refused ? NULL : __real_memory_new(size);
}

/* ---- lists ---- */

enum {
    ENTRIES = sizeof entries / sizeof entries[0],
    MAX_COUNT = 2 * ENTRIES + 1
};

struct lists {
    const char *passwords[MAX_COUNT];
    size_t lens[MAX_COUNT];
    const char *stored[MAX_COUNT];
    cogmig_status statuses[MAX_COUNT + 1];
    bool cut[MAX_COUNT + 1];
};

static void fill(struct lists *lists, size_t first, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t which = (first + i) % ENTRIES;
        lists->passwords[i] = entries[which].password;
        lists->lens[i] = entries[which].password_len;
        lists->stored[i] = entries[which].stored;
        lists->statuses[i] = -1;
    }
    lists->statuses[count] = -2;
    lists->cut[count] = true;
}

static void every_entry_has_its_own_verdict_in_whatever_order_they_come(void **state)
{
    (void)state;
    struct lists lists;
    for (size_t first = 0; first < ENTRIES; first++) {
        fill(&lists, first, ENTRIES);
        assert_int_equal(cogmig_password_rules_verify_many(NULL, lists.passwords, lists.lens,
                                                           lists.stored, ENTRIES, lists.statuses,
                                                           lists.cut, NULL),
                         COGMIG_OK);
        for (size_t i = 0; i < ENTRIES; i++) {
            assert_int_equal(lists.statuses[i], entries[(first + i) % ENTRIES].verdict);
            assert_int_equal(lists.cut[i], entries[(first + i) % ENTRIES].cut);
        }
        assert_int_equal(lists.statuses[ENTRIES], -2);
        assert_true(lists.cut[ENTRIES]);
    }
}

static void a_list_of_any_length_is_judged_to_its_end_and_not_beyond(void **state)
{
    (void)state;
    struct lists lists;
    for (size_t count = 0; count <= 9; count++) {
        fill(&lists, 0, count);
        assert_int_equal(cogmig_password_verify_many(lists.passwords, lists.lens, lists.stored,
                                                     count, lists.statuses, NULL),
                         COGMIG_OK);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(lists.statuses[i], entries[i].verdict);
        assert_int_equal(lists.statuses[count], -2);
    }
}

static void the_verdicts_are_those_of_single_calls(void **state)
{
    (void)state;
    struct lists lists;
    fill(&lists, 0, ENTRIES);
    assert_int_equal(cogmig_password_verify_many(lists.passwords, lists.lens, lists.stored, ENTRIES,
                                                 lists.statuses, NULL),
                     COGMIG_OK);
    for (size_t i = 0; i < ENTRIES; i++)
        assert_int_equal(
            lists.statuses[i],
            cogmig_password_verify(lists.passwords[i], lists.lens[i], lists.stored[i], NULL));
}

static void a_refused_allocation_leaves_no_verdict_behind(void **state)
{
    (void)state;
    struct lists lists;
    fill(&lists, 0, ENTRIES);
    memory_is_refused = true;
    cogmig_status status = cogmig_password_rules_verify_many(
        NULL, lists.passwords, lists.lens, lists.stored, ENTRIES, lists.statuses, lists.cut, NULL);
    memory_is_refused = false;
    assert_int_equal(status, COGMIG_OUT_OF_MEMORY);
    for (size_t i = 0; i < ENTRIES; i++) {
        assert_int_equal(lists.statuses[i], COGMIG_OUT_OF_MEMORY);
        assert_false(lists.cut[i]);
    }
    assert_int_equal(lists.statuses[ENTRIES], -2);
}

static void memory_does_not_grow_with_the_lists(void **state)
{
    (void)state;
    struct lists lists;
    largest_block = 0;
    fill(&lists, 0, 1);
    assert_int_equal(cogmig_password_verify_many(lists.passwords, lists.lens, lists.stored, 1,
                                                 lists.statuses, NULL),
                     COGMIG_OK);
    size_t for_one = largest_block;
    fill(&lists, 0, ENTRIES);
    assert_int_equal(cogmig_password_verify_many(lists.passwords, lists.lens, lists.stored, ENTRIES,
                                                 lists.statuses, NULL),
                     COGMIG_OK);
    assert_true(for_one > 0);
    assert_int_equal(largest_block, for_one);
}

static void a_list_that_is_missing_is_refused_unless_nothing_is_asked(void **state)
{
    (void)state;
    struct lists lists;
    fill(&lists, 0, 1);
    lists.statuses[0] = COGMIG_OK;
    assert_int_equal(
        cogmig_password_verify_many(NULL, lists.lens, lists.stored, 1, lists.statuses, NULL),
        COGMIG_INVALID_ARGUMENT);
    assert_int_equal(
        cogmig_password_verify_many(lists.passwords, NULL, lists.stored, 1, lists.statuses, NULL),
        COGMIG_INVALID_ARGUMENT);
    assert_int_equal(lists.statuses[0], COGMIG_INVALID_ARGUMENT);
    assert_int_equal(
        cogmig_password_verify_many(lists.passwords, lists.lens, NULL, 1, lists.statuses, NULL),
        COGMIG_INVALID_ARGUMENT);
    assert_int_equal(
        cogmig_password_verify_many(lists.passwords, lists.lens, lists.stored, 1, NULL, NULL),
        COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_password_verify_many(NULL, NULL, NULL, 0, NULL, NULL), COGMIG_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_entry_has_its_own_verdict_in_whatever_order_they_come),
        cmocka_unit_test(a_list_of_any_length_is_judged_to_its_end_and_not_beyond),
        cmocka_unit_test(the_verdicts_are_those_of_single_calls),
        cmocka_unit_test(a_refused_allocation_leaves_no_verdict_behind),
        cmocka_unit_test(memory_does_not_grow_with_the_lists),
        cmocka_unit_test(a_list_that_is_missing_is_refused_unless_nothing_is_asked),
    };
    return cmocka_run_group_tests_name("verify many", tests, NULL, NULL);
}
