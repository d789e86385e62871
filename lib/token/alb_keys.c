/* SPDX-License-Identifier: Apache-2.0 */
#include "token/alb_keys.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "status/error.h"
#include "token/issuer.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

struct place {
    char *url;
    struct key_source *source; /* NULL: the place is free */
    size_t users;              /* threads and fetches under way */
    int64_t made_at_ms;
    int64_t used_at_ms;
};

struct alb_keys {
    struct fetcher fetcher;
    steady_clock_fn steady_ms;
    pthread_mutex_t lock; /* of what follows; never held while fetching */
    struct place places[ALB_KEYS_MAX];
    uint64_t counts_of_removed[KEY_EVENT_COUNT];
};

struct alb_keys *alb_keys_new(const struct fetcher *fetcher, steady_clock_fn steady_ms)
{
    struct alb_keys *keys = memory_new(sizeof *keys);
    if (keys == NULL)
        return NULL;
    keys->fetcher = *fetcher;
    keys->fetcher.pem = true;
    keys->fetcher.file = NULL;
    keys->steady_ms = steady_ms;
    pthread_mutex_init(&keys->lock, NULL);
    return keys;
}

static void clear(struct place *place)
{
    key_source_free(place->source);
    memory_free(place->url);
    *place = (struct place){.url = NULL};
}

void alb_keys_free(struct alb_keys *keys)
{
    if (keys == NULL)
        return;
    for (size_t i = 0; i < ALB_KEYS_MAX; i++)
        clear(&keys->places[i]);
    pthread_mutex_destroy(&keys->lock);
    memory_free(keys);
}

/* ---- places: what follows is called with the lock held ---- */

static struct place *find_place(struct alb_keys *keys, const char *url)
{
    for (size_t i = 0; i < ALB_KEYS_MAX; i++)
        if (keys->places[i].source != NULL && strcmp(keys->places[i].url, url) == 0)
            return &keys->places[i];
    return NULL;
}

static bool is_unseen(const struct place *place)
{
    return place->source != NULL && !key_source_holds_keys(place->source);
}

/* Whoever invents kids takes places from others like them, and each for as long as a cool-down. */
static struct place *choose_unseen(struct alb_keys *keys, size_t *ret_count)
{
    int64_t over_ms = keys->steady_ms() - UNKNOWN_KID_COOL_DOWN_MS;
    struct place *chosen = NULL;
    *ret_count = 0;
    for (size_t i = 0; i < ALB_KEYS_MAX; i++) {
        struct place *place = &keys->places[i];
        if (!is_unseen(place))
            continue;
        ++*ret_count;
        if (place->users == 0 && place->made_at_ms <= over_ms)
            chosen = place;
    }
    return chosen;
}

static struct place *choose_free_or_oldest(struct alb_keys *keys)
{
    struct place *oldest = NULL;
    for (size_t i = 0; i < ALB_KEYS_MAX; i++) {
        struct place *place = &keys->places[i];
        if (place->source == NULL)
            return place;
        if (place->users == 0 && !is_unseen(place) &&
            (oldest == NULL || place->used_at_ms < oldest->used_at_ms))
            oldest = place;
    }
    return oldest;
}

static struct place *choose_place(struct alb_keys *keys)
{
    size_t unseen;
    struct place *chosen = choose_unseen(keys, &unseen);
    if (chosen == NULL && unseen < ALB_KEYS_UNSEEN_MAX)
        chosen = choose_free_or_oldest(keys);
    return chosen;
}

static void remove_place(struct alb_keys *keys, struct place *place)
{
    for (int event = 0; place->source != NULL && event < KEY_EVENT_COUNT; event++)
        keys->counts_of_removed[event] += key_source_count(place->source, (enum key_event)event);
    clear(place);
}

static cogmig_status make_place(struct alb_keys *keys, const char *url, struct place **ret_place,
                                cogmig_error *err)
{
    struct place *place = choose_place(keys);
    if (place == NULL)
        return fail_plainly(err, COGMIG_KEY_FETCH_POSTPONED);
    remove_place(keys, place);
    place->url = memory_copy_text(url);
    if (place->url != NULL)
        place->source = key_source_new(place->url, &keys->fetcher, keys->steady_ms);
    if (place->source == NULL) {
        clear(place);
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    }
    place->made_at_ms = keys->steady_ms();
    *ret_place = place;
    return COGMIG_OK;
}

