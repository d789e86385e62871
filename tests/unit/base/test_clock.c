/* SPDX-License-Identifier: Apache-2.0
 * Linked with --wrap for clock_gettime: time stands where the test puts it. */
#include "base/clock.h"
#include "cmocka_all.h"

#include <time.h>

static struct timespec steady;

int __wrap_clock_gettime(clockid_t which, struct timespec *now);

int __wrap_clock_gettime(clockid_t which, struct timespec *now)
{
    assert_int_equal(which, CLOCK_MONOTONIC);
    *now = steady;
    return 0;
}

/* Its name with 64 bits of time on a machine of 32. */
int __wrap___clock_gettime64(clockid_t which, struct timespec *now);

int __wrap___clock_gettime64(clockid_t which, struct timespec *now)
{
    return __wrap_clock_gettime(which, now);
}

static void set_ms(int64_t ms)
{
    steady = (struct timespec){.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
}

static void the_steady_clock_is_read_in_its_units(void **state)
{
    (void)state;
    steady = (struct timespec){.tv_sec = 12, .tv_nsec = 345678901};
    assert_int_equal(clock_steady_ms(), 12345);
    assert_int_equal(clock_steady_ns(), 12345678901);
}

static void a_deadline_passes_at_its_moment(void **state)
{
    (void)state;
    set_ms(5000);
    struct deadline d = deadline_in_ms(40);
    assert_false(deadline_passed(d));
    assert_int_equal(deadline_left_ms(d), 40);
    set_ms(5039);
    assert_false(deadline_passed(d));
    assert_int_equal(deadline_left_ms(d), 1);
    set_ms(5040);
    assert_true(deadline_passed(d));
    assert_int_equal(deadline_left_ms(d), 0);
    set_ms(9000);
    assert_true(deadline_passed(d));
    assert_int_equal(deadline_left_ms(d), 0);
}

static void what_is_left_fits_32_bits(void **state)
{
    (void)state;
    set_ms(1);
    assert_int_equal(deadline_left_ms(deadline_in_ms((int64_t)1 << 40)), INT32_MAX);
}

static void the_earlier_of_two_deadlines_counts(void **state)
{
    (void)state;
    set_ms(1);
    struct deadline soon = deadline_in_ms(10), late = deadline_in_ms(20);
    assert_int_equal(deadline_left_ms(deadline_earlier(soon, late)), 10);
    assert_int_equal(deadline_left_ms(deadline_earlier(late, soon)), 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_steady_clock_is_read_in_its_units),
        cmocka_unit_test(a_deadline_passes_at_its_moment),
        cmocka_unit_test(what_is_left_fits_32_bits),
        cmocka_unit_test(the_earlier_of_two_deadlines_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
