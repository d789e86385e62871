/* SPDX-License-Identifier: Apache-2.0
 * Threads that compute hashes, each in the lanes of its core. */
#include "base/memory.h"
#include "engine/engine.h"
#include "password/probe.h"

#include <stddef.h>
#include <time.h>

void worker_enqueue(cogmig_engine *engine, struct job *job)
{
    job->state = JOB_WAITS_FOR_HASH;
    queue_push(&engine->for_hash, job);
    load_add(&engine->load, job->check.job.cost);
    pthread_cond_signal(&engine->hash_wanted);
}

/* Without the time in which the thread was not running: a process that was stopped for a while is
 * not a slow machine. */
static int64_t thread_time_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- the feed of the lanes ---- */

/* Two hashes are done sooner in two workers than in one: none takes more than its share as long as
 * another could have it. */
static bool has_its_share(const struct worker *worker)
{
    const cogmig_engine *engine = worker->engine;
    size_t jobs = engine->hashing + engine->for_hash.length;
    size_t workers = (size_t)engine->config.workers;
    return worker->taken >= (jobs + workers - 1) / workers;
}

static struct job *take(struct worker *worker)
{
    cogmig_engine *engine = worker->engine;
    pthread_mutex_lock(&engine->mutex);
    struct job *job = has_its_share(worker) ? NULL : queue_pop(&engine->for_hash);
    if (job != NULL) {
        job->state = JOB_IS_WORKED_ON;
        load_take_away(&engine->load, job->check.job.cost);
        engine->hashing++;
    }
    pthread_mutex_unlock(&engine->mutex);
    return job;
}

static void give_back(cogmig_engine *engine)
{
    pthread_mutex_lock(&engine->mutex);
    engine->hashing--;
    pthread_mutex_unlock(&engine->mutex);
}

static bool can_be_done_in_time(cogmig_engine *engine, const struct job *job)
{
    probe_before(&engine->load.speed, job->check.job.cost);
    int32_t left_ms = deadline_left_ms(job->deadline);
    return left_ms > 0 &&
           bcrypt_speed_expected_ms(&engine->load.speed, job->check.job.cost) <= left_ms;
}

static struct lane_job *next(void *user_data)
{
    struct worker *worker = user_data;
    cogmig_engine *engine = worker->engine;
    struct job *job;
    while ((job = take(worker)) != NULL && !can_be_done_in_time(engine, job)) {
        give_back(engine);
        delivery_fail(engine, job, COGMIG_DEADLINE_EXCEEDED);
    }
    if (job == NULL)
        return NULL;
    worker->taken++;
    job->hash_began_ns = thread_time_ns();
    return &job->check.job;
}

static struct job *job_of(struct lane_job *lane_job)
{
    return (struct job *)((char *)lane_job - offsetof(struct job, check.job));
}

static void done(void *user_data, struct lane_job *lane_job)
{
    struct worker *worker = user_data;
    cogmig_engine *engine = worker->engine;
    struct job *job = job_of(lane_job);
    bcrypt_speed_note(&engine->load.speed, lane_job->cost, thread_time_ns() - job->hash_began_ns);
    job->kind->conclude(job, check_end(&job->check, &job->verdict->password_cut));
    worker->taken--;
    give_back(engine);
    delivery_finish(engine, job);
}

/* ---- the thread ---- */

static bool wait_for_work(cogmig_engine *engine)
{
    pthread_mutex_lock(&engine->mutex);
    while (engine->for_hash.first == NULL && !engine->stopping)
        pthread_cond_wait(&engine->hash_wanted, &engine->mutex);
    bool work = engine->for_hash.first != NULL;
    pthread_mutex_unlock(&engine->mutex);
    return work;
}

void *worker_run(void *argument)
{
    struct worker *worker = argument;
    while (wait_for_work(worker->engine)) {
        lanes_run(worker->lanes, &(struct lane_feed){next, done, worker});
        memory_wipe(worker->lanes, sizeof *worker->lanes);
    }
    return NULL;
}
