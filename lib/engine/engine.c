/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/engine.h"

#include "base/cleanup.h"
#include "base/condition.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/public.h"
#include "password/self_test.h"

#include <inttypes.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

bool engine_is_of_this_process(const cogmig_engine *engine)
{
    return engine->owner == process_id();
}

/* ---- threads ---- */

static bool start_workers(cogmig_engine *engine)
{
    while (engine->workers_started < engine->config.workers) {
        struct worker *worker = &engine->workers[engine->workers_started];
        worker->engine = engine;
        worker->lanes = memory_new(sizeof *worker->lanes);
        if (worker->lanes == NULL || pthread_create(&worker->thread, NULL, worker_run, worker) != 0)
            return false;
        engine->workers_started++;
    }
    return true;
}

static bool start_lookup_threads(cogmig_engine *engine)
{
    while (engine->lookup_threads_started < engine->config.lookup_threads) {
        pthread_t *thread = &engine->lookup_threads[engine->lookup_threads_started];
        if (pthread_create(thread, NULL, lookup_run, engine) != 0)
            return false;
        engine->lookup_threads_started++;
    }
    return true;
}

static bool start_delivery(cogmig_engine *engine)
{
    if (engine->config.on_verdict == NULL)
        return true;
    engine->delivery_started =
        pthread_create(&engine->delivery_thread, NULL, delivery_run, engine) == 0;
    return engine->delivery_started;
}

/* Signals go to the program's own threads: new ones inherit the mask. */
static bool start_threads(cogmig_engine *engine)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = start_workers(engine) && start_lookup_threads(engine) && start_delivery(engine);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static void join_threads(cogmig_engine *engine)
{
    for (int32_t i = 0; i < engine->workers_started; i++)
        pthread_join(engine->workers[i].thread, NULL);
    for (int32_t i = 0; i < engine->lookup_threads_started; i++)
        pthread_join(engine->lookup_threads[i], NULL);
    if (engine->delivery_started)
        pthread_join(engine->delivery_thread, NULL);
}

static void stop_threads(cogmig_engine *engine)
{
    pthread_mutex_lock(&engine->mutex);
    engine->stopping = true;
    pthread_cond_broadcast(&engine->lookup_wanted);
    pthread_cond_broadcast(&engine->hash_wanted);
    pthread_cond_broadcast(&engine->verdict_wanted);
    pthread_mutex_unlock(&engine->mutex);
    join_threads(engine);
}

/* ---- making ---- */

static bool init_locks(cogmig_engine *engine)
{
    return pthread_mutex_init(&engine->mutex, NULL) == 0 &&
           condition_init(&engine->lookup_wanted) && condition_init(&engine->hash_wanted) &&
           condition_init(&engine->verdict_wanted) && condition_init(&engine->idle);
}

static bool init_memory(cogmig_engine *engine)
{
    const struct cogmig_engine_config *config = &engine->config;
    engine->workers = memory_new((size_t)config->workers * sizeof *engine->workers);
    engine->lookup_threads =
        memory_new((size_t)config->lookup_threads * sizeof *engine->lookup_threads);
    return engine->workers != NULL && engine->lookup_threads != NULL &&
           registry_init(&engine->registry, (size_t)config->max_jobs);
}

static void release_memory(cogmig_engine *engine)
{
    for (int32_t i = 0; engine->workers != NULL && i < engine->config.workers; i++)
        memory_free(engine->workers[i].lanes);
    memory_free(engine->workers);
    memory_free(engine->lookup_threads);
    registry_release(&engine->registry);
    if (engine->fd >= 0)
        close(engine->fd);
    memory_free(engine);
}

