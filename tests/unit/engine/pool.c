/* SPDX-License-Identifier: Apache-2.0 */
#include "pool.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum {
    PATIENCE_MS = 60000 /* a test that hangs shall end */
};

static void nap(void)
{
    nanosleep(&(struct timespec){0, 1000000}, NULL);
}

static cogmig_status find(void *user_data, int32_t question, const char *key, size_t key_len,
                          int32_t timeout_ms, cogmig_store_answer *answer)
{
    struct legacy *legacy = user_data;
    (void)timeout_ms;
    (void)key_len;
    atomic_fetch_add(&legacy->asked, 1);
    while (legacy->closed)
        nap();
    if (legacy->fault != COGMIG_OK)
        return legacy->fault;
    bool same =
        question == COGMIG_FIND_BY_EMAIL ? strcmp(key, EMAIL) == 0 : strcasecmp(key, EMAIL) == 0;
    cogmig_status status = COGMIG_OK;
    for (int i = 0; same && i < legacy->rows && status == COGMIG_OK; i++)
        status = cogmig_store_answer_add_user(answer, ID, EMAIL, legacy->hash, true, NULL);
    if (same && legacy->disabled && status == COGMIG_OK)
        status = cogmig_store_answer_set_disabled(answer, true, NULL);
    return status;
}

static void open_store(struct pool *pool)
{
    cogmig_store_config *config = NULL;
    assert_int_equal(cogmig_store_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_store_config_set_callback(config, find, &pool->legacy, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_store_open(config, &pool->store, NULL), COGMIG_OK);
    cogmig_store_config_free(&config);
}

int pool_set_up(void **state)
{
    static struct pool pool;
    memset(&pool, 0, sizeof pool);
    pool.legacy.hash = HASH;
    pool.legacy.rows = 1;
    open_store(&pool);
    assert_int_equal(cogmig_migration_new(NULL, pool.store, &pool.migration, NULL), COGMIG_OK);
    assert_int_equal(cogmig_engine_config_new(&pool.config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_engine_config_set_workers(pool.config, 1, NULL), COGMIG_OK);
    assert_int_equal(cogmig_engine_config_set_lookup_threads(pool.config, 1, NULL), COGMIG_OK);
    assert_int_equal(cogmig_engine_config_set_deadline_ms(pool.config, 600000, NULL), COGMIG_OK);
    *state = &pool;
    return 0;
}

int pool_tear_down(void **state)
{
    struct pool *pool = *state;
    pool->legacy.closed = false;
    cogmig_engine_free(&pool->engine);
    cogmig_engine_config_free(&pool->config);
    cogmig_migration_free(&pool->migration);
    cogmig_store_free(&pool->store);
    return 0;
}

void pool_start(struct pool *pool)
{
    assert_int_equal(cogmig_engine_new(pool->config, &pool->engine, &pool->err), COGMIG_OK);
}

const char *sign_in_event(const char *email, const char *password)
{
    static _Thread_local char event[1024];
    snprintf(event, sizeof event,
             "{\"triggerSource\":\"UserMigration_Authentication\",\"userName\":\"%s\","
             "\"request\":{\"password\":\"%s\"},\"response\":{}}",
             email, password);
    return event;
}

static int64_t accepted(const struct pool *pool, cogmig_status status, int64_t job)
{
    if (status != COGMIG_OK)
        fail_msg("%s: %s", cogmig_status_name(status), cogmig_error_message(&pool->err));
    assert_true(job > 0);
    return job;
}

int64_t submit_password(struct pool *pool, const char *password, const char *stored)
{
    int64_t job = 0;
    cogmig_status status = cogmig_engine_submit_password(pool->engine, password, strlen(password),
                                                         stored, 0, pool, &job, &pool->err);
    return accepted(pool, status, job);
}

int64_t submit_sign_in(struct pool *pool, const char *email, const char *password)
{
    int64_t job = 0;
    cogmig_status status = cogmig_engine_submit_sign_in(
        pool->engine, pool->store, email, password, strlen(password), 0, pool, &job, &pool->err);
    return accepted(pool, status, job);
}

int64_t submit_event(struct pool *pool, const char *event)
{
    int64_t job = 0;
    /* The migration has a deadline of its own, which a slow machine may pass. */
    pool->migration->config.deadline_ms = 600000;
    cogmig_status status = cogmig_engine_submit_event(pool->engine, pool->migration, event,
                                                      strlen(event), 0, pool, &job, &pool->err);
    return accepted(pool, status, job);
}

cogmig_verdict *next_verdict(struct pool *pool)
{
    cogmig_verdict *verdict = NULL;
    struct pollfd fd = {.fd = cogmig_engine_fd(pool->engine), .events = POLLIN};
    assert_int_equal(poll(&fd, 1, PATIENCE_MS), 1);
    assert_int_equal(cogmig_engine_poll(pool->engine, &verdict, NULL), COGMIG_OK);
    assert_non_null(verdict);
    assert_ptr_equal(cogmig_verdict_job_data(verdict), pool);
    return verdict;
}

cogmig_status status_of(struct pool *pool, int64_t job)
{
    cogmig_verdict *verdict = next_verdict(pool);
    assert_int_equal(cogmig_verdict_job(verdict), job);
    cogmig_status status = cogmig_verdict_status(verdict);
    assert_int_equal(cogmig_error_status(cogmig_verdict_error(verdict)), status);
    assert_int_equal(cogmig_verdict_user(verdict) != NULL && status != COGMIG_OK, false);
    cogmig_verdict_free(&verdict);
    assert_null(verdict);
    return status;
}

void wait_until_asked(struct pool *pool, int times)
{
    while (pool->legacy.asked < times)
        nap();
}

void wait_until_hashing(struct pool *pool, size_t hashes)
{
    size_t running = 0;
    while (running < hashes) {
        nap();
        pthread_mutex_lock(&pool->engine->mutex);
        running = pool->engine->hashing;
        pthread_mutex_unlock(&pool->engine->mutex);
    }
}
