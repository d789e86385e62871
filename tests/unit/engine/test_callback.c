/* SPDX-License-Identifier: Apache-2.0
 * Verdicts to a callback, jobs from many threads. */
#include "pool.h"

#include <string.h>

enum {
    PRODUCERS = 8,
    JOBS_OF_ONE = 48,
    CHAIN = 60
};

/* What the callback saw. */
struct seen {
    struct pool *pool;
    atomic_int verdicts;
    atomic_int ok, mismatch, cancelled, other;
    atomic_bool inside; /* the callback is never called twice at a time */
    atomic_int overlaps;
    cogmig_status drained;
};

static void count(struct seen *seen, cogmig_status status)
{
    atomic_int *counter = status == COGMIG_OK                  ? &seen->ok
                          : status == COGMIG_PASSWORD_MISMATCH ? &seen->mismatch
                          : status == COGMIG_JOB_CANCELLED     ? &seen->cancelled
                                                               : &seen->other;
    atomic_fetch_add(counter, 1);
    atomic_fetch_add(&seen->verdicts, 1);
}

static void take(void *user_data, const cogmig_verdict *verdict)
{
    struct seen *seen = user_data;
    if (atomic_exchange(&seen->inside, true))
        atomic_fetch_add(&seen->overlaps, 1);
    count(seen, cogmig_verdict_status(verdict));
    atomic_store(&seen->inside, false);
}

static void start(struct pool *pool, cogmig_verdict_fn on_verdict, struct seen *seen)
{
    seen->pool = pool;
    assert_int_equal(cogmig_engine_config_set_on_verdict(pool->config, on_verdict, seen, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_engine_config_set_workers(pool->config, 2, NULL), COGMIG_OK);
    pool_start(pool);
}

/* A third of each kind; each fourth with a wrong password; each eighth cancelled. */
static void *produce(void *user_data)
{
    struct pool *pool = user_data;
    for (int i = 0; i < JOBS_OF_ONE; i++) {
        const char *password = i % 4 == 0 ? "U*V" : RIGHT;
        int64_t job = 0;
        cogmig_status status =
            i % 3 == 0   ? cogmig_engine_submit_password(pool->engine, password, 3, HASH, 0, NULL,
                                                         &job, NULL)
            : i % 3 == 1 ? cogmig_engine_submit_sign_in(pool->engine, pool->store, EMAIL, password,
                                                        3, 0, NULL, &job, NULL)
                         : cogmig_engine_submit_event(
                               pool->engine, pool->migration, sign_in_event(EMAIL, password),
                               strlen(sign_in_event(EMAIL, password)), 0, NULL, &job, NULL);
        assert_int_equal(status, COGMIG_OK);
        if (i % 8 == 7)
            status = cogmig_engine_cancel(pool->engine, job, NULL);
        assert_true(status == COGMIG_OK || status == COGMIG_JOB_NOT_FOUND);
    }
    return NULL;
}

/* promise 53 */
static void jobs_of_many_threads_have_one_verdict_each(void **state)
{
    struct pool *pool = *state;
    struct seen seen = {.pool = NULL};
    pthread_t producers[PRODUCERS];
    pool->migration->config.deadline_ms = 600000;
    start(pool, take, &seen);
    for (int i = 0; i < PRODUCERS; i++)
        assert_int_equal(pthread_create(&producers[i], NULL, produce, pool), 0);
    for (int i = 0; i < PRODUCERS; i++)
        pthread_join(producers[i], NULL);
    assert_int_equal(cogmig_engine_drain(pool->engine, 600000, &pool->err), COGMIG_OK);
    assert_int_equal(seen.verdicts, PRODUCERS * JOBS_OF_ONE);
    assert_int_equal(seen.other, 0);
    assert_int_equal(seen.overlaps, 0);
    /* Of the wrong passwords those in events are a no, which is an answer. */
    assert_int_equal(seen.mismatch, PRODUCERS * JOBS_OF_ONE / 6);
    assert_true(seen.cancelled <= PRODUCERS * JOBS_OF_ONE / 8);
    assert_int_equal(pool->engine->accepted, 0);
    assert_int_equal(pool->engine->hashing, 0);
    assert_int_equal(pool->engine->load.waiting_rounds, 0);
    assert_int_equal(pool->engine->registry.free_count, pool->engine->registry.capacity);
}

static void submit_next(void *user_data, const cogmig_verdict *verdict)
{
    struct seen *seen = user_data;
    int before = seen->verdicts;
    count(seen, cogmig_verdict_status(verdict));
    if (before + 1 < CHAIN && cogmig_engine_submit_password(seen->pool->engine, RIGHT, 3, HASH, 0,
                                                            NULL, NULL, NULL) != COGMIG_OK)
        atomic_fetch_add(&seen->other, 1);
}

static void a_callback_may_submit_even_when_there_is_room_for_one_job_alone(void **state)
{
    struct pool *pool = *state;
    struct seen seen = {.pool = NULL};
    assert_int_equal(cogmig_engine_config_set_max_jobs(pool->config, 1, NULL), COGMIG_OK);
    start(pool, submit_next, &seen);
    submit_password(pool, RIGHT, HASH);
    while (seen.verdicts < CHAIN)
        sched_yield();
    assert_int_equal(cogmig_engine_drain(pool->engine, 600000, NULL), COGMIG_OK);
    assert_int_equal(seen.ok, CHAIN);
    assert_int_equal(seen.other, 0);
}

static void drain_inside(void *user_data, const cogmig_verdict *verdict)
{
    struct seen *seen = user_data;
    seen->drained = cogmig_engine_drain(seen->pool->engine, 1000, NULL);
    count(seen, cogmig_verdict_status(verdict));
}

static void a_callback_that_drains_is_told_so(void **state)
{
    struct pool *pool = *state;
    struct seen seen = {.pool = NULL};
    start(pool, drain_inside, &seen);
    submit_password(pool, RIGHT, HASH);
    assert_int_equal(cogmig_engine_drain(pool->engine, 600000, NULL), COGMIG_OK);
    assert_int_equal(seen.drained, COGMIG_INVALID_ARGUMENT);
    assert_int_equal(seen.ok, 1);
}

/* promise 53 */
static void freeing_hands_every_verdict_to_the_callback_first(void **state)
{
    struct pool *pool = *state;
    struct seen seen = {.pool = NULL};
    start(pool, take, &seen);
    for (int i = 0; i < 12; i++)
        submit_password(pool, RIGHT, LONG_HASH);
    for (int i = 0; i < 5; i++)
        submit_sign_in(pool, EMAIL, RIGHT);
    cogmig_engine_free(&pool->engine);
    assert_int_equal(seen.verdicts, 17);
    assert_int_equal(seen.other, 0);
}

static void an_engine_with_a_callback_cannot_be_polled(void **state)
{
    struct pool *pool = *state;
    struct seen seen = {.pool = NULL};
    cogmig_verdict *verdict = NULL;
    start(pool, take, &seen);
    assert_int_equal(cogmig_engine_fd(pool->engine), -1);
    assert_int_equal(cogmig_engine_poll(pool->engine, &verdict, NULL), COGMIG_INVALID_ARGUMENT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, pool_set_up, pool_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(jobs_of_many_threads_have_one_verdict_each),
        TEST(a_callback_may_submit_even_when_there_is_room_for_one_job_alone),
        TEST(a_callback_that_drains_is_told_so),
        TEST(freeing_hands_every_verdict_to_the_callback_first),
        TEST(an_engine_with_a_callback_cannot_be_polled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
