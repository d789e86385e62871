/* SPDX-License-Identifier: Apache-2.0
 * A thread that takes one invocation after the other. */
#ifndef COGMIG_LAMBDA_WORKER_H
#define COGMIG_LAMBDA_WORKER_H

#include "runtime_api.h"
#include "service.h"
#include "settings.h"

#include <pthread.h>
#include <stdatomic.h>

/* What all workers share. */
struct crew {
    const struct settings *settings;
    struct service *service;
    int32_t start_ms;         /* how long the start took: Cognito waited for it */
    atomic_bool had_an_event; /* the start was for it */
    atomic_bool gave_up;      /* the runtime API is broken */
};

struct worker {
    struct crew *crew;
    struct runtime_api *api;
    cogmig_error *err;
    struct invocation invocation;
    pthread_t thread;
};

/* False when memory or a thread is refused. */
bool worker_start(struct worker *worker, struct crew *crew);

/* Let the invocation at hand be answered, then end the thread and release. */
void worker_stop(struct worker *worker);

#endif
