/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "keyset/policy.h"

enum {
    SECOND_MS = 1000
};

static const int64_t now_ms = 5000000;

static struct policy after_success(int64_t max_age_s)
{
    struct policy policy = policy_start();
    policy_note_begin(&policy, now_ms);
    policy_note_success(&policy, now_ms, max_age_s);
    return policy;
}

static void at_first_a_fetch_may_begin_and_nothing_is_due(void **state)
{
    (void)state;
    struct policy policy = policy_start();
    assert_true(policy_may_fetch(&policy, now_ms));
    assert_false(policy_is_due(&policy, now_ms));
    assert_true(policy_trusts(&policy, now_ms));
}

static void expect_due_after_s(int64_t max_age_s, int64_t seconds)
{
    struct policy policy = after_success(max_age_s);
    assert_false(policy_is_due(&policy, now_ms + seconds * SECOND_MS - 1));
    assert_true(policy_is_due(&policy, now_ms + seconds * SECOND_MS));
}

static void max_age_is_clamped(void **state)
{
    (void)state;
    expect_due_after_s(MAX_AGE_UNKNOWN, 600);
    expect_due_after_s(0, 60);
    expect_due_after_s(59, 60);
    expect_due_after_s(61, 61);
    expect_due_after_s(43199, 43199);
    expect_due_after_s(43201, 43200);
    expect_due_after_s(INT64_MAX, 43200);
}

static void keys_are_trusted_for_a_day_after_the_last_success(void **state)
{
    (void)state;
    struct policy policy = after_success(INT64_MAX);
    policy_note_failure(&policy, now_ms + 12 * 3600 * SECOND_MS, 0);
    assert_true(policy_trusts(&policy, now_ms + 24 * 3600 * SECOND_MS - 1));
    assert_false(policy_trusts(&policy, now_ms + 24 * 3600 * SECOND_MS));
}

static void the_back_off_doubles_up_to_a_minute(void **state)
{
    static const int64_t at_most_s[] = {1, 2, 4, 8, 16, 32, 60, 60, 60};
    (void)state;
    struct policy policy = policy_start();
    for (size_t i = 0; i < sizeof at_most_s / sizeof at_most_s[0]; i++) {
        int64_t half_ms = at_most_s[i] * SECOND_MS / 2;
        policy_note_failure(&policy, now_ms, (uint32_t)half_ms);
        assert_int_equal(policy.fetch_from_ms - now_ms, 2 * half_ms);
    }
}

static void chance_takes_off_half_of_the_back_off_at_most(void **state)
{
    (void)state;
    for (uint32_t random = 0; random < 5000; random++) {
        struct policy policy = policy_start();
        policy_note_failure(&policy, now_ms, random * 857);
        assert_in_range(policy.fetch_from_ms - now_ms, BACK_OFF_FIRST_MS / 2, BACK_OFF_FIRST_MS);
    }
}

static void a_success_ends_the_back_off(void **state)
{
    (void)state;
    struct policy policy = policy_start();
    for (int i = 0; i < 5; i++)
        policy_note_failure(&policy, now_ms, 0);
    policy_note_success(&policy, now_ms, MAX_AGE_UNKNOWN);
    policy_note_failure(&policy, now_ms, 0);
    assert_int_equal(policy.fetch_from_ms - now_ms, BACK_OFF_FIRST_MS / 2);
}

static void the_keys_are_settled_until_due_or_the_next_attempt_but_not_beyond_trust(void **state)
{
    (void)state;
    struct policy policy = after_success(3600);
    assert_int_equal(policy_settled_until_ms(&policy), now_ms + 3600 * SECOND_MS);
    int64_t failed_at_ms = now_ms + 3600 * SECOND_MS;
    policy_note_failure(&policy, failed_at_ms, 0);
    assert_int_equal(policy_settled_until_ms(&policy), failed_at_ms + BACK_OFF_FIRST_MS / 2);
    policy.fetch_from_ms = INT64_MAX;
    assert_int_equal(policy_settled_until_ms(&policy), policy.trusted_until_ms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_first_a_fetch_may_begin_and_nothing_is_due),
        cmocka_unit_test(max_age_is_clamped),
        cmocka_unit_test(keys_are_trusted_for_a_day_after_the_last_success),
        cmocka_unit_test(the_back_off_doubles_up_to_a_minute),
        cmocka_unit_test(chance_takes_off_half_of_the_back_off_at_most),
        cmocka_unit_test(a_success_ends_the_back_off),
        cmocka_unit_test(the_keys_are_settled_until_due_or_the_next_attempt_but_not_beyond_trust),
    };
    return cmocka_run_group_tests_name("keyset: policy", tests, NULL, NULL);
}
