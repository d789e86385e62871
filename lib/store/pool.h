/* SPDX-License-Identifier: Apache-2.0
 * Connections that are shared by whoever asks: made when they are wanted, checked before they are
 * used, asked again when they were lost, let go when they are old. */
#ifndef STORE_POOL_H
#define STORE_POOL_H

#include "base/span.h"
#include "status/error.h"
#include "store/answer.h"
#include "store/places.h"

#include <stdatomic.h>

struct pool_limits {
    int32_t max;
    int32_t min;
    int32_t acquire_timeout_ms;
    int32_t max_lifetime_s;
    int32_t max_idle_s;
    int32_t ping_after_idle_ms;
};

enum pool_event {
    POOL_CONNECTED,
    POOL_CONNECT_FAILED,
    POOL_LOST,    /* a connection that did not work any more */
    POOL_RETIRED, /* one that was closed for its age, or for being idle */
    POOL_ACQUIRED,
    POOL_WAITED, /* of those, they had to wait for a free connection */
    POOL_EXHAUSTED,
    POOL_ASKED_AGAIN,
    POOL_EVENT_COUNT
};

struct pool {
    const struct backend *backend;
    void *state; /* the backend's */
    struct pool_limits limits;
    struct places places;
    atomic_int process; /* that the connections belong to */
    atomic_uint_least64_t events[POOL_EVENT_COUNT];
    struct cogmig_error last_refusal; /* of a connection; COGMIG_OK since one was made */
};

/* False: no memory. */
bool pool_init(struct pool *pool, const struct backend *backend, void *state,
               const struct pool_limits *limits);
void pool_destroy(struct pool *pool);

/* Make the first connections, as many as are always kept and at least one. */
cogmig_status pool_connect(struct pool *pool, struct deadline deadline, cogmig_error *err);

cogmig_status pool_ask(struct pool *pool, int32_t question, struct span key,
                       struct deadline deadline, cogmig_store_answer *answer, cogmig_error *err);

uint64_t pool_count(const struct pool *pool, enum pool_event event);

#endif
