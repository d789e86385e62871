/* SPDX-License-Identifier: Apache-2.0 */
#include "store/pool.h"

#include "base/process.h"

#include <poll.h>

enum {
    MAX_ATTEMPTS = 2,    /* at one question */
    MAX_PING_MS = 1000,  /* and never more than half of the time that is left */
    FIRST_PAUSE_MS = 20, /* between attempts to connect, doubled each time */
    LAST_PAUSE_MS = 320,
    LIFETIME_JITTER = 10 /* per cent: not all connections are to end at once */
};

static void note(struct pool *pool, enum pool_event event)
{
    atomic_fetch_add_explicit(&pool->events[event], 1, memory_order_relaxed);
}

uint64_t pool_count(const struct pool *pool, enum pool_event event)
{
    return atomic_load_explicit(&pool->events[event], memory_order_relaxed);
}

/* Spread is all that is asked of it. */
static int64_t random_below(int64_t limit)
{
    uint64_t mixed = (uint64_t)clock_steady_ns() * UINT64_C(0x9E3779B97F4A7C15);
    return limit <= 0 ? 0 : (int64_t)((mixed >> 33) % (uint64_t)limit);
}

/* ---- connections ---- */

static void disconnect(struct pool *pool, struct place *place, enum pool_event why)
{
    pool->backend->disconnect(place->connection);
    place->connection = NULL;
    note(pool, why);
}

static void close_overdue(struct pool *pool)
{
    struct places_limits limits = {.max_idle_ms = (int64_t)pool->limits.max_idle_s * 1000,
                                   .min = pool->limits.min};
    struct place *place;
    while ((place = places_take_overdue(&pool->places, &limits)) != NULL) {
        disconnect(pool, place, POOL_RETIRED);
        places_give_back(&pool->places, place);
    }
}

static void give_back(struct pool *pool, struct place *place)
{
    place->idle_since_ms = clock_steady_ms();
    places_give_back(&pool->places, place);
    close_overdue(pool);
}

/* A server that went away took its other connections with it. */
static void drop_lost(struct pool *pool, struct place *place, const struct aftermath *aftermath)
{
    if (aftermath->others_too && place->era == places_era(&pool->places))
        places_begin_era(&pool->places);
    if (aftermath->lost || aftermath->others_too)
        disconnect(pool, place, POOL_LOST);
}

static void remember_refusal(struct pool *pool, const struct cogmig_error *refusal)
{
    pthread_mutex_lock(&pool->places.mutex);
    pool->last_refusal = *refusal;
    pthread_mutex_unlock(&pool->places.mutex);
}

static void begin_life(struct pool *pool, struct place *place, uint64_t era)
{
    static const struct cogmig_error none;
    int64_t lifetime_ms = (int64_t)pool->limits.max_lifetime_s * 1000;
    place->era = era;
    place->retire_at_ms =
        clock_steady_ms() + lifetime_ms - random_below(lifetime_ms * LIFETIME_JITTER / 100);
    place->idle_since_ms = clock_steady_ms();
    remember_refusal(pool, &none);
    note(pool, POOL_CONNECTED);
}

static cogmig_status connect_once(struct pool *pool, struct place *place, struct deadline deadline,
                                  cogmig_error *err)
{
    struct cogmig_error refusal = {0};
    uint64_t era = places_era(&pool->places);
    cogmig_status status =
        pool->backend->connect(pool->state, deadline, &place->connection, &refusal);
    if (status == COGMIG_OK) {
        begin_life(pool, place, era);
        return COGMIG_OK;
    }
    note(pool, POOL_CONNECT_FAILED);
    remember_refusal(pool, &refusal);
    error_copy(err, &refusal);
    return status;
}

static bool may_pass(cogmig_status status)
{
    return status == COGMIG_STORE_UNREACHABLE || status == COGMIG_STORE_BUSY;
}

/* Half of the pause is left to chance, so that not everybody comes back at the same time. */
static bool pause_before(int attempt, struct deadline patience)
{
    int64_t pause = FIRST_PAUSE_MS;
    for (int i = 0; i < attempt && pause < LAST_PAUSE_MS; i++)
        pause *= 2;
    pause = pause / 2 + random_below(pause / 2);
    if (pause >= deadline_left_ms(patience))
        return false;
    poll(NULL, 0, (int)pause);
    return true;
}

static cogmig_status connect_patiently(struct pool *pool, struct place *place,
                                       struct deadline patience, struct deadline deadline,
                                       cogmig_error *err)
{
    cogmig_status status;
    int attempt = 0;
    do
        status = connect_once(pool, place, deadline, err);
    while (may_pass(status) && pause_before(attempt++, patience));
    return status;
}

/* ---- a connection for a question ---- */

static struct deadline ping_deadline(struct deadline deadline)
{
    int32_t half = deadline_left_ms(deadline) / 2;
    return deadline_in_ms(half < MAX_PING_MS ? half : MAX_PING_MS);
}

static bool is_overdue(struct pool *pool, const struct place *place, int64_t idle_ms)
{
    return place->era != places_era(&pool->places) ||
           idle_ms >= (int64_t)pool->limits.max_idle_s * 1000 ||
           place->idle_since_ms + idle_ms >= place->retire_at_ms;
}

