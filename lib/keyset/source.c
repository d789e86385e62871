/* SPDX-License-Identifier: Apache-2.0 */
#include "keyset/source.h"

#include "base/clock.h"
#include "base/memory.h"
#include "keyset/keyset.h"
#include "status/error.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

struct key_source {
    const char *url;
    const struct fetcher *fetcher;
    steady_clock_fn steady_ms;
    _Atomic int64_t settled_until_ms;

    pthread_mutex_t lock; /* of everything below; never held while fetching */
    pthread_cond_t fetch_ended;
    cogmig_keyset *current; /* NULL until there are any */
    struct policy policy;
    char etag[ETAG_MAX_BYTES + 1]; /* of current; empty when there is none */
    bool fetching;
    pthread_t who_fetches;
    uint64_t fetches_ended;
    struct cogmig_error outcome; /* of the last fetch */
    uint64_t counts[KEY_EVENT_COUNT];
};

struct key_source *key_source_new(const char *url, const struct fetcher *fetcher,
                                  steady_clock_fn steady_ms)
{
    struct key_source *source = memory_new(sizeof *source);
    if (source == NULL)
        return NULL;
    source->url = url;
    source->fetcher = fetcher;
    source->steady_ms = steady_ms;
    source->policy = policy_start();
    atomic_init(&source->settled_until_ms, INT64_MIN);
    pthread_mutex_init(&source->lock, NULL);
    pthread_cond_init(&source->fetch_ended, NULL);
    return source;
}

void key_source_free(struct key_source *source)
{
    if (source == NULL)
        return;
    keyset_release(&source->current);
    pthread_cond_destroy(&source->fetch_ended);
    pthread_mutex_destroy(&source->lock);
    memory_free(source);
}

bool key_source_is_settled(const struct key_source *source, int64_t now_ms)
{
    return now_ms < atomic_load_explicit(&source->settled_until_ms, memory_order_acquire);
}

/* ---- which set is current: what follows is called with the lock held ---- */

/* While one thread fetches, the others go on with what is held. */
static void settle(struct key_source *source)
{
    int64_t until_ms = source->fetching ? source->policy.trusted_until_ms
                                        : policy_settled_until_ms(&source->policy);
    atomic_store_explicit(&source->settled_until_ms, source->current == NULL ? INT64_MIN : until_ms,
                          memory_order_release);
}

static uint32_t random_number(const struct key_source *source)
{
    uint64_t mixed = (uint64_t)clock_steady_ns() ^ (uint64_t)(uintptr_t)source;
    return (uint32_t)(mixed * UINT64_C(0x9E3779B97F4A7C15) >> 32);
}

/* Takes next, and gives the former set for release. */
static void replace(struct key_source *source, cogmig_keyset **next)
{
    cogmig_keyset *former = source->current;
    source->counts[KEYS_CHANGED] += former != NULL;
    keyset_succeed(former, *next);
    source->current = *next;
    *next = former;
}

/* "Unchanged" says nothing of keys that were seeded while it was on its way. */
static void take_keys(struct key_source *source, struct fetched *fetched)
{
    bool seeded_meanwhile = fetched->keyset == NULL && source->etag[0] == '\0';
    if (!seeded_meanwhile)
        memcpy(source->etag, fetched->etag, sizeof source->etag);
    if (fetched->keyset != NULL)
        replace(source, &fetched->keyset);
}

/* Good keys stay when the fetch failed. */
static void take_outcome(struct key_source *source, struct fetched *fetched,
                         const struct cogmig_error *outcome)
{
    int64_t now_ms = source->steady_ms();
    source->outcome = *outcome;
    source->counts[KEYS_FETCHED]++;
    source->counts[KEYS_FETCH_FAILED] += outcome->status != COGMIG_OK;
    source->counts[KEYS_NOT_MODIFIED] += outcome->status == COGMIG_OK && fetched->keyset == NULL;
    if (outcome->status == COGMIG_OK) {
        policy_note_success(&source->policy, now_ms, fetched->max_age_s);
        take_keys(source, fetched);
    } else {
        policy_note_failure(&source->policy, now_ms, random_number(source));
    }
}

/* ---- fetching ---- */

/* For this the lock is let go; what is needed of the source goes with it. */
static void fetch_unlocked(struct key_source *source, struct fetched *ret_fetched,
                           struct cogmig_error *outcome)
{
    char etag[ETAG_MAX_BYTES + 1];
    memcpy(etag, source->etag, sizeof etag);
    pthread_mutex_unlock(&source->lock);
    outcome->status = fetch_keyset(source->fetcher, source->url, etag[0] == '\0' ? NULL : etag,
                                   ret_fetched, outcome);
    pthread_mutex_lock(&source->lock);
}

