/* SPDX-License-Identifier: Apache-2.0 */
#include "idmap/cache.h"

#include "base/memory.h"

#include <pthread.h>
#include <stddef.h>
#include <string.h>

enum {
    WAYS = 4 /* places that a key may be in: keys that collide push each other out, no more */
};

struct entry {
    uint64_t hash; /* of direction and key */
    char *key;     /* NULL: the place is free */
    char *value;   /* NULL: a miss */
    int64_t until_ms;
};

struct idmap_cache {
    pthread_mutex_t mutex;
    uint64_t generation;
    size_t sets; /* a power of two, or 0 */
    struct entry entries[];
};

static size_t sets_for(int32_t entries)
{
    size_t sets = entries > 0 ? 1 : 0;
    while (sets * WAYS < (size_t)entries)
        sets *= 2;
    return sets;
}

struct idmap_cache *idmap_cache_new(int32_t entries)
{
    size_t sets = sets_for(entries);
    struct idmap_cache *cache = memory_new(sizeof *cache + sets * WAYS * sizeof(struct entry));
    if (cache == NULL)
        return NULL;
    cache->sets = sets;
    if (pthread_mutex_init(&cache->mutex, NULL) == 0)
        return cache;
    memory_free(cache);
    return NULL;
}

static void clear(struct entry *entry)
{
    memory_free(entry->key);
    memory_free(entry->value);
    *entry = (struct entry){0};
}

bool idmap_cache_remembers(const struct idmap_cache *cache)
{
    return cache->sets > 0;
}

void idmap_cache_free(struct idmap_cache *cache)
{
    if (cache == NULL)
        return;
    for (size_t i = 0; i < cache->sets * WAYS; i++)
        clear(&cache->entries[i]);
    pthread_mutex_destroy(&cache->mutex);
    memory_free(cache);
}

/* FNV-1a. It need not withstand an adversary: a set has so many places and no more. */
static uint64_t hash_of(enum cache_direction direction, const char *key)
{
    uint64_t hash = 14695981039346656037u + (uint64_t)direction;
    for (; *key != '\0'; key++)
        hash = (hash ^ (unsigned char)*key) * 1099511628211u;
    return hash ^ (hash >> 32);
}

static struct entry *set_of(struct idmap_cache *cache, uint64_t hash)
{
    return &cache->entries[(hash & (cache->sets - 1)) * WAYS];
}

static struct entry *find(struct idmap_cache *cache, uint64_t hash, const char *key)
{
    if (cache->sets == 0)
        return NULL;
    struct entry *set = set_of(cache, hash);
    for (int i = 0; i < WAYS; i++)
        if (set[i].key != NULL && set[i].hash == hash && strcmp(set[i].key, key) == 0)
            return &set[i];
    return NULL;
}

static enum cache_answer answer_of(const struct entry *entry, int64_t now_ms, char **ret_value)
{
    if (entry == NULL || now_ms >= entry->until_ms)
        return CACHE_KNOWS_NOTHING;
    if (entry->value == NULL)
        return CACHE_KNOWS_MISS;
    *ret_value = memory_copy_text(entry->value);
    return *ret_value == NULL ? CACHE_KNOWS_NOTHING : CACHE_KNOWS_OTHER_SIDE;
}

enum cache_answer idmap_cache_find(struct idmap_cache *cache, enum cache_direction direction,
                                   const char *key, int64_t now_ms, char **ret_value)
{
    uint64_t hash = hash_of(direction, key);
    pthread_mutex_lock(&cache->mutex);
    enum cache_answer answer = answer_of(find(cache, hash, key), now_ms, ret_value);
    pthread_mutex_unlock(&cache->mutex);
    return answer;
}

uint64_t idmap_cache_generation(struct idmap_cache *cache)
{
    pthread_mutex_lock(&cache->mutex);
    uint64_t generation = cache->generation;
    pthread_mutex_unlock(&cache->mutex);
    return generation;
}

/* Its own place, a free one, or that of what ends first. */
static struct entry *place_for(struct idmap_cache *cache, uint64_t hash, const char *key)
{
    struct entry *own = find(cache, hash, key);
    if (own != NULL)
        return own;
    struct entry *set = set_of(cache, hash);
    struct entry *place = &set[0];
    for (int i = 1; i < WAYS; i++)
        if (place->key != NULL && (set[i].key == NULL || set[i].until_ms < place->until_ms))
            place = &set[i];
    return place;
}

static void put(struct idmap_cache *cache, uint64_t hash, const char *key, const char *value,
                int64_t until_ms)
{
    struct entry entry = {hash, memory_copy_text(key),
                          value == NULL ? NULL : memory_copy_text(value), until_ms};
    struct entry *place = place_for(cache, hash, key);
    clear(place);
    if (entry.key == NULL || (value != NULL && entry.value == NULL))
        clear(&entry);
    *place = entry;
}

void idmap_cache_keep(struct idmap_cache *cache, enum cache_direction direction, const char *key,
                      const char *value, int64_t until_ms, uint64_t generation)
{
    if (cache->sets == 0)
        return;
    pthread_mutex_lock(&cache->mutex);
    if (generation == cache->generation)
        put(cache, hash_of(direction, key), key, value, until_ms);
    pthread_mutex_unlock(&cache->mutex);
}

static void forget(struct idmap_cache *cache, enum cache_direction direction, const char *key)
{
    struct entry *entry = find(cache, hash_of(direction, key), key);
    if (entry != NULL)
        clear(entry);
}

uint64_t idmap_cache_forget(struct idmap_cache *cache, const char *legacy_id, const char *sub)
{
    pthread_mutex_lock(&cache->mutex);
    uint64_t generation = ++cache->generation;
    forget(cache, CACHE_SUB_OF, legacy_id);
    forget(cache, CACHE_LEGACY_ID_OF, sub);
    pthread_mutex_unlock(&cache->mutex);
    return generation;
}
