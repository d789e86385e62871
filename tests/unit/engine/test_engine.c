/* SPDX-License-Identifier: Apache-2.0
 * A job's life: cancelled, too late, one too many, drained, freed. */
#include "base/cleanup.h"
#include "pool.h"

#include <poll.h>
#include <string.h>
#include <time.h>

/* ---- cancelling ---- */

static void a_job_that_waits_for_its_look_up_is_cancelled_at_once(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    pool->legacy.closed = true;
    int64_t first = submit_sign_in(pool, EMAIL, RIGHT);
    int64_t second = submit_sign_in(pool, EMAIL, RIGHT);
    wait_until_asked(pool, 1);
    assert_int_equal(cogmig_engine_cancel(pool->engine, second, NULL), COGMIG_OK);
    assert_int_equal(status_of(pool, second), COGMIG_JOB_CANCELLED);
    pool->legacy.closed = false;
    assert_int_equal(status_of(pool, first), COGMIG_OK);
    assert_int_equal(pool->legacy.asked, 1);
}

static void a_job_that_is_looked_up_is_cancelled_when_the_store_answers(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    pool->legacy.closed = true;
    int64_t job = submit_sign_in(pool, EMAIL, RIGHT);
    int64_t event = submit_event(pool, sign_in_event(EMAIL, RIGHT));
    wait_until_asked(pool, 1);
    assert_int_equal(cogmig_engine_cancel(pool->engine, job, NULL), COGMIG_OK);
    assert_int_equal(cogmig_engine_cancel(pool->engine, job, NULL), COGMIG_OK);
    pool->legacy.closed = false;
    assert_int_equal(status_of(pool, job), COGMIG_JOB_CANCELLED);
    assert_int_equal(status_of(pool, event), COGMIG_OK);
}

static void a_job_that_waits_for_a_lane_is_cancelled_at_once(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    int64_t jobs[BLOWFISH_LANES];
    for (size_t i = 0; i < BLOWFISH_LANES; i++)
        jobs[i] = submit_password(pool, RIGHT, LONG_HASH);
    wait_until_hashing(pool, BLOWFISH_LANES);
    int64_t waits = submit_password(pool, RIGHT, LONG_HASH);
    assert_int_equal(cogmig_engine_cancel(pool->engine, waits, NULL), COGMIG_OK);
    assert_int_equal(status_of(pool, waits), COGMIG_JOB_CANCELLED);
    assert_int_equal(pool->engine->load.waiting_rounds, 0);
    for (size_t i = 0; i < BLOWFISH_LANES; i++)
        assert_int_equal(cogmig_engine_cancel(pool->engine, jobs[i], NULL), COGMIG_OK);
    for (size_t i = 0; i < BLOWFISH_LANES; i++) {
        cogmig_verdict *verdict = next_verdict(pool);
        assert_int_equal(cogmig_verdict_status(verdict), COGMIG_JOB_CANCELLED);
        cogmig_verdict_free(&verdict);
    }
}

static void a_match_that_was_cancelled_is_none(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    pool->legacy.closed = true;
    int64_t job = submit_event(pool, sign_in_event(EMAIL, RIGHT));
    wait_until_asked(pool, 1);
    assert_int_equal(cogmig_engine_cancel(pool->engine, job, NULL), COGMIG_OK);
    pool->legacy.closed = false;
    cogmig_verdict *verdict = next_verdict(pool);
    assert_int_equal(cogmig_verdict_status(verdict), COGMIG_JOB_CANCELLED);
    assert_null(cogmig_verdict_response(verdict, NULL));
    cogmig_verdict_free(&verdict);
}

