/* SPDX-License-Identifier: Apache-2.0 */
#include "capacity_plan.h"
#include "cmocka_all.h"

/* 60 ms alone, 20 ms a core with its lanes full, two such cores. */
static const struct machine_speed machine = {0.060, 0.020, 0.010};

static struct capacity_plan plan_for(const char *costs, double users, double peak)
{
    struct capacity_question question = {.users = users, .peak_per_s = peak};
    assert_true(cost_histogram_read(costs, &question.costs));
    return capacity_plan(&question, &machine);
}

static void assert_near(double actual, double expected)
{
    if (actual < expected * 0.999 || actual > expected * 1.001)
        fail_msg("%f is not %f", actual, expected);
}

static void costs_are_read_with_their_shares(void **state)
{
    (void)state;
    struct cost_histogram costs;
    assert_true(cost_histogram_read("10=90,12=10", &costs));
    assert_near(costs.weight[10], 90);
    assert_near(costs.weight[12], 10);
    assert_true(cost_histogram_read("11", &costs));
    assert_near(costs.weight[11], 1);
}

static void what_is_no_list_of_costs_is_refused(void **state)
{
    (void)state;
    struct cost_histogram costs;
    static const char *const bad[] = {
        "",      "x",   "3",       "32",     "10=",   "10=0",  "10=-1",
        "10=9x", "10,", "10=1,,1", "10=nan", "10,10", "10=1;", "10=inf"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (cost_histogram_read(bad[i], &costs))
            fail_msg("\"%s\" was read", bad[i]);
}

static void each_cost_doubles_the_work(void **state)
{
    (void)state;
    assert_near(plan_for("10", 0, 0).core_s, 0.020);
    assert_near(plan_for("12", 0, 0).core_s, 0.080);
    assert_near(plan_for("4", 0, 0).core_s, 0.020 / 64);
    assert_near(plan_for("10=90,12=10", 0, 0).core_s, 0.026);
    assert_near(plan_for("10=9,12=1", 0, 0).core_s, 0.026);
}

static void cores_carry_the_peak_at_seven_tenths(void **state)
{
    (void)state;
    assert_int_equal(plan_for("10", 0, 34).cores, 1);
    assert_int_equal(plan_for("10", 0, 36).cores, 2);
    assert_int_equal(plan_for("10=90,12=10", 0, 500).cores, 19);
    assert_int_equal(plan_for("10", 0, 0.01).cores, 1);
    assert_int_equal(plan_for("31", 0, 1e12).cores, INT32_MAX);
}

static void lambda_has_memory_for_the_slowest_hash_in_a_second(void **state)
{
    (void)state;
    struct capacity_plan plan = plan_for("10=90,12=10", 0, 100);
    assert_near(plan.slowest_s, 0.240);
    assert_int_equal(plan.lambda_mb, 448); /* 1769 * 0.24 = 424.6 */
    assert_near(plan.lambda_slowest_s, 0.240 * 1769 / 448);
    assert_near(plan.lambda_concurrency, 100 * 0.060 * 1.3 * 1769 / 448);
    assert_int_equal(plan_for("10", 0, 0).lambda_mb, 128);
    assert_int_equal(plan_for("14", 0, 0).lambda_mb, 1728);
    assert_int_equal(plan_for("15", 0, 0).lambda_mb, 1769);
}

static void all_users_once_take_as_long_as_this_machine_needs(void **state)
{
    (void)state;
    assert_near(plan_for("10", 360000, 0).drain_s, 3600);
    assert_near(plan_for("11", 360000, 0).drain_s, 7200);
    assert_near(plan_for("10", 0, 0).sign_ins_per_s, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(costs_are_read_with_their_shares),
        cmocka_unit_test(what_is_no_list_of_costs_is_refused),
        cmocka_unit_test(each_cost_doubles_the_work),
        cmocka_unit_test(cores_carry_the_peak_at_seven_tenths),
        cmocka_unit_test(lambda_has_memory_for_the_slowest_hash_in_a_second),
        cmocka_unit_test(all_users_once_take_as_long_as_this_machine_needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
