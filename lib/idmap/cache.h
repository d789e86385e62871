/* SPDX-License-Identifier: Apache-2.0
 * Look-ups remembered for a while: so many, and no more. */
#ifndef IDMAP_CACHE_H
#define IDMAP_CACHE_H

#include <cogmig/status.h>
#include <stdbool.h>
#include <stdint.h>

enum cache_direction {
    CACHE_SUB_OF,       /* a legacy id */
    CACHE_LEGACY_ID_OF, /* a sub */
};

struct idmap_cache;

/* entries  0: nothing is remembered. NULL: no memory. */
struct idmap_cache *idmap_cache_new(int32_t entries);
void idmap_cache_free(struct idmap_cache *cache);

/* Anything at all? Without, there is nothing to ask it. */
bool idmap_cache_remembers(const struct idmap_cache *cache);

enum cache_answer {
    CACHE_KNOWS_NOTHING,
    CACHE_KNOWS_OTHER_SIDE,
    CACHE_KNOWS_MISS
};

/* ret_value  out: a copy, released with memory_free(); NULL for anything but the other side, and
 *            when memory is refused: then nothing is known */
enum cache_answer idmap_cache_find(struct idmap_cache *cache, enum cache_direction direction,
                                   const char *key, int64_t now_ms, char **ret_value);

/* Ask before the database is asked; what was forgotten meanwhile is then not remembered again. */
uint64_t idmap_cache_generation(struct idmap_cache *cache);

/* Remember until a moment on the steady clock, in place of what its set held longest. value NULL: a
 * miss. */
void idmap_cache_keep(struct idmap_cache *cache, enum cache_direction direction, const char *key,
                      const char *value, int64_t until_ms, uint64_t generation);

/* Begin a new generation, which is returned, without what is known of these two. */
uint64_t idmap_cache_forget(struct idmap_cache *cache, const char *legacy_id, const char *sub);

#endif
