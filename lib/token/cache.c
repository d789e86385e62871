/* SPDX-License-Identifier: Apache-2.0 */
#include "token/cache.h"

#include "adapters/openssl.h"
#include "base/memory.h"
#include "base/readers.h"
#include "keyset/life.h"

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

struct table {
    struct table *next_removed;
    size_t sets;
    _Atomic(struct entry *) places[]; /* WAYS for each set */
};

struct token_cache {
    struct readers readers;
    _Atomic(struct table *) table; /* readers take no lock; NULL: nothing is kept */
    _Atomic uint64_t generation;

    pthread_mutex_t lock; /* of what follows, and of changing places */
    size_t max_bytes;
    size_t bytes;         /* of all that is not freed */
    size_t leaving_bytes; /* of that, what no reader finds any more */
    size_t hand;
    struct entry *removed; /* since the wait below began */
    struct table *removed_tables;
    struct entry *leaving; /* until these readers are gone */
    struct table *leaving_tables;
    readers_awaited awaited;
};

/* ---- where a token may be ---- */

/* To be used: while readers are inside, or with the lock held. */
static struct table *table_of(const struct token_cache *cache)
{
    return atomic_load_explicit(&cache->table, memory_order_relaxed);
}

/* Bytes out of the signature, which nobody but the issuer chooses: no hash of the rest is needed.
 */
static size_t first_place(const struct table *table, struct span token)
{
    uint64_t from_signature = 0;
    size_t from_end = token.len < 16 ? token.len : 16;
    memcpy(&from_signature, token.bytes + token.len - from_end, from_end < 8 ? from_end : 8);
    uint64_t mixed = (from_signature ^ token.len) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)((mixed >> 32) * table->sets >> 32) * WAYS;
}

/* Two words of memory, in one register where the processor has such. */
typedef uint64_t pair_of_words __attribute__((vector_size(16)));

enum {
    PAIR_BYTES = sizeof(pair_of_words),
    BLOCK_BYTES = 4 * PAIR_BYTES
};

static inline pair_of_words pair_difference(const char *a, const char *b)
{
    pair_of_words x, y;
    memcpy(&x, a, PAIR_BYTES);
    memcpy(&y, b, PAIR_BYTES);
    return x ^ y;
}

static inline pair_of_words block_difference(const char *a, const char *b)
{
    return (pair_difference(a, b) | pair_difference(a + PAIR_BYTES, b + PAIR_BYTES)) |
           (pair_difference(a + 2 * PAIR_BYTES, b + 2 * PAIR_BYTES) |
            pair_difference(a + 3 * PAIR_BYTES, b + 3 * PAIR_BYTES));
}

