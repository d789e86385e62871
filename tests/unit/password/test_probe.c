/* SPDX-License-Identifier: Apache-2.0
 * What is made of a probe's times, which a test's own clock tells. */
#include "base/clock.h"
#include "cmocka_all.h"
#include "password/password.h"
#include "password/probe.h"

enum {
    PROBES = 4,
    PROBE_ROUNDS = 32
};

static int64_t now_ns;
static int64_t takes_ns[PROBES];
static int computed;
static bool memory_is_refused;

int64_t __wrap_clock_steady_ns(void);
cogmig_status __wrap_password_verify(const struct cogmig_password_rules *rules,
                                     struct span password, const char *stored,
                                     int32_t stand_in_cost, bool *ret_cut, cogmig_error *err);

int64_t __wrap_clock_steady_ns(void)
{
    return now_ns;
}

cogmig_status __wrap_password_verify(const struct cogmig_password_rules *rules,
                                     struct span password, const char *stored,
                                     int32_t stand_in_cost, bool *ret_cut, cogmig_error *err)
{
    (void)rules, (void)password, (void)ret_cut, (void)err;
    assert_null(stored);
    assert_int_equal(1 << stand_in_cost, PROBE_ROUNDS);
    now_ns += takes_ns[computed++];
    return memory_is_refused ? COGMIG_OUT_OF_MEMORY : COGMIG_PASSWORD_NOT_SET;
}

static int64_t round_ns_after(const int64_t times[PROBES])
{
    struct bcrypt_speed speed = {0};
    computed = 0;
    for (int i = 0; i < PROBES; i++)
        takes_ns[i] = times[i];
    probe_before(&speed, 12);
    assert_int_equal(computed, PROBES);
    return speed.round_ns;
}

static void the_fastest_counts_whatever_held_up_the_others(void **state)
{
    (void)state;
    memory_is_refused = false;
    assert_int_equal(round_ns_after((int64_t[]){64000, 9600, 3200, 32000}), 100);
    assert_int_equal(round_ns_after((int64_t[]){3200, 6400, 6400, 6400}), 100);
}

static void without_memory_nothing_is_known(void **state)
{
    (void)state;
    memory_is_refused = true;
    assert_int_equal(round_ns_after((int64_t[]){3200, 3200, 3200, 3200}), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fastest_counts_whatever_held_up_the_others),
        cmocka_unit_test(without_memory_nothing_is_known),
    };
    return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}
