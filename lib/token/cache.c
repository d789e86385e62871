/* SPDX-License-Identifier: Apache-2.0 */
#include "token/cache.h"

#include "base/memory.h"
#include "keyset/life.h"
#include "token/readers.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum {
    WAYS = 4,             /* places that a token may have */
    BYTES_PER_PLACE = 512 /* fewer than any token takes, so that room is short before places are */
};

struct entry {
    struct acceptance accepted;
    atomic_bool used; /* since the hand last came by */
    struct entry *next_removed;
    size_t bytes; /* with the claims */
    size_t len;
    char token[];
};

struct token_cache {
    struct readers readers;
    size_t sets;
    _Atomic(struct entry *) *places; /* WAYS for each set; readers take no lock */
    _Atomic uint64_t generation;

    pthread_mutex_t lock; /* of what follows, and of changing places */
    size_t max_bytes;
    size_t bytes;         /* of all that is not freed */
    size_t leaving_bytes; /* of that, what no reader finds any more */
    size_t hand;
    struct entry *removed; /* since the wait below began */
    struct entry *leaving; /* until these readers are gone */
    readers_awaited awaited;
};

/* ---- where a token may be ---- */

/* Bytes out of the signature, which nobody but the issuer chooses: no hash of the rest is needed.
 */
static size_t set_of(const struct token_cache *cache, struct span token)
{
    uint64_t from_signature = 0;
    size_t from_end = token.len < 16 ? token.len : 16;
    memcpy(&from_signature, token.bytes + token.len - from_end, from_end < 8 ? from_end : 8);
    uint64_t mixed = (from_signature ^ token.len) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)((mixed >> 32) * cache->sets >> 32);
}

/* As long for any two tokens of one length. */
static bool same_bytes(const char *a, const char *b, size_t len)
{
    uint64_t difference = 0, x[4], y[4];
    size_t i = 0;
    for (; i + sizeof x <= len; i += sizeof x) {
        memcpy(x, a + i, sizeof x);
        memcpy(y, b + i, sizeof y);
        difference |= (x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]);
    }
    for (; i < len; i++)
        difference |= (uint64_t)(unsigned char)(a[i] ^ b[i]);
    return difference == 0;
}

static bool is_for(const struct entry *entry, struct span token)
{
    return entry->len == token.len && same_bytes(entry->token, token.bytes, token.len);
}

/* ---- finding ---- */

static bool is_accepted(const struct acceptance *accepted, struct now now)
{
    return now.calendar_s >= accepted->window.from_s && now.calendar_s < accepted->window.end_s &&
           key_life_lasts(accepted->key) && key_source_is_settled(accepted->keys, now.steady_ms);
}

static void note_use(struct entry *entry)
{
    if (!atomic_load_explicit(&entry->used, memory_order_relaxed))
        atomic_store_explicit(&entry->used, true, memory_order_relaxed);
}

static cogmig_claims *find(struct token_cache *cache, struct span token, struct now now)
{
    _Atomic(struct entry *) *places = &cache->places[set_of(cache, token) * WAYS];
    for (int i = 0; i < WAYS; i++) {
        struct entry *entry = atomic_load(&places[i]);
        if (entry == NULL || !is_for(entry, token))
            continue;
        if (!is_accepted(&entry->accepted, now))
            return NULL;
        note_use(entry);
        return claims_hold(entry->accepted.claims);
    }
    return NULL;
}

cogmig_claims *token_cache_find(struct token_cache *cache, struct span token, struct now now)
{
    atomic_uint *slot = readers_enter(&cache->readers);
    cogmig_claims *claims = find(cache, token, now);
    readers_leave(slot);
    return claims;
}

/* ---- an entry ---- */

static struct entry *new_entry(struct span token, const struct acceptance *accepted)
{
    struct entry *entry = memory_new(sizeof *entry + token.len);
    if (entry == NULL)
        return NULL;
    entry->accepted = *accepted;
    claims_hold(accepted->claims);
    key_life_hold(accepted->key);
    entry->bytes = sizeof *entry + token.len + claims_bytes(accepted->claims);
    entry->len = token.len;
    memcpy(entry->token, token.bytes, token.len);
    return entry;
}

/* Returns how many bytes that were. */
static size_t free_entries(struct entry *entry)
{
    size_t bytes = 0;
    while (entry != NULL) {
        struct entry *next = entry->next_removed;
        bytes += entry->bytes;
        cogmig_claims_free(&entry->accepted.claims);
        key_life_release(entry->accepted.key);
        memory_free(entry);
        entry = next;
    }
    return bytes;
}

/* ---- taking entries away: what follows is called with the lock held ---- */

static void remove_at(struct token_cache *cache, size_t place)
{
    struct entry *entry = atomic_exchange(&cache->places[place], NULL);
    if (entry == NULL)
        return;
    entry->next_removed = cache->removed;
    cache->removed = entry;
    cache->leaving_bytes += entry->bytes;
}