/* As long for any two tokens of one length. The last block may overlap the one before it. */
static bool same_bytes(const char *a, const char *b, size_t len)
{
    if (len < BLOCK_BYTES)
        return openssl_equal(a, b, len);
    size_t last = len - BLOCK_BYTES;
    pair_of_words difference = block_difference(a + last, b + last);
    for (size_t i = 0; i < last; i += BLOCK_BYTES)
        difference |= block_difference(a + i, b + i);
    return (difference[0] | difference[1]) == 0;
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

static cogmig_claims *find(struct table *table, struct span token, struct now now)
{
    if (table == NULL)
        return NULL;
    _Atomic(struct entry *) *places = &table->places[first_place(table, token)];
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
    if (table_of(cache) == NULL)
        return NULL;
    struct reader_slot *slot = readers_enter(&cache->readers);
    cogmig_claims *claims = find(atomic_load(&cache->table), token, now);
    readers_leave(slot, claims != NULL);
    return claims;
}

uint64_t token_cache_count(const struct token_cache *cache, bool found)
{
    return readers_count(&cache->readers, found);
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

static void free_tables(struct table *table)
{
    while (table != NULL) {
        struct table *next = table->next_removed;
        memory_free(table);
        table = next;
    }
}

/* ---- taking entries away: what follows is called with the lock held ---- */

static void remove_at(struct token_cache *cache, struct table *table, size_t place)
{
    struct entry *entry = atomic_exchange(&table->places[place], NULL);
    if (entry == NULL)
        return;
    entry->next_removed = cache->removed;
    cache->removed = entry;
    cache->leaving_bytes += entry->bytes;
}

static size_t places_of(const struct table *table)
{
    return table == NULL ? 0 : table->sets * WAYS;
}

static void remove_all(struct token_cache *cache)
{
    struct table *table = table_of(cache);
    for (size_t place = 0; place < places_of(table); place++)
        remove_at(cache, table, place);
}

static void free_leaving(struct token_cache *cache)
{
    if (!readers_are_gone(&cache->readers, &cache->awaited))
        return;
    size_t freed = free_entries(cache->leaving);
    cache->bytes -= freed;
    cache->leaving_bytes -= freed;
    free_tables(cache->leaving_tables);
    cache->leaving = cache->removed;
    cache->leaving_tables = cache->removed_tables;
    cache->removed = NULL;
    cache->removed_tables = NULL;
    bool nothing_leaves = cache->leaving == NULL && cache->leaving_tables == NULL;
    cache->awaited = nothing_leaves ? 0 : READERS_ALL_AWAITED;
}

/* Twice: what begins to leave is mostly free to go at once. */
static void free_removed(struct token_cache *cache)
{
    free_leaving(cache);
    free_leaving(cache);
}

/* The hand goes round and spares once what was used since it last came by. */
static void remove_at_hand(struct token_cache *cache, struct table *table)
{
    struct entry *entry = atomic_load_explicit(&table->places[cache->hand], memory_order_relaxed);
    if (entry != NULL && key_life_lasts(entry->accepted.key) &&
        atomic_exchange_explicit(&entry->used, false, memory_order_relaxed))
        entry = NULL;
    if (entry != NULL)
        remove_at(cache, table, cache->hand);
    cache->hand = (cache->hand + 1) % places_of(table);
}

/* What readers still look at is not free yet; then the newcomer goes without. */
static bool make_room(struct token_cache *cache, struct table *table, size_t bytes)
{
    size_t steps = 2 * places_of(table);
    if (bytes > cache->max_bytes)
        return false;
    while (cache->bytes - cache->leaving_bytes > cache->max_bytes - bytes && steps-- > 0)
        remove_at_hand(cache, table);
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
static size_t choose_place(const struct table *table, struct span token)
{
    size_t first = first_place(table, token), chosen = first;
    int chosen_rank = 0;
    for (size_t place = first; place < first + WAYS; place++) {
        const struct entry *entry =
            atomic_load_explicit(&table->places[place], memory_order_relaxed);
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
    struct table *table = table_of(cache);
    if (generation != atomic_load(&cache->generation) || table == NULL ||
        !make_room(cache, table, entry->bytes)) {
        free_entries(entry);
        return;
    }
    size_t place = choose_place(table, token);
    remove_at(cache, table, place);
    cache->bytes += entry->bytes;
    atomic_store(&table->places[place], entry);
}

void token_cache_keep(struct token_cache *cache, struct span token,
                      const struct acceptance *acceptance, uint64_t generation)
{
    if (table_of(cache) == NULL || pthread_mutex_trylock(&cache->lock) != 0)
        return;
    keep(cache, token, acceptance, generation);
    pthread_mutex_unlock(&cache->lock);
}

/* ---- forgetting ---- */

uint64_t token_cache_generation(const struct token_cache *cache)
{
    return atomic_load(&cache->generation);
}

static void remove_token(struct token_cache *cache, struct table *table, struct span token)
{
    size_t first = first_place(table, token);
    for (size_t place = first; place < first + WAYS; place++) {
        const struct entry *entry = atomic_load(&table->places[place]);
        if (entry != NULL && is_for(entry, token))
            remove_at(cache, table, place);
    }
}

void token_cache_forget(struct token_cache *cache, struct span token)
{
    pthread_mutex_lock(&cache->lock);
    atomic_fetch_add(&cache->generation, 1);
    struct table *table = table_of(cache);
    if (table != NULL)
        remove_token(cache, table, token);
    free_removed(cache);
    pthread_mutex_unlock(&cache->lock);
}

void token_cache_forget_all(struct token_cache *cache)
{
    pthread_mutex_lock(&cache->lock);
    atomic_fetch_add(&cache->generation, 1);
    remove_all(cache);
    free_removed(cache);
    pthread_mutex_unlock(&cache->lock);
}

/* ---- its size ---- */

static struct table *new_table(size_t max_bytes)
{
    size_t sets = max_bytes / BYTES_PER_PLACE / WAYS + 1;
    struct table *table = memory_new(sizeof *table + sets * WAYS * sizeof table->places[0]);
    if (table != NULL)
        table->sets = sets;
    return table;
}

/* Who is in the former table still finds nothing there and verifies. */
static void replace_table(struct token_cache *cache, struct table *next)
{
    struct table *former = table_of(cache);
    remove_all(cache);
    atomic_store(&cache->table, next);
    if (former != NULL) {
        former->next_removed = cache->removed_tables;
        cache->removed_tables = former;
    }
    cache->hand = 0;
    free_removed(cache);
}

bool token_cache_resize(struct token_cache *cache, size_t max_bytes)
{
    struct table *next = max_bytes == 0 ? NULL : new_table(max_bytes);
    if (next == NULL && max_bytes > 0)
        return false;
    pthread_mutex_lock(&cache->lock);
    cache->max_bytes = max_bytes;
    replace_table(cache, next);
    pthread_mutex_unlock(&cache->lock);
    return true;
}

/* ---- its life ---- */

struct token_cache *token_cache_new(size_t max_bytes)
{
    struct token_cache *cache = memory_new(sizeof *cache);
    if (cache == NULL)
        return NULL;
    pthread_mutex_init(&cache->lock, NULL);
    if (token_cache_resize(cache, max_bytes))
        return cache;
    token_cache_free(cache);
    return NULL;
}

void token_cache_free(struct token_cache *cache)
{
    if (cache == NULL)
        return;
    remove_all(cache);
    free_entries(cache->removed);
    free_entries(cache->leaving);
    free_tables(cache->removed_tables);
    free_tables(cache->leaving_tables);
    memory_free(table_of(cache));
    pthread_mutex_destroy(&cache->lock);
    memory_free(cache);
}
