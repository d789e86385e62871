/* SPDX-License-Identifier: Apache-2.0 */
#include "keyset/source.h"

#include "base/memory.h"
#include "keyset/keyset.h"
#include "status/error.h"

#include <pthread.h>

struct key_source {
    const char *url;
    const struct fetcher *fetcher;
    steady_clock_fn steady_ms;

    pthread_mutex_t lock; /* of everything below; never held while fetching */
    pthread_cond_t fetch_ended;
    cogmig_keyset *current; /* NULL until there are any */
    bool fetching;
    pthread_t who_fetches;
    uint64_t fetches_ended;
    bool attempted;
    int64_t attempted_at_ms;
    struct cogmig_error outcome; /* of the last fetch */
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

void key_source_seed(struct key_source *source, cogmig_keyset *keyset)
{
    pthread_mutex_lock(&source->lock);
    cogmig_keyset *former = source->current;
    source->current = keyset_hold(keyset);
    pthread_mutex_unlock(&source->lock);
    keyset_release(&former);
}

/* ---- the policy: what follows is called with the lock held ---- */

static bool is_held(const struct key_source *source, struct json_value kid,
                    cogmig_keyset **ret_holder, const struct key **ret_key)
{
    const struct key *key = source->current == NULL ? NULL : keyset_find(source->current, kid);
    if (key == NULL)
        return false;
    *ret_holder = keyset_hold(source->current);
    *ret_key = key;
    return true;
}

static bool is_cooling_down(const struct key_source *source)
{
    return source->attempted &&
           source->steady_ms() - source->attempted_at_ms < UNKNOWN_KID_COOL_DOWN_MS;
}

/* Good keys stay when the fetch failed. */
static void take_outcome(struct key_source *source, cogmig_keyset **fetched,
                         const struct cogmig_error *outcome)
{
    source->outcome = *outcome;
    if (outcome->status == COGMIG_OK) {
        cogmig_keyset *former = source->current;
        source->current = *fetched;
        *fetched = former;
    }
}

static void fetch(struct key_source *source)
{
    source->attempted = true;
    source->attempted_at_ms = source->steady_ms();
    source->fetching = true;
    source->who_fetches = pthread_self();
    pthread_mutex_unlock(&source->lock);

    cogmig_keyset *fetched = NULL;
    struct cogmig_error outcome = {.status = COGMIG_OK};
    outcome.status = fetch_keyset(source->fetcher, source->url, &fetched, &outcome);

    pthread_mutex_lock(&source->lock);
    take_outcome(source, &fetched, &outcome);
    source->fetching = false;
    source->fetches_ended++;
    pthread_cond_broadcast(&source->fetch_ended);
    keyset_release(&fetched);
}

static void wait_for_fetch(struct key_source *source)
{
    uint64_t before = source->fetches_ended;
    while (source->fetches_ended == before)
        pthread_cond_wait(&source->fetch_ended, &source->lock);
}

/* One fetch is enough for all who asked while it ran, however long it took. */
static void look_once(struct key_source *source)
{
    if (source->fetching)
        wait_for_fetch(source);
    else if (!is_cooling_down(source))
        fetch(source);
}

static cogmig_status not_held(const struct key_source *source, cogmig_error *err)
{
    if (source->outcome.status == COGMIG_OK)
        return fail(err, COGMIG_TOKEN_KEY_UNKNOWN,
                    "The issuer's keys, fetched not long ago, have none of the token's kid.");
    error_copy(err, &source->outcome);
    return source->outcome.status;
}

static bool calls_from_its_own_fetch(const struct key_source *source)
{
    return source->fetching && pthread_equal(source->who_fetches, pthread_self());
}

static cogmig_status find(struct key_source *source, struct json_value kid,
                          cogmig_keyset **ret_holder, const struct key **ret_key, cogmig_error *err)
{
    if (is_held(source, kid, ret_holder, ret_key))
        return COGMIG_OK;
    if (calls_from_its_own_fetch(source))
        return fail(err, COGMIG_INVALID_ARGUMENT,
                    "The fetch function asked the verifier that waits for its answer.");
    look_once(source);
    return is_held(source, kid, ret_holder, ret_key) ? COGMIG_OK : not_held(source, err);
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