static void free_leaving(struct token_cache *cache)
{
    if (!readers_are_gone(&cache->readers, &cache->awaited))
        return;
    size_t freed = free_entries(cache->leaving);
    cache->bytes -= freed;
    cache->leaving_bytes -= freed;
    cache->leaving = cache->removed;
    cache->removed = NULL;
    cache->awaited = cache->leaving == NULL ? 0 : READERS_ALL_AWAITED;
}

/* Twice: what begins to leave is mostly free to go at once. */
static void free_removed(struct token_cache *cache)
{
    free_leaving(cache);
    free_leaving(cache);
}

/* The hand goes round and spares once what was used since it last came by. */
static void remove_at_hand(struct token_cache *cache)
{
    struct entry *entry = atomic_load_explicit(&cache->places[cache->hand], memory_order_relaxed);
    if (entry != NULL && key_life_lasts(entry->accepted.key) &&
        atomic_exchange_explicit(&entry->used, false, memory_order_relaxed))
        entry = NULL;
    if (entry != NULL)
        remove_at(cache, cache->hand);
    cache->hand = (cache->hand + 1) % (cache->sets * WAYS);
}

/* What readers still look at is not free yet; then the newcomer goes without. */
static bool make_room(struct token_cache *cache, size_t bytes)
{
    size_t steps = 2 * cache->sets * WAYS;
    if (bytes > cache->max_bytes)
        return false;
    while (cache->bytes - cache->leaving_bytes > cache->max_bytes - bytes && steps-- > 0)
        remove_at_hand(cache);
    free_removed(cache);
    return cache->bytes <= cache->max_bytes - bytes;
}

/* ---- keeping ---- */

static int rank_of(const struct entry *entry)
{
    if (entry == NULL || !key_life_lasts(entry->accepted.key))
        return 2;
    return !atomic_load_explicit(&entry->used, memory_order_relaxed);
}

/* Its own place if it has one, else a free one, else any that was not used lately, else the first.
 */
static size_t choose_place(const struct token_cache *cache, struct span token)
{
    size_t first = set_of(cache, token) * WAYS, chosen = first;
    int chosen_rank = 0;
    for (size_t place = first; place < first + WAYS; place++) {
        const struct entry *entry =
            atomic_load_explicit(&cache->places[place], memory_order_relaxed);
        if (entry != NULL && is_for(entry, token))
            return place;
        int rank = rank_of(entry);
        if (rank > chosen_rank) {
            chosen = place;
            chosen_rank = rank;
        }
    }
    return chosen;
}

static void keep(struct token_cache *cache, struct span token, const struct acceptance *accepted,
                 uint64_t generation)
{
    struct entry *entry = new_entry(token, accepted);
    if (entry == NULL)
        return;
    if (generation != atomic_load(&cache->generation) || !make_room(cache, entry->bytes)) {
        free_entries(entry);
        return;
    }
    size_t place = choose_place(cache, token);
    remove_at(cache, place);
    cache->bytes += entry->bytes;
    atomic_store(&cache->places[place], entry);
}

void token_cache_keep(struct token_cache *cache, struct span token,
                      const struct acceptance *acceptance, uint64_t generation)
{
    if (pthread_mutex_trylock(&cache->lock) != 0)
        return;
    keep(cache, token, acceptance, generation);
    pthread_mutex_unlock(&cache->lock);
}

/* ---- forgetting ---- */

uint64_t token_cache_generation(const struct token_cache *cache)
{
    return atomic_load(&cache->generation);
}

void token_cache_forget(struct token_cache *cache, struct span token)
{
    pthread_mutex_lock(&cache->lock);
    atomic_fetch_add(&cache->generation, 1);
    size_t first = set_of(cache, token) * WAYS;
    for (size_t place = first; place < first + WAYS; place++) {
        const struct entry *entry = atomic_load(&cache->places[place]);
        if (entry != NULL && is_for(entry, token))
            remove_at(cache, place);
    }
    free_removed(cache);
    pthread_mutex_unlock(&cache->lock);
}

void token_cache_forget_all(struct token_cache *cache)
{
    pthread_mutex_lock(&cache->lock);
    atomic_fetch_add(&cache->generation, 1);
    for (size_t place = 0; place < cache->sets * WAYS; place++)
        remove_at(cache, place);
    free_removed(cache);
    pthread_mutex_unlock(&cache->lock);
}

/* ---- its life ---- */

struct token_cache *token_cache_new(size_t max_bytes)
{
    struct token_cache *cache = memory_new(sizeof *cache);
    if (cache == NULL)
        return NULL;
    cache->max_bytes = max_bytes;
    cache->sets = max_bytes / BYTES_PER_PLACE / WAYS + 1;
    cache->places = memory_new(cache->sets * WAYS * sizeof cache->places[0]);
    if (cache->places == NULL) {
        memory_free(cache);
        return NULL;
    }
    pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

void token_cache_free(struct token_cache *cache)
{
    if (cache == NULL)
        return;
    for (size_t place = 0; place < cache->sets * WAYS; place++)
        remove_at(cache, place);
    free_entries(cache->removed);
    free_entries(cache->leaving);
    pthread_mutex_destroy(&cache->lock);
    memory_free(cache->places);
    memory_free(cache);
}