static void a_job_with_a_verdict_or_of_no_number_is_not_found(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    int64_t job = submit_password(pool, RIGHT, HASH);
    struct pollfd fd = {.fd = cogmig_engine_fd(pool->engine), .events = POLLIN};
    assert_int_equal(poll(&fd, 1, -1), 1);
    const int64_t numbers[] = {job, job + 1, 0, -1, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        assert_int_equal(cogmig_engine_cancel(pool->engine, numbers[i], &pool->err),
                         COGMIG_JOB_NOT_FOUND);
    assert_int_equal(status_of(pool, job), COGMIG_OK);
    assert_int_equal(cogmig_engine_cancel(pool->engine, job, NULL), COGMIG_JOB_NOT_FOUND);
}

/* ---- too late ---- */

/* promise 53 */
static void a_job_that_cannot_be_done_in_time_is_refused_at_its_submission(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    pool->engine->load.speed.round_ns = INT64_C(1000000000);
    int64_t job = 1;
    assert_int_equal(
        cogmig_engine_submit_password(pool->engine, RIGHT, 3, HASH, 30000, NULL, &job, &pool->err),
        COGMIG_DEADLINE_EXCEEDED);
    assert_int_equal(job, 0);
    assert_int_equal(cogmig_engine_submit_sign_in(pool->engine, pool->store, EMAIL, RIGHT, 3, 30000,
                                                  NULL, NULL, &pool->err),
                     COGMIG_DEADLINE_EXCEEDED);
    assert_int_equal(pool->engine->accepted, 0);
    assert_int_equal(
        cogmig_engine_submit_password(pool->engine, RIGHT, 3, HASH, 60000, NULL, &job, &pool->err),
        COGMIG_OK);
}

static void a_job_is_refused_for_the_work_that_waits_before_it(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    pool->engine->load.speed.round_ns = 1000000;
    pthread_mutex_lock(&pool->engine->mutex);
    load_add(&pool->engine->load, 20);
    pthread_mutex_unlock(&pool->engine->mutex);
    assert_int_equal(
        cogmig_engine_submit_password(pool->engine, RIGHT, 3, HASH, 30000, NULL, NULL, &pool->err),
        COGMIG_DEADLINE_EXCEEDED);
    pthread_mutex_lock(&pool->engine->mutex);
    load_take_away(&pool->engine->load, 20);
    pthread_mutex_unlock(&pool->engine->mutex);
    assert_int_equal(
        cogmig_engine_submit_password(pool->engine, RIGHT, 3, HASH, 30000, NULL, NULL, &pool->err),
        COGMIG_OK);
}

static void a_hash_that_became_too_slow_is_not_begun(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    pool->legacy.closed = true;
    int64_t job = submit_sign_in(pool, EMAIL, RIGHT);
    wait_until_asked(pool, 1);
    pool->engine->load.speed.round_ns = INT64_C(1000000000000);
    pool->legacy.closed = false;
    assert_int_equal(status_of(pool, job), COGMIG_DEADLINE_EXCEEDED);
    assert_int_equal(pool->engine->hashing, 0);
}

static void not_even_the_first_hash_is_begun_if_it_cannot_be_done_in_time(void **state)
{
    struct pool *pool = *state;
    SCOPED(cogmig_password_rules_free) cogmig_password_rules *rules = NULL;
    assert_int_equal(cogmig_password_rules_new(&rules, NULL), COGMIG_OK);
    assert_int_equal(cogmig_password_rules_set_max_cost(rules, 31, NULL), COGMIG_OK);
    assert_int_equal(cogmig_engine_config_set_password_rules(pool->config, rules, NULL), COGMIG_OK);
    pool_start(pool);
    int64_t job = 0;
    assert_int_equal(cogmig_engine_submit_password(
                         pool->engine, RIGHT, 3,
                         "$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", 60000,
                         pool, &job, &pool->err),
                     COGMIG_OK);
    assert_int_equal(status_of(pool, job), COGMIG_DEADLINE_EXCEEDED);
}

static void a_look_up_whose_turn_comes_too_late_is_not_begun(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    pool->legacy.closed = true;
    int64_t first = submit_sign_in(pool, EMAIL, RIGHT), second = 0;
    wait_until_asked(pool, 1);
    assert_int_equal(cogmig_engine_submit_sign_in(pool->engine, pool->store, EMAIL, RIGHT, 3, 1,
                                                  pool, &second, NULL),
                     COGMIG_OK);
    struct deadline later = deadline_in_ms(5);
    while (!deadline_passed(later))
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    pool->legacy.closed = false;
    cogmig_verdict *verdicts[2] = {next_verdict(pool), next_verdict(pool)};
    int late = cogmig_verdict_job(verdicts[0]) == second ? 0 : 1;
    assert_int_equal(cogmig_verdict_status(verdicts[late]), COGMIG_DEADLINE_EXCEEDED);
    assert_int_equal(cogmig_verdict_job(verdicts[!late]), first);
    assert_int_equal(cogmig_verdict_status(verdicts[!late]), COGMIG_OK);
    assert_int_equal(pool->legacy.asked, 1);
    cogmig_verdict_free(&verdicts[0]);
    cogmig_verdict_free(&verdicts[1]);
}

/* ---- one too many ---- */

static void a_full_engine_is_busy_until_a_verdict_is_polled(void **state)
{
    struct pool *pool = *state;
    assert_int_equal(cogmig_engine_config_set_max_jobs(pool->config, 2, NULL), COGMIG_OK);
    pool_start(pool);
    int64_t job = submit_password(pool, RIGHT, HASH);
    submit_password(pool, RIGHT, HASH);
    assert_int_equal(
        cogmig_engine_submit_password(pool->engine, RIGHT, 3, HASH, 0, NULL, NULL, &pool->err),
        COGMIG_ENGINE_BUSY);
    assert_int_equal(cogmig_status_kind(COGMIG_ENGINE_BUSY), COGMIG_KIND_UNAVAILABLE);
    cogmig_verdict *verdict = next_verdict(pool);
    cogmig_verdict_free(&verdict);
    assert_true(submit_password(pool, RIGHT, HASH) > job);
    assert_int_equal(
        cogmig_engine_submit_password(pool->engine, RIGHT, 3, HASH, 0, NULL, NULL, &pool->err),
        COGMIG_ENGINE_BUSY);
}

static bool is_readable(const struct pool *pool)
{
    struct pollfd fd = {.fd = cogmig_engine_fd(pool->engine), .events = POLLIN};
    return poll(&fd, 1, 0) == 1;
}

static void the_descriptor_is_readable_as_long_as_verdicts_wait(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    cogmig_verdict *verdict = (cogmig_verdict *)pool;
    assert_false(is_readable(pool));
    assert_int_equal(cogmig_engine_poll(pool->engine, &verdict, NULL), COGMIG_OK);
    assert_null(verdict);
    submit_password(pool, RIGHT, HASH);
    submit_password(pool, RIGHT, HASH);
    assert_int_equal(cogmig_engine_drain(pool->engine, 600000, NULL), COGMIG_OK);
    for (int left = 2; left > 0; left--) {
        assert_true(is_readable(pool));
        verdict = next_verdict(pool);
        cogmig_verdict_free(&verdict);
    }
    assert_false(is_readable(pool));
}

/* ---- the end ---- */

static void draining_waits_for_what_is_there_and_takes_no_more(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    int64_t job = submit_sign_in(pool, EMAIL, RIGHT);
    assert_int_equal(cogmig_engine_drain(pool->engine, 600000, &pool->err), COGMIG_OK);
    assert_int_equal(
        cogmig_engine_submit_password(pool->engine, RIGHT, 3, HASH, 0, NULL, NULL, &pool->err),
        COGMIG_ENGINE_DRAINING);
    assert_int_equal(status_of(pool, job), COGMIG_OK);
    assert_int_equal(cogmig_engine_drain(pool->engine, 0, &pool->err), COGMIG_OK);
}

static void draining_cancels_what_has_no_verdict_in_time(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    int64_t first = submit_password(pool, RIGHT, LONG_HASH);
    wait_until_hashing(pool, 1);
    assert_int_equal(cogmig_engine_drain(pool->engine, 0, &pool->err), COGMIG_DEADLINE_EXCEEDED);
    assert_non_null(strstr(cogmig_error_message(&pool->err), "1 jobs"));
    assert_int_equal(status_of(pool, first), COGMIG_JOB_CANCELLED);
}

static void an_engine_can_be_freed_with_jobs_in_every_state(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    submit_password(pool, RIGHT, HASH);
    cogmig_verdict *verdict = next_verdict(pool);
    submit_password(pool, RIGHT, HASH);
    for (size_t i = 0; i < BLOWFISH_LANES + 2; i++)
        submit_password(pool, RIGHT, LONG_HASH);
    for (size_t i = 0; i < 3; i++)
        submit_sign_in(pool, EMAIL, RIGHT);
    cogmig_engine_free(&pool->engine);
    assert_null(pool->engine);
    cogmig_engine_free(&pool->engine);
    cogmig_engine_free(NULL);
    assert_int_equal(cogmig_verdict_status(verdict), COGMIG_OK); /* outlives its engine */
    cogmig_verdict_free(&verdict);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, pool_set_up, pool_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_job_that_waits_for_its_look_up_is_cancelled_at_once),
        TEST(a_job_that_is_looked_up_is_cancelled_when_the_store_answers),
        TEST(a_job_that_waits_for_a_lane_is_cancelled_at_once),
        TEST(a_match_that_was_cancelled_is_none),
        TEST(a_job_with_a_verdict_or_of_no_number_is_not_found),
        TEST(a_job_that_cannot_be_done_in_time_is_refused_at_its_submission),
        TEST(a_job_is_refused_for_the_work_that_waits_before_it),
        TEST(a_hash_that_became_too_slow_is_not_begun),
        TEST(not_even_the_first_hash_is_begun_if_it_cannot_be_done_in_time),
        TEST(a_look_up_whose_turn_comes_too_late_is_not_begun),
        TEST(a_full_engine_is_busy_until_a_verdict_is_polled),
        TEST(the_descriptor_is_readable_as_long_as_verdicts_wait),
        TEST(draining_waits_for_what_is_there_and_takes_no_more),
        TEST(draining_cancels_what_has_no_verdict_in_time),
        TEST(an_engine_can_be_freed_with_jobs_in_every_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
