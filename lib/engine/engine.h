/* SPDX-License-Identifier: Apache-2.0
 * What the parts of an engine share.
 *
 * A job's way: submit.c -> for_lookup -> lookup.c -> for_hash -> worker.c -> delivery.c. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "engine/config.h"
#include "engine/load.h"
#include "engine/queue.h"
#include "engine/registry.h"
#include "password/lanes.h"

#include <pthread.h>
#include <sys/types.h>

/* One thread that computes hashes. */
struct worker {
    cogmig_engine *engine;
    pthread_t thread;
    struct lanes *lanes;
    size_t taken; /* jobs in its lanes; read and written by its own thread alone */
};

struct verdict_queue {
    cogmig_verdict *first, *last;
};

struct cogmig_engine {
    pid_t owner;
    struct cogmig_engine_config config;
    struct usual_cost usual_cost;

    pthread_mutex_t mutex; /* for all that follows up to the threads */
    pthread_cond_t lookup_wanted;
    pthread_cond_t hash_wanted;
    pthread_cond_t verdict_wanted; /* by the callback */
    pthread_cond_t idle;           /* unfinished and undelivered may have become 0 */
    struct registry registry;
    struct job_queue for_lookup;
    struct job_queue for_hash;
    struct verdict_queue verdicts;
    struct load load;
    size_t accepted;    /* jobs whose verdict was not handed out */
    size_t unfinished;  /* jobs without a verdict */
    size_t undelivered; /* verdicts that a callback has not returned from */
    size_t hashing;
    bool draining;
    bool stopping;

    int fd; /* -1 with a callback */
    struct worker *workers;
    pthread_t *lookup_threads;
    pthread_t delivery_thread;
    int32_t workers_started;
    int32_t lookup_threads_started;
    bool delivery_started;
};

/* In the child of a fork there are no threads, and the mutex may be held by nobody who lives. */
bool engine_is_of_this_process(const cogmig_engine *engine);

/* The bodies of the threads. */
void *worker_run(void *worker);
void *lookup_run(void *engine);
void *delivery_run(void *engine);

/* ---- for whoever holds the mutex ---- */

/* The hash is to be computed. */
void worker_enqueue(cogmig_engine *engine, struct job *job);

/* ---- for whoever does not ---- */

/* The job has its verdict: wipe the job, hand the verdict out. */
void delivery_finish(cogmig_engine *engine, struct job *job);

/* The same with this status. */
void delivery_fail(cogmig_engine *engine, struct job *job, cogmig_status status);

#endif