static cogmig_status check_bcrypt(cogmig_error *err)
{
    SCOPED(memory_release) struct lanes *lanes = memory_new(sizeof *lanes);
    if (lanes == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    return self_test_passed(lanes) ? COGMIG_OK : fail_plainly(err, COGMIG_INTERNAL_ERROR);
}

static cogmig_status fill(cogmig_engine *engine, const cogmig_engine_config *config,
                          cogmig_error *err)
{
    engine->owner = process_id();
    engine->fd = -1;
    if (config != NULL)
        engine->config = *config;
    else
        engine_config_set_defaults(&engine->config);
    engine->load.lanes = (int64_t)engine->config.workers * BLOWFISH_LANES;
    if (!init_memory(engine) || !init_locks(engine))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    if (engine->config.on_verdict == NULL)
        engine->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (engine->config.on_verdict == NULL && engine->fd < 0)
        return fail(err, COGMIG_OUT_OF_MEMORY, "The system refused a file descriptor.");
    return COGMIG_OK;
}

static cogmig_status start(cogmig_engine *engine, cogmig_error *err)
{
    if (start_threads(engine))
        return COGMIG_OK;
    stop_threads(engine);
    return fail(err, COGMIG_OUT_OF_MEMORY,
                "The system refused a thread; %" PRId32 " workers and %" PRId32
                " for look-ups are wanted.",
                engine->config.workers, engine->config.lookup_threads);
}

COGMIG_PUBLIC cogmig_status cogmig_engine_new(const cogmig_engine_config *config,
                                              cogmig_engine **ret_engine, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_engine == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "ret_engine is NULL.");
    *ret_engine = NULL;
    cogmig_status status = check_bcrypt(err);
    if (status != COGMIG_OK)
        return status;
    cogmig_engine *engine = memory_new(sizeof *engine);
    if (engine == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    status = fill(engine, config, err);
    if (status == COGMIG_OK)
        status = start(engine, err);
    if (status == COGMIG_OK)
        *ret_engine = engine;
    else
        release_memory(engine);
    return status;
}

/* ---- cancelling ---- */

/* Take a waiting job out of its queue; false when it is worked on. */
static bool take_out(cogmig_engine *engine, struct job *job)
{
    switch (job->state) {
    case JOB_WAITS_FOR_LOOKUP:
        queue_remove(&engine->for_lookup, job);
        break;
    case JOB_WAITS_FOR_HASH:
        queue_remove(&engine->for_hash, job);
        load_take_away(&engine->load, job->check.job.cost);
        break;
    case JOB_IS_WORKED_ON:
        return false;
    }
    job->state = JOB_IS_WORKED_ON;
    return true;
}

/* Whether the job is now the caller's to finish. */
static bool cancel(cogmig_engine *engine, struct job *job)
{
    job->cancelled = true;
    return take_out(engine, job);
}

COGMIG_PUBLIC cogmig_status cogmig_engine_cancel(cogmig_engine *engine, int64_t number,
                                                 cogmig_error *err)
{
    cogmig_error_clear(err);
    if (engine == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "engine is NULL.");
    if (!engine_is_of_this_process(engine))
        return fail_plainly(err, COGMIG_ENGINE_FORKED);
    pthread_mutex_lock(&engine->mutex);
    struct job *job = registry_find(&engine->registry, number);
    bool mine = job != NULL && cancel(engine, job);
    pthread_mutex_unlock(&engine->mutex);
    if (job == NULL)
        return fail_plainly(err, COGMIG_JOB_NOT_FOUND);
    if (mine)
        delivery_finish(engine, job);
    return COGMIG_OK;
}

/* ---- draining ---- */

static bool is_idle(const cogmig_engine *engine)
{
    return engine->unfinished == 0 && engine->undelivered == 0;
}

/* How many jobs were cancelled. */
static size_t cancel_all(cogmig_engine *engine)
{
    struct job_queue mine = {0};
    size_t count = 0;
    pthread_mutex_lock(&engine->mutex);
    for (size_t i = 0; i < engine->registry.capacity; i++) {
        struct job *job = engine->registry.places[i];
        if (job == NULL || job->cancelled)
            continue;
        count++;
        if (cancel(engine, job))
            queue_push(&mine, job);
    }
    pthread_mutex_unlock(&engine->mutex);
    struct job *job;
    while ((job = queue_pop(&mine)) != NULL)
        delivery_finish(engine, job);
    return count;
}

static void wait_until_idle(cogmig_engine *engine, struct deadline deadline)
{
    pthread_mutex_lock(&engine->mutex);
    engine->draining = true;
    while (!is_idle(engine) && condition_wait(&engine->idle, &engine->mutex, deadline))
        continue;
    pthread_mutex_unlock(&engine->mutex);
}

/* How many jobs had to be cancelled. */
static size_t drain(cogmig_engine *engine, int32_t timeout_ms)
{
    wait_until_idle(engine, deadline_in_ms(timeout_ms));
    size_t cancelled = cancel_all(engine);
    wait_until_idle(engine, (struct deadline){INT64_MAX});
    return cancelled;
}

static bool is_called_by_callback(const cogmig_engine *engine)
{
    return engine->delivery_started && pthread_equal(engine->delivery_thread, pthread_self());
}

COGMIG_PUBLIC cogmig_status cogmig_engine_drain(cogmig_engine *engine, int32_t timeout_ms,
                                                cogmig_error *err)
{
    cogmig_error_clear(err);
    if (engine == NULL || timeout_ms < 0 || timeout_ms > ENGINE_MAX_DEADLINE_MS)
        return fail(err, COGMIG_INVALID_ARGUMENT,
                    "engine is NULL, or the time to drain it is not 0 to %d milliseconds.",
                    ENGINE_MAX_DEADLINE_MS);
    if (!engine_is_of_this_process(engine))
        return fail_plainly(err, COGMIG_ENGINE_FORKED);
    if (is_called_by_callback(engine))
        return fail(err, COGMIG_INVALID_ARGUMENT,
                    "The callback would wait for its own end; drain the engine elsewhere.");
    size_t cancelled = drain(engine, timeout_ms);
    if (cancelled == 0)
        return COGMIG_OK;
    return fail(err, COGMIG_DEADLINE_EXCEEDED,
                "%zu jobs had no verdict after %" PRId32 " ms and were cancelled.", cancelled,
                timeout_ms);
}

/* ---- the end ---- */

static void drop_verdicts(cogmig_engine *engine)
{
    cogmig_verdict *verdict;
    while ((verdict = engine->verdicts.first) != NULL) {
        engine->verdicts.first = verdict->next;
        cogmig_verdict_free(&verdict);
    }
}

static void destroy_locks(cogmig_engine *engine)
{
    pthread_cond_destroy(&engine->lookup_wanted);
    pthread_cond_destroy(&engine->hash_wanted);
    pthread_cond_destroy(&engine->verdict_wanted);
    pthread_cond_destroy(&engine->idle);
    pthread_mutex_destroy(&engine->mutex);
}

COGMIG_PUBLIC void cogmig_engine_free(cogmig_engine **ret_engine)
{
    if (ret_engine == NULL || *ret_engine == NULL)
        return;
    cogmig_engine *engine = *ret_engine;
    *ret_engine = NULL;
    if (!engine_is_of_this_process(engine))
        return;
    drain(engine, 0);
    stop_threads(engine);
    drop_verdicts(engine);
    destroy_locks(engine);
    release_memory(engine);
}
