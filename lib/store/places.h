/* SPDX-License-Identifier: Apache-2.0
 * Room for a bounded number of connections, and who waits for it. What a connection is, and whether
 * it still works, is not known here. */
#ifndef STORE_PLACES_H
#define STORE_PLACES_H

#include "base/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Belongs to whoever took it, alone. */
struct place {
    void *connection; /* NULL: none, so whoever has taken the place makes one */
    int64_t retire_at_ms;
    int64_t idle_since_ms;
    uint64_t era; /* in which the connection was made */
};

struct waiter;

struct places {
    pthread_mutex_t mutex;
    int32_t max;
    struct place *all;
    struct place **idle; /* with a connection, the longest idle first */
    int32_t idle_count;
    struct place **empty;
    int32_t empty_count;
    atomic_uint_least64_t era;
    struct waiter *first, *last;
    int32_t waiting;
};

struct places_limits {
    int64_t max_idle_ms;
    int32_t min; /* connections that are kept however long they are idle */
};

bool places_init(struct places *places, int32_t max); /* false: no memory */
void places_destroy(struct places *places);           /* the connections are gone already */

/* The place whose connection was used last, else one without a connection; who comes first is
 * served first, unless that would leave a connection unused. NULL when none became free in time. */
struct place *places_take(struct places *places, struct deadline until, bool *ret_waited);
void places_give_back(struct places *places, struct place *place);

/* A place whose idle connection is to be closed: from an earlier era, idle for too long, or too
 * old. NULL: none. */
struct place *places_take_overdue(struct places *places, const struct places_limits *limits);

/* From now on every connection made before is of an earlier era. */
void places_begin_era(struct places *places);
uint64_t places_era(const struct places *places);

struct places_count {
    int32_t connections, idle, waiting; /* a place that was taken counts as a connection */
};
struct places_count places_count(struct places *places);

/* Before anybody takes a place: each goes where it belongs by its connection. */
void places_arrange(struct places *places);

/* In the child of a fork: there are no connections and nobody waits, whoever held the mutex. */
void places_forget(struct places *places);

#endif