/* A connection that answers nothing is as good as lost, and those beside it are likely to be. */
static void check_connection(struct pool *pool, struct place *place, struct deadline deadline)
{
    int64_t idle_ms = clock_steady_ms() - place->idle_since_ms;
    if (is_overdue(pool, place, idle_ms)) {
        disconnect(pool, place, POOL_RETIRED);
        return;
    }
    bool long_idle = idle_ms > pool->limits.ping_after_idle_ms;
    if (!long_idle && (idle_ms == 0 || !pool->backend->has_news(place->connection)))
        return;
    static const struct aftermath all_lost = {.lost = true, .others_too = true};
    if (pool->backend->ping(place->connection, ping_deadline(deadline)) != COGMIG_OK)
        drop_lost(pool, place, &all_lost);
}

static cogmig_status fail_exhausted(struct pool *pool, struct deadline deadline, cogmig_error *err)
{
    note(pool, POOL_EXHAUSTED);
    pthread_mutex_lock(&pool->places.mutex);
    struct cogmig_error refusal = pool->last_refusal;
    pthread_mutex_unlock(&pool->places.mutex);
    if (refusal.status != COGMIG_OK) {
        error_copy(err, &refusal);
        return refusal.status;
    }
    return fail(err, COGMIG_STORE_POOL_EXHAUSTED,
                "All %d connections of the store stayed busy until the %s; are queries slow, or is "
                "the pool too small (connection_limit= in the URL)?",
                (int)pool->limits.max,
                deadline_passed(deadline) ? "time of the look-up was over"
                                          : "acquire time-out had passed");
}

static cogmig_status acquire(struct pool *pool, struct deadline deadline, struct place **ret_place,
                             cogmig_error *err)
{
    bool waited;
    struct deadline patience =
        deadline_earlier(deadline, deadline_in_ms(pool->limits.acquire_timeout_ms));
    struct place *place = places_take(&pool->places, patience, &waited);
    note(pool, POOL_ACQUIRED);
    if (waited)
        note(pool, POOL_WAITED);
    if (place == NULL)
        return fail_exhausted(pool, deadline, err);
    if (place->connection != NULL)
        check_connection(pool, place, deadline);
    cogmig_status status = COGMIG_OK;
    if (place->connection == NULL)
        status = connect_patiently(pool, place, patience, deadline, err);
    if (status != COGMIG_OK)
        give_back(pool, place);
    *ret_place = place;
    return status;
}

/* ---- questions ---- */

static cogmig_status ask_once(struct pool *pool, int32_t question, struct span key,
                              struct deadline deadline, cogmig_store_answer *answer,
                              bool *ret_again, cogmig_error *err)
{
    struct place *place = NULL;
    struct aftermath aftermath = {0};
    cogmig_status status = acquire(pool, deadline, &place, err);
    if (status != COGMIG_OK)
        return status;
    status =
        pool->backend->find(place->connection, question, key, deadline, answer, &aftermath, err);
    drop_lost(pool, place, &aftermath);
    give_back(pool, place);
    *ret_again = status != COGMIG_OK && aftermath.may_ask_again;
    return status;
}

/* The connections of the process that was forked are its own: to use them here, or even to close
 * them politely, would disturb it. */
static void adopt(struct pool *pool)
{
    int owner = atomic_load(&pool->process);
    int me = (int)process_id();
    if (owner != 0 && owner != me && atomic_compare_exchange_strong(&pool->process, &owner, 0)) {
        places_forget(&pool->places);
        atomic_store(&pool->process, me);
    }
    while (atomic_load(&pool->process) != me)
        poll(NULL, 0, 1);
}

cogmig_status pool_ask(struct pool *pool, int32_t question, struct span key,
                       struct deadline deadline, cogmig_store_answer *answer, cogmig_error *err)
{
    adopt(pool);
    for (int attempt = 1;; attempt++) {
        bool again = false;
        cogmig_status status = ask_once(pool, question, key, deadline, answer, &again, err);
        if (!again || attempt == MAX_ATTEMPTS || deadline_passed(deadline))
            return status;
        note(pool, POOL_ASKED_AGAIN);
        answer_clear(answer);
        cogmig_error_clear(err);
    }
}

/* ---- the pool ---- */

bool pool_init(struct pool *pool, const struct backend *backend, void *state,
               const struct pool_limits *limits)
{
    if (!places_init(&pool->places, limits->max))
        return false;
    pool->backend = backend;
    pool->state = state;
    pool->limits = *limits;
    atomic_init(&pool->process, (int)process_id());
    return true;
}

void pool_destroy(struct pool *pool)
{
    bool ours = atomic_load(&pool->process) == (int)process_id();
    for (int32_t i = 0; ours && i < pool->places.max; i++)
        if (pool->places.all[i].connection != NULL)
            pool->backend->disconnect(pool->places.all[i].connection);
    places_destroy(&pool->places);
}

cogmig_status pool_connect(struct pool *pool, struct deadline deadline, cogmig_error *err)
{
    int32_t wanted = pool->limits.min > 1 ? pool->limits.min : 1;
    cogmig_status status = COGMIG_OK;
    for (int32_t i = 0; i < wanted && status == COGMIG_OK; i++)
        status = connect_once(pool, &pool->places.all[i], deadline, err);
    places_arrange(&pool->places);
    return status;
}
