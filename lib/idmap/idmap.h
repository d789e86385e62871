/* SPDX-License-Identifier: Apache-2.0
 * A map as the library itself uses it: with the caller's deadline. */
#ifndef IDMAP_IDMAP_H
#define IDMAP_IDMAP_H

#include "base/clock.h"
#include "idmap/backend.h"
#include "idmap/cache.h"
#include "idmap/key.h"
#include "store/turn.h"

#include <cogmig/idmap.h>
#include <stdatomic.h>

enum {
    IDMAP_COUNTERS = COGMIG_IDMAP_FAILURES + 1
};

#define IDMAP_NO_DEADLINE ((struct deadline){INT64_MAX})

struct cogmig_idmap {
    atomic_size_t holders;
    char pool_id[POOL_ID_MAX_BYTES + 1];
    int32_t timeout_ms;
    int32_t link_ttl_ms;
    int32_t miss_ttl_ms;
    bool require_uuid;
    bool require_link;
    const struct idmap_backend *backend;
    void *state;
    char *sql[IDMAP_STATEMENT_COUNT];
    struct turn turn;
    struct idmap_cache *cache;
    atomic_bool proved_unique;
    _Atomic uint64_t counters[IDMAP_COUNTERS];
};

/* One more holder; released with cogmig_idmap_free(). */
cogmig_idmap *idmap_hold(cogmig_idmap *map);

/* As the public ones, by the earlier of this deadline and the map's own time-out. */
cogmig_status idmap_link(cogmig_idmap *map, const char *legacy_id, const char *sub,
                         struct deadline deadline, cogmig_error *err);
cogmig_status idmap_unlink(cogmig_idmap *map, const char *legacy_id, const char *sub,
                           struct deadline deadline, cogmig_error *err);

/* A row's id, as a text of its own in place of the one there was. STORE_ROW_INVALID: it cannot be
 * one. */
cogmig_status idmap_take_id(struct span id, char **ret_id, cogmig_error *err);

/* A row of a look-up: the other side, and the key where it comes along. STORE_SCHEMA_MISMATCH: the
 * column holds another key equal to the one asked, as citext, char(n) and COLLATE NOCASE do. */
cogmig_status idmap_take_other(const struct span *columns, const char *key, char **ret_other,
                               cogmig_error *err);

enum idmap_freshness {
    IDMAP_CACHED,
    IDMAP_FRESH /* the database is asked */
};

/* The other side of a key, or NULL. */
cogmig_status idmap_find(cogmig_idmap *map, enum cache_direction direction, const char *key,
                         enum idmap_freshness freshness, struct deadline deadline, char **ret_other,
                         cogmig_error *err);

/* Is that token's or event's pair what the map says? IDMAP_CONFLICT when either side is linked
 * otherwise; *ret_linked tells whether there is such a link at all. */
cogmig_status idmap_hold_against(cogmig_idmap *map, const char *legacy_id, const char *sub,
                                 struct deadline deadline, bool *ret_linked, cogmig_error *err);

/* Ask the database, when its turn comes. */
cogmig_status idmap_ask(cogmig_idmap *map, struct idmap_question *question,
                        struct deadline deadline, cogmig_error *err);

/* The database confirms both constraints; IDMAP_NOT_INSTALLED. */
cogmig_status idmap_prove_unique(cogmig_idmap *map, struct deadline deadline, cogmig_error *err);

/* The table is there, with its columns and constraints. */
cogmig_status idmap_prove_installed(const cogmig_idmap_config *config, cogmig_error *err);

/* The earlier of this deadline and the map's own time-out. */
struct deadline idmap_deadline(const cogmig_idmap *map, struct deadline deadline);

/* Count how a call ended, and hand its status on. */
cogmig_status idmap_note(cogmig_idmap *map, cogmig_status status);
void idmap_count(cogmig_idmap *map, int32_t counter);

#endif
