/* SPDX-License-Identifier: Apache-2.0
 * Every no of a sign-in does the same work, counted in rounds of bcrypt's key schedule; then how
 * long each takes, which is reported and decides nothing. */
#include "base/clock.h"
#include "cmocka_all.h"
#include "password/blowfish.h"

#include <cogmig/memory.h>
#include <cogmig/migration.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define DIGEST "$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"

/* ---- rounds, counted by the linker's --wrap ---- */

static size_t expansions;

void __real_blowfish_expand(struct blowfish states[], size_t count);
void __wrap_blowfish_expand(struct blowfish states[], size_t count);

void __wrap_blowfish_expand(struct blowfish states[], size_t count)
{
    expansions += count;
    __real_blowfish_expand(states, count);
}

static size_t expansions_of_cost(int cost)
{
    return (size_t)2 << cost;
}

/* ---- a store whose users are their hashes ---- */

static const struct {
    const char *email;
    const char *hash;
} users[] = {
    {"six@example.com", "$2b$06" DIGEST},
    {"five@example.com", "$2b$05" DIGEST},
    {"seven@example.com", "$2b$07" DIGEST},
    {"none@example.com", NULL},
    {"locked@example.com", "!"},
    {"short@example.com", "$2b$06$short"},
    {"argon2@example.com", "$argon2id$v=19$m=16,t=2,p=1$c2FsdA$aGFzaA"},
    {"dear@example.com", "$2b$31" DIGEST},
};

static cogmig_status find(void *user_data, int32_t question, const char *key, size_t key_len,
                          int32_t timeout_ms, cogmig_store_answer *answer)
{
    (void)user_data, (void)question, (void)key_len, (void)timeout_ms;
    for (size_t i = 0; i < sizeof users / sizeof users[0]; i++)
        if (strcmp(users[i].email, key) == 0)
            return cogmig_store_answer_add_user(answer, "1", key, users[i].hash, true, NULL);
    return COGMIG_OK;
}

static int set_up(void **state)
{
    cogmig_store_config *config = NULL;
    cogmig_store *store = NULL;
    cogmig_migration *migration = NULL;
    if (cogmig_store_config_new(&config, NULL) != COGMIG_OK ||
        cogmig_store_config_set_callback(config, find, NULL, NULL) != COGMIG_OK ||
        cogmig_store_open(config, &store, NULL) != COGMIG_OK ||
        cogmig_migration_new(NULL, store, &migration, NULL) != COGMIG_OK)
        return -1;
    cogmig_store_config_free(&config);
    cogmig_store_free(&store);
    *state = migration;
    return 0;
}

static int tear_down(void **state)
{
    cogmig_migration *migration = *state;
    cogmig_migration_free(&migration);
    return 0;
}

/* ---- sign-ins ---- */

static cogmig_status no(cogmig_migration *migration, const char *name, const char *password)
{
    char event[512], *response = NULL;
    size_t len = 0;
    cogmig_error *err = NULL;
    assert_int_equal(cogmig_error_new(&err), COGMIG_OK);
    snprintf(event, sizeof event,
             "{\"triggerSource\":\"UserMigration_Authentication\",\"userName\":\"%s\","
             "\"request\":{\"password\":\"%s\"},\"response\":{}}",
             name, password);
    assert_int_equal(cogmig_migration_handle(migration, event, strlen(event), &response, &len, err),
                     COGMIG_OK);
    assert_string_equal(response, event);
    cogmig_status reason = cogmig_error_status(err);
    cogmig_free(response);
    cogmig_error_free(&err);
    return reason;
}

static size_t work_of(cogmig_migration *migration, const char *name, cogmig_status reason)
{
    expansions = 0;
    assert_int_equal(no(migration, name, "wrong"), reason);
    return expansions;
}

/* The usual cost is 6: neither the last, nor the lowest, nor the highest. */
static void teach(cogmig_migration *migration)
{
    no(migration, "six@example.com", "wrong");
    no(migration, "six@example.com", "wrong");
    no(migration, "seven@example.com", "wrong");
    no(migration, "five@example.com", "wrong");
}