static cogmig_status enter(struct alb_keys *keys, const char *url, struct place **ret_place,
                           cogmig_error *err)
{
    pthread_mutex_lock(&keys->lock);
    *ret_place = find_place(keys, url);
    cogmig_status status = *ret_place == NULL ? make_place(keys, url, ret_place, err) : COGMIG_OK;
    if (status == COGMIG_OK) {
        (*ret_place)->users++;
        (*ret_place)->used_at_ms = keys->steady_ms();
    }
    pthread_mutex_unlock(&keys->lock);
    return status;
}

static void leave(struct alb_keys *keys, struct place *place)
{
    pthread_mutex_lock(&keys->lock);
    place->users--;
    pthread_mutex_unlock(&keys->lock);
}

/* ---- one key ---- */

static bool any_is_held(struct alb_keys *keys)
{
    bool held = false;
    pthread_mutex_lock(&keys->lock);
    for (size_t i = 0; !held && i < ALB_KEYS_MAX; i++)
        held = keys->places[i].source != NULL && key_source_holds_keys(keys->places[i].source);
    pthread_mutex_unlock(&keys->lock);
    return held;
}

/* 404 says that there is no such key. So does 403 of a bucket, which may also be a proxy's, unless
 * the address has given keys before. */
static bool says_unknown(struct alb_keys *keys, const cogmig_error *outage)
{
    if (outage->status != COGMIG_JWKS_HTTP_STATUS)
        return false;
    return strcmp(outage->upstream_code, "404") == 0 ||
           (strcmp(outage->upstream_code, "403") == 0 && any_is_held(keys));
}

cogmig_status alb_keys_find(struct alb_keys *keys, const char *keys_url, struct json_value kid,
                            cogmig_keyset **ret_holder, const struct key **ret_key,
                            cogmig_error *err)
{
    char url[JWKS_URL_MAX_BYTES + 1 + ALB_KID_LEN + 1];
    struct place *place;
    struct cogmig_error outcome = {.status = COGMIG_OK};
    snprintf(url, sizeof url, "%s/%.*s", keys_url, ALB_KID_LEN, kid.text.bytes + 1);
    cogmig_status status = enter(keys, url, &place, err);
    if (status != COGMIG_OK)
        return status;
    status = key_source_find(place->source, kid, ret_holder, ret_key, &outcome);
    leave(keys, place);
    if (says_unknown(keys, &outcome))
        return fail(err, COGMIG_TOKEN_KEY_UNKNOWN, "The load balancer's region has no key %.*s.",
                    ALB_KID_LEN, kid.text.bytes + 1);
    if (status != COGMIG_OK)
        error_copy(err, &outcome);
    return status;
}

/* ---- where the caller fetches ---- */

struct key_source *alb_keys_hand_out(struct alb_keys *keys, struct fetch_order *ret_order)
{
    struct key_source *handed_out = NULL;
    pthread_mutex_lock(&keys->lock);
    for (size_t i = 0; handed_out == NULL && i < ALB_KEYS_MAX; i++) {
        struct place *place = &keys->places[i];
        if (place->source == NULL || !key_source_hand_out(place->source, ret_order))
            continue;
        place->users++;
        handed_out = place->source;
    }
    pthread_mutex_unlock(&keys->lock);
    return handed_out;
}

void alb_keys_give_back(struct alb_keys *keys, const struct key_source *source)
{
    pthread_mutex_lock(&keys->lock);
    for (size_t i = 0; i < ALB_KEYS_MAX; i++)
        keys->places[i].users -= keys->places[i].source == source;
    pthread_mutex_unlock(&keys->lock);
}

uint64_t alb_keys_count(struct alb_keys *keys, enum key_event event)
{
    pthread_mutex_lock(&keys->lock);
    uint64_t sum = keys->counts_of_removed[event];
    for (size_t i = 0; i < ALB_KEYS_MAX; i++)
        if (keys->places[i].source != NULL)
            sum += key_source_count(keys->places[i].source, event);
    pthread_mutex_unlock(&keys->lock);
    return sum;
}