static void fetch(struct key_source *source)
{
    struct fetched fetched = {.keyset = NULL};
    struct cogmig_error outcome = {.status = COGMIG_OK};
    policy_note_begin(&source->policy, source->steady_ms());
    source->fetching = true;
    source->who_fetches = pthread_self();
    settle(source);
    fetch_unlocked(source, &fetched, &outcome);
    take_outcome(source, &fetched, &outcome);
    source->fetching = false;
    settle(source);
    source->fetches_ended++;
    pthread_cond_broadcast(&source->fetch_ended);
    keyset_release(&fetched.keyset);
}

static void wait_for_fetch(struct key_source *source)
{
    uint64_t before = source->fetches_ended;
    while (source->fetches_ended == before)
        pthread_cond_wait(&source->fetch_ended, &source->lock);
}

static bool calls_from_its_own_fetch(const struct key_source *source)
{
    return source->fetching && pthread_equal(source->who_fetches, pthread_self());
}

static cogmig_status refuse_own_fetch(cogmig_error *err)
{
    return fail(err, COGMIG_INVALID_ARGUMENT,
                "The fetch function asked the verifier that waits for its answer.");
}

/* ---- one kid ---- */

static const struct key *find_trusted(const struct key_source *source, struct json_value kid)
{
    if (source->current == NULL || !policy_trusts(&source->policy, source->steady_ms()))
        return NULL;
    return keyset_find(source->current, kid);
}

/* One fetch is enough for all who asked while it ran, however long it took; who has a key that is
 * trusted still does not wait for it. */
static void look_once(struct key_source *source, bool key_is_held)
{
    int64_t now_ms = source->steady_ms();
    if (key_is_held && (source->fetching || !policy_is_due(&source->policy, now_ms)))
        return;
    if (source->fetching)
        wait_for_fetch(source);
    else if (policy_may_fetch(&source->policy, now_ms))
        fetch(source);
}

static cogmig_status not_held(struct key_source *source, cogmig_error *err)
{
    source->counts[KEY_UNKNOWN] += source->outcome.status == COGMIG_OK;
    if (source->outcome.status == COGMIG_OK)
        return fail(err, COGMIG_TOKEN_KEY_UNKNOWN,
                    "The issuer's keys, fetched not long ago, have none of the token's kid.");
    error_copy(err, &source->outcome);
    return source->outcome.status;
}

static cogmig_status find(struct key_source *source, struct json_value kid,
                          cogmig_keyset **ret_holder, const struct key **ret_key, cogmig_error *err)
{
    bool is_held = find_trusted(source, kid) != NULL;
    if (!is_held && calls_from_its_own_fetch(source))
        return refuse_own_fetch(err);
    look_once(source, is_held);
    *ret_key = find_trusted(source, kid);
    if (*ret_key == NULL)
        return not_held(source, err);
    source->counts[KEY_STALE] += policy_is_due(&source->policy, source->steady_ms());
    *ret_holder = keyset_hold(source->current);
    return COGMIG_OK;
}

cogmig_status key_source_find(struct key_source *source, struct json_value kid,
                              cogmig_keyset **ret_holder, const struct key **ret_key,
                              cogmig_error *err)
{
    pthread_mutex_lock(&source->lock);
    cogmig_status status = find(source, kid, ret_holder, ret_key, err);
    pthread_mutex_unlock(&source->lock);
    return status;
}

/* ---- all keys ---- */

cogmig_status key_source_refresh(struct key_source *source, cogmig_error *err)
{
    pthread_mutex_lock(&source->lock);
    bool own = calls_from_its_own_fetch(source);
    if (source->fetching && !own)
        wait_for_fetch(source);
    else if (!own)
        fetch(source);
    pthread_mutex_unlock(&source->lock);
    return own ? refuse_own_fetch(err) : key_source_outcome(source, err);
}

cogmig_status key_source_outcome(struct key_source *source, cogmig_error *err)
{
    pthread_mutex_lock(&source->lock);
    cogmig_status status = source->outcome.status;
    if (status != COGMIG_OK)
        error_copy(err, &source->outcome);
    pthread_mutex_unlock(&source->lock);
    return status;
}

uint64_t key_source_count(struct key_source *source, enum key_event event)
{
    pthread_mutex_lock(&source->lock);
    uint64_t count = source->counts[event];
    pthread_mutex_unlock(&source->lock);
    return count;
}

/* ---- keys that the caller has ---- */

void key_source_seed(struct key_source *source, cogmig_keyset *keyset)
{
    cogmig_keyset *next = keyset_hold(keyset);
    pthread_mutex_lock(&source->lock);
    replace(source, &next);
    policy_note_seed(&source->policy);
    source->etag[0] = '\0';
    settle(source);
    pthread_mutex_unlock(&source->lock);
    keyset_release(&next);
}

bool key_source_holds_keys(struct key_source *source)
{
    pthread_mutex_lock(&source->lock);
    bool holds = source->current != NULL;
    pthread_mutex_unlock(&source->lock);
    return holds;
}
