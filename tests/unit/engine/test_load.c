/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "engine/load.h"

static void nothing_is_expected_before_anything_was_measured(void **state)
{
    (void)state;
    struct load load = {.lanes = 8};
    load_add(&load, 15);
    assert_int_equal(load_expected_ms(&load, 15), 0);
}

static void a_hash_takes_its_own_time_and_its_share_of_what_waits(void **state)
{
    (void)state;
    struct load load = {.lanes = 8, .speed.round_ns = 60000};
    assert_int_equal(load_expected_ms(&load, 10), 61);
    for (int i = 0; i < 80; i++)
        load_add(&load, 10);
    assert_int_equal(load_expected_ms(&load, 10), 675);
    load_take_away(&load, 10);
    assert_true(load_expected_ms(&load, 10) < 675);
}

static void no_amount_of_work_overflows(void **state)
{
    (void)state;
    struct load load = {.lanes = 1, .speed.round_ns = 10000000};
    for (int i = 0; i < 1000000; i++)
        load_add(&load, 31);
    assert_true(load_expected_ms(&load, 31) > 600000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_expected_before_anything_was_measured),
        cmocka_unit_test(a_hash_takes_its_own_time_and_its_share_of_what_waits),
        cmocka_unit_test(no_amount_of_work_overflows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
