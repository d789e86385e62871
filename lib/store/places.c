/* SPDX-License-Identifier: Apache-2.0 */
#include "store/places.h"

#include "base/condition.h"
#include "base/memory.h"

#include <string.h>

enum {
    /* Who has waited as long is handed the place; before, whoever runs takes it, which saves a
     * change of threads for each question. */
    FAIR_AFTER_MS = 10
};

struct waiter {
    pthread_cond_t condition;
    struct place *given;
    bool woken; /* and did not run yet: to wake it again would be a waste */
    int64_t since_ms;
    struct waiter *next;
};

bool places_init(struct places *places, int32_t max)
{
    memset(places, 0, sizeof *places);
    size_t count = (size_t)max;
    places->all = memory_new(count * sizeof *places->all);
    places->idle = memory_new(count * sizeof(struct place *));
    places->empty = memory_new(count * sizeof(struct place *));
    if (places->all == NULL || places->idle == NULL || places->empty == NULL ||
        pthread_mutex_init(&places->mutex, NULL) != 0) {
        memory_free(places->all);
        memory_free(places->idle);
        memory_free(places->empty);
        return false;
    }
    places->max = max;
    atomic_init(&places->era, 0);
    places_arrange(places);
    return true;
}

void places_destroy(struct places *places)
{
    pthread_mutex_destroy(&places->mutex);
    memory_free(places->all);
    memory_free(places->idle);
    memory_free(places->empty);
}

void places_arrange(struct places *places)
{
    places->idle_count = places->empty_count = 0;
    for (int32_t i = places->max - 1; i >= 0; i--) {
        struct place *place = &places->all[i];
        if (place->connection != NULL)
            places->idle[places->idle_count++] = place;
        else
            places->empty[places->empty_count++] = place;
    }
}

void places_forget(struct places *places)
{
    pthread_mutex_init(&places->mutex, NULL);
    places->first = places->last = NULL;
    places->waiting = 0;
    for (int32_t i = 0; i < places->max; i++)
        places->all[i].connection = NULL;
    places_arrange(places);
}

/* ---- with the mutex held ---- */

static struct place *take_free(struct places *places)
{
    if (places->idle_count > 0)
        return places->idle[--places->idle_count];
    return places->empty_count > 0 ? places->empty[--places->empty_count] : NULL;
}

static bool any_free(const struct places *places)
{
    return places->idle_count + places->empty_count > 0;
}

static void add_waiter(struct places *places, struct waiter *waiter)
{
    if (places->last == NULL)
        places->first = waiter;
    else
        places->last->next = waiter;
    places->last = waiter;
    places->waiting++;
}

static void remove_waiter(struct places *places, struct waiter *waiter)
{
    struct waiter *before = NULL;
    for (struct waiter *w = places->first; w != waiter; w = w->next)
        before = w;
    if (before == NULL)
        places->first = waiter->next;
    else
        before->next = waiter->next;
    if (places->last == waiter)
        places->last = before;
    places->waiting--;
}

static void wake_first(struct places *places)
{
    if (places->first == NULL || places->first->woken)
        return;
    places->first->woken = true;
    pthread_cond_signal(&places->first->condition);
}

/* Woken for a place that another one took meanwhile, it stays where it is in the queue. */
static struct place *wait_for_place(struct places *places, struct deadline until)
{
    struct waiter me = {.since_ms = clock_steady_ms()};
    if (!condition_init(&me.condition))
        return NULL;
    add_waiter(places, &me);
    while (me.given == NULL && !any_free(places) &&
           condition_wait(&me.condition, &places->mutex, until))
        me.woken = false;
    if (me.given == NULL) {
        remove_waiter(places, &me);
        me.given = take_free(places);
    }
    if (any_free(places))
        wake_first(places);
    pthread_cond_destroy(&me.condition);
    return me.given;
}

static bool has_waited_long(const struct waiter *waiter)
{
    return waiter != NULL && clock_steady_ms() - waiter->since_ms >= FAIR_AFTER_MS;
}

static void hand_over(struct places *places, struct place *place)
{
    struct waiter *waiter = places->first;
    remove_waiter(places, waiter);
    waiter->given = place;
    pthread_cond_signal(&waiter->condition);
}

static void put_down(struct places *places, struct place *place)
{
    if (place->connection != NULL)
        places->idle[places->idle_count++] = place;
    else
        places->empty[places->empty_count++] = place;
    wake_first(places);
}

static bool is_overdue(const struct places *places, const struct place *place,
                       const struct places_limits *limits)
{
    int64_t now = clock_steady_ms();
    bool spare = places->max - places->empty_count > limits->min;
    return place->era != places_era(places) || now >= place->retire_at_ms ||
           (spare && now - place->idle_since_ms >= limits->max_idle_ms);
}

/* ---- */

struct place *places_take(struct places *places, struct deadline until, bool *ret_waited)
{
    pthread_mutex_lock(&places->mutex);
    struct place *place = take_free(places);
    *ret_waited = place == NULL;
    if (place == NULL)
        place = wait_for_place(places, until);
    pthread_mutex_unlock(&places->mutex);
    return place;
}

void places_give_back(struct places *places, struct place *place)
{
    pthread_mutex_lock(&places->mutex);
    if (has_waited_long(places->first))
        hand_over(places, place);
    else
        put_down(places, place);
    pthread_mutex_unlock(&places->mutex);
}

struct place *places_take_overdue(struct places *places, const struct places_limits *limits)
{
    struct place *place = NULL;
    pthread_mutex_lock(&places->mutex);
    if (places->idle_count > 0 && is_overdue(places, places->idle[0], limits)) {
        place = places->idle[0];
        places->idle_count--;
        memmove(places->idle, places->idle + 1,
                (size_t)places->idle_count * sizeof(struct place *));
    }
    pthread_mutex_unlock(&places->mutex);
    return place;
}

void places_begin_era(struct places *places)
{
    atomic_fetch_add(&places->era, 1);
}

uint64_t places_era(const struct places *places)
{
    return atomic_load(&places->era);
}

struct places_count places_count(struct places *places)
{
    pthread_mutex_lock(&places->mutex);
    struct places_count count = {.connections = places->max - places->empty_count,
                                 .idle = places->idle_count,
                                 .waiting = places->waiting};
    pthread_mutex_unlock(&places->mutex);
    return count;
}
