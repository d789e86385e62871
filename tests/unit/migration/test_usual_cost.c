/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "migration/usual_cost.h"

static void note(struct usual_cost *usual, int32_t cost, int times)
{
    for (int i = 0; i < times; i++)
        usual_cost_note(usual, cost);
}

static void a_store_that_showed_no_hash_has_the_cost_of_bcrypt_libraries(void **state)
{
    (void)state;
    struct usual_cost usual = {0};
    assert_int_equal(usual_cost_of(&usual), 10);
}

static void the_most_common_cost_is_the_usual_one_whatever_came_last(void **state)
{
    (void)state;
    struct usual_cost usual = {0};
    note(&usual, 4, 1);
    assert_int_equal(usual_cost_of(&usual), 4);
    note(&usual, 12, 3);
    note(&usual, 4, 1);
    note(&usual, 31, 2);
    assert_int_equal(usual_cost_of(&usual), 12);
    note(&usual, 31, 2);
    assert_int_equal(usual_cost_of(&usual), 31);
}

static void of_two_that_are_as_common_the_higher_one_counts(void **state)
{
    (void)state;
    struct usual_cost usual = {0};
    note(&usual, 12, 2);
    note(&usual, 5, 2);
    assert_int_equal(usual_cost_of(&usual), 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_store_that_showed_no_hash_has_the_cost_of_bcrypt_libraries),
        cmocka_unit_test(the_most_common_cost_is_the_usual_one_whatever_came_last),
        cmocka_unit_test(of_two_that_are_as_common_the_higher_one_counts),
    };
    return cmocka_run_group_tests_name("usual cost", tests, NULL, NULL);
}
