/* SPDX-License-Identifier: Apache-2.0
 * Verdicts on their way out: to the callback's thread, or to be polled. */
#include "base/memory.h"
#include "base/public.h"
#include "engine/engine.h"

#include <sys/eventfd.h>

/* ---- those that wait to be handed out ---- */

static void push(cogmig_engine *engine, cogmig_verdict *verdict)
{
    struct verdict_queue *verdicts = &engine->verdicts;
    bool first = verdicts->first == NULL;
    if (first)
        verdicts->first = verdict;
    else
        verdicts->last->next = verdict;
    verdicts->last = verdict;
    if (first && engine->fd >= 0)
        eventfd_write(engine->fd, 1);
    pthread_cond_signal(&engine->verdict_wanted);
}

static cogmig_verdict *pop(cogmig_engine *engine)
{
    struct verdict_queue *verdicts = &engine->verdicts;
    cogmig_verdict *verdict = verdicts->first;
    if (verdict == NULL)
        return NULL;
    verdicts->first = verdict->next;
    verdict->next = NULL;
    engine->accepted--;
    eventfd_t unused;
    if (verdicts->first == NULL && engine->fd >= 0)
        eventfd_read(engine->fd, &unused);
    return verdict;
}

/* ---- from a job to its verdict ---- */

/* Only an OK has more to give than its status. */
static void forget_results(cogmig_verdict *verdict)
{
    cogmig_user_free(&verdict->user);
    memory_free(verdict->response);
    verdict->response = NULL;
    verdict->response_len = 0;
    verdict->password_cut = false;
}

static void strike_off(cogmig_engine *engine, struct job *job)
{
    pthread_mutex_lock(&engine->mutex);
    registry_remove(&engine->registry, job);
    if (job->cancelled)
        job_fail(job, COGMIG_JOB_CANCELLED);
    pthread_mutex_unlock(&engine->mutex);
}

static void hand_out(cogmig_engine *engine, cogmig_verdict *verdict)
{
    pthread_mutex_lock(&engine->mutex);
    engine->unfinished--;
    if (engine->config.on_verdict != NULL)
        engine->undelivered++;
    push(engine, verdict);
    pthread_cond_broadcast(&engine->idle);
    pthread_mutex_unlock(&engine->mutex);
}

/* The job is wiped before anybody learns of its verdict. */
void delivery_finish(cogmig_engine *engine, struct job *job)
{
    strike_off(engine, job);
    cogmig_verdict *verdict = job->verdict;
    verdict->job = job->number;
    job->verdict = NULL;
    job_free(job);
    if (verdict->status != COGMIG_OK)
        forget_results(verdict);
    hand_out(engine, verdict);
}

void delivery_fail(cogmig_engine *engine, struct job *job, cogmig_status status)
{
    job_fail(job, status);
    delivery_finish(engine, job);
}

/* ---- to the callback ---- */

/* NULL when the engine stops. */
static cogmig_verdict *wait_for_verdict(cogmig_engine *engine)
{
    pthread_mutex_lock(&engine->mutex);
    while (engine->verdicts.first == NULL && !engine->stopping)
        pthread_cond_wait(&engine->verdict_wanted, &engine->mutex);
    cogmig_verdict *verdict = pop(engine);
    pthread_mutex_unlock(&engine->mutex);
    return verdict;
}

static void count_delivery(cogmig_engine *engine)
{
    pthread_mutex_lock(&engine->mutex);
    engine->undelivered--;
    pthread_cond_broadcast(&engine->idle);
    pthread_mutex_unlock(&engine->mutex);
}

void *delivery_run(void *argument)
{
    cogmig_engine *engine = argument;
    cogmig_verdict *verdict;
    while ((verdict = wait_for_verdict(engine)) != NULL) {
        engine->config.on_verdict(engine->config.user_data, verdict);
        cogmig_verdict_free(&verdict);
        count_delivery(engine);
    }
    return NULL;
}

/* ---- to whoever polls ---- */

COGMIG_PUBLIC int32_t cogmig_engine_fd(const cogmig_engine *engine)
{
    return engine == NULL ? -1 : engine->fd;
}

COGMIG_PUBLIC cogmig_status cogmig_engine_poll(cogmig_engine *engine, cogmig_verdict **ret_verdict,
                                               cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_verdict != NULL)
        *ret_verdict = NULL;
    if (engine == NULL || ret_verdict == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "engine and ret_verdict must not be NULL.");
    if (!engine_is_of_this_process(engine))
        return fail_plainly(err, COGMIG_ENGINE_FORKED);
    if (engine->config.on_verdict != NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT,
                    "The engine hands its verdicts to a callback; there is nothing to poll.");
    pthread_mutex_lock(&engine->mutex);
    *ret_verdict = pop(engine);
    pthread_mutex_unlock(&engine->mutex);
    return COGMIG_OK;
}
