/* SPDX-License-Identifier: Apache-2.0
 * Threads that ask stores, so that no lane waits for a database. */
#include "engine/engine.h"

/* NULL when the engine stops. */
static struct job *take(cogmig_engine *engine)
{
    pthread_mutex_lock(&engine->mutex);
    while (engine->for_lookup.first == NULL && !engine->stopping)
        pthread_cond_wait(&engine->lookup_wanted, &engine->mutex);
    struct job *job = queue_pop(&engine->for_lookup);
    if (job != NULL)
        job->state = JOB_IS_WORKED_ON;
    pthread_mutex_unlock(&engine->mutex);
    return job;
}

/* False: it was cancelled meanwhile. */
static bool pass_on(cogmig_engine *engine, struct job *job)
{
    pthread_mutex_lock(&engine->mutex);
    bool wanted = !job->cancelled;
    if (wanted)
        worker_enqueue(engine, job);
    pthread_mutex_unlock(&engine->mutex);
    return wanted;
}

void *lookup_run(void *argument)
{
    cogmig_engine *engine = argument;
    struct job *job;
    while ((job = take(engine)) != NULL) {
        if (deadline_passed(job->deadline))
            delivery_fail(engine, job, COGMIG_DEADLINE_EXCEEDED);
        else if (!job->kind->look_up(job) || !pass_on(engine, job))
            delivery_finish(engine, job);
    }
    return NULL;
}