static const struct {
    const char *name;
    cogmig_status reason;
} refused[] = {
    {"nobody@example.com", COGMIG_USER_NOT_FOUND},   {"none@example.com", COGMIG_PASSWORD_NOT_SET},
    {"locked@example.com", COGMIG_PASSWORD_LOCKED},  {"short@example.com", COGMIG_HASH_MALFORMED},
    {"argon2@example.com", COGMIG_HASH_UNSUPPORTED}, {"dear@example.com", COGMIG_HASH_COST_REFUSED},
    {"six@example.com", COGMIG_PASSWORD_MISMATCH},
};

enum {
    REFUSED = sizeof refused / sizeof refused[0]
};

/* promise 30 */
static void every_no_does_the_work_of_the_usual_cost(void **state)
{
    teach(*state);
    for (size_t i = 0; i < REFUSED; i++)
        assert_int_equal(work_of(*state, refused[i].name, refused[i].reason),
                         expansions_of_cost(6));
}

static void a_hash_of_another_cost_does_its_own_work_and_changes_nothing(void **state)
{
    teach(*state);
    assert_int_equal(work_of(*state, "five@example.com", COGMIG_PASSWORD_MISMATCH),
                     expansions_of_cost(5));
    assert_int_equal(work_of(*state, "six@example.com", COGMIG_PASSWORD_MISMATCH),
                     expansions_of_cost(6));
    assert_int_equal(work_of(*state, "nobody@example.com", COGMIG_USER_NOT_FOUND),
                     expansions_of_cost(6));
}

static void before_any_hash_was_seen_a_no_does_the_work_of_cost_10(void **state)
{
    teach(*state); /* so that the self-test has run */
    cogmig_migration *fresh = NULL;
    void *other = NULL;
    assert_int_equal(set_up(&other), 0);
    fresh = other;
    assert_int_equal(work_of(fresh, "nobody@example.com", COGMIG_USER_NOT_FOUND),
                     expansions_of_cost(10));
    tear_down(&other);
}

/* ---- times ---- */

enum {
    SAMPLES = 60
};

struct sample {
    double sum;
    double sum_of_squares;
};

static const double sample_count = (double)SAMPLES;

static double mean(const struct sample *sample)
{
    return sample->sum / sample_count;
}

static double variance(const struct sample *sample)
{
    return sample->sum_of_squares / sample_count - mean(sample) * mean(sample);
}

/* Welch's t: beyond 5, a difference that repeated asking would show. */
static double welch(const struct sample *a, const struct sample *b)
{
    return (mean(a) - mean(b)) / sqrt((variance(a) + variance(b)) / sample_count);
}

static void report_times_against_a_wrong_password(void **state)
{
    struct sample samples[REFUSED] = {{0, 0}};
    teach(*state);
    for (int round = 0; round < SAMPLES; round++) {
        for (size_t i = 0; i < REFUSED; i++) { /* in turn, so that all share the machine's moods */
            int64_t started_ns = clock_steady_ns();
            assert_int_equal(no(*state, refused[i].name, "wrong"), refused[i].reason);
            double us = (double)(clock_steady_ns() - started_ns) / 1000;
            samples[i].sum += us;
            samples[i].sum_of_squares += us * us;
        }
    }
    for (size_t i = 0; i < REFUSED; i++)
        print_message("# %-24s %8.1f us on average, Welch's t %6.2f\n",
                      cogmig_status_name(refused[i].reason), mean(&samples[i]),
                      welch(&samples[i], &samples[REFUSED - 1]));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_no_does_the_work_of_the_usual_cost),
        TEST(a_hash_of_another_cost_does_its_own_work_and_changes_nothing),
        TEST(before_any_hash_was_seen_a_no_does_the_work_of_cost_10),
        TEST(report_times_against_a_wrong_password),
    };
    return cmocka_run_group_tests_name("equal work", tests, NULL, NULL);
}
