/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "cognito/retry.h"

#define TEST(function) cmocka_unit_test(function)

static int32_t longest(int attempt)
{
    int32_t longest_ms = 0;
    for (uint32_t random = 0; random < 6000; random++) {
        int32_t ms = retry_delay_ms(attempt, random);
        assert_true(ms >= 0);
        longest_ms = ms > longest_ms ? ms : longest_ms;
    }
    return longest_ms;
}

static void the_bound_doubles_up_to_five_seconds(void **state)
{
    (void)state;
    assert_int_equal(longest(0), 200);
    assert_int_equal(longest(1), 400);
    assert_int_equal(longest(4), 3200);
    assert_int_equal(longest(5), 5000);
    assert_int_equal(longest(1000), 5000);
}

static void the_delay_is_anything_below_it(void **state)
{
    (void)state;
    assert_int_equal(retry_delay_ms(0, 0), 0);
    assert_int_equal(retry_delay_ms(0, 123), 123);
    assert_int_equal(retry_delay_ms(0, UINT32_MAX), UINT32_MAX % 201);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_bound_doubles_up_to_five_seconds),
        TEST(the_delay_is_anything_below_it),
    };
    return cmocka_run_group_tests_name("cognito: retry", tests, NULL, NULL);
}
