/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "password/probe.h"

static void nothing_is_expected_before_anything_was_measured(void **state)
{
    (void)state;
    struct bcrypt_speed speed = {0};
    assert_int_equal(bcrypt_speed_expected_ms(&speed, 31), 0);
    assert_false(bcrypt_speed_is_known(&speed));
}

static void a_probe_tells_the_speed_before_the_first_long_hash_and_never_again(void **state)
{
    (void)state;
    struct bcrypt_speed speed = {0};
    probe_before(&speed, 11);
    assert_false(bcrypt_speed_is_known(&speed));
    probe_before(&speed, 12);
    int64_t round_ns = speed.round_ns;
    assert_true(bcrypt_speed_is_known(&speed));
    /* No machine does it in less, and none takes a day. */
    assert_in_range(bcrypt_speed_expected_ms(&speed, 20), 1000, 86400000);
    probe_before(&speed, 31);
    assert_int_equal(speed.round_ns, round_ns);
}

static void each_step_of_cost_doubles_the_time(void **state)
{
    (void)state;
    struct bcrypt_speed speed = {0};
    bcrypt_speed_note(&speed, 10, 1024 * 60000LL); /* 61.44 ms */
    assert_int_equal(bcrypt_speed_expected_ms(&speed, 10), 61);
    assert_int_equal(bcrypt_speed_expected_ms(&speed, 12), 245);
    assert_int_equal(bcrypt_speed_expected_ms(&speed, 31), 128849018);
}

static void one_slow_hash_does_not_decide_but_several_do(void **state)
{
    (void)state;
    struct bcrypt_speed speed = {0};
    bcrypt_speed_note(&speed, 10, 1024 * 60000LL);
    bcrypt_speed_note(&speed, 10, 1024 * 600000LL);
    assert_in_range(bcrypt_speed_expected_ms(&speed, 10), 100, 300);
    for (int i = 0; i < 30; i++)
        bcrypt_speed_note(&speed, 10, 1024 * 600000LL);
    assert_in_range(bcrypt_speed_expected_ms(&speed, 10), 600, 620);
}

static void what_a_stall_taught_is_doubted_away_by_refusals(void **state)
{
    (void)state;
    struct bcrypt_speed speed = {0};
    bcrypt_speed_note(&speed, 10, 3600 * 1000000000LL); /* suspended for an hour */
    int refusals = 0;
    for (; bcrypt_speed_expected_ms(&speed, 10) > 4000; refusals++)
        bcrypt_speed_doubt(&speed);
    assert_in_range(refusals, 1, 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_expected_before_anything_was_measured),
        cmocka_unit_test(a_probe_tells_the_speed_before_the_first_long_hash_and_never_again),
        cmocka_unit_test(each_step_of_cost_doubles_the_time),
        cmocka_unit_test(one_slow_hash_does_not_decide_but_several_do),
        cmocka_unit_test(what_a_stall_taught_is_doubted_away_by_refusals),
    };
    return cmocka_run_group_tests_name("speed", tests, NULL, NULL);
}
