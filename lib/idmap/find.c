/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "idmap/idmap.h"
#include "status/error.h"

cogmig_status idmap_take_id(struct span id, char **ret_id, cogmig_error *err)
{
    if (id.len == 0 || id.len > ID_MAX_BYTES || !span_is_utf8(id))
        return fail(err, COGMIG_STORE_ROW_INVALID,
                    "The identity map has a row with an id that is not 1 to %d bytes of UTF-8.",
                    ID_MAX_BYTES);
    memory_free(*ret_id);
    *ret_id = memory_copy_bytes(id.bytes, id.len);
    return *ret_id == NULL ? fail_plainly(err, COGMIG_OUT_OF_MEMORY) : COGMIG_OK;
}

cogmig_status idmap_take_other(const struct span *columns, const char *key, char **ret_other,
                               cogmig_error *err)
{
    if (columns[1].bytes != NULL && !span_equal_text(columns[1], key))
        return fail_plainly(err, COGMIG_STORE_SCHEMA_MISMATCH);
    if (*ret_other != NULL)
        return fail(err, COGMIG_STORE_ROW_INVALID,
                    "The identity map has more than one link of \"%.64s\".", key);
    return idmap_take_id(columns[0], ret_other, err);
}

struct wanted {
    const char *key;
    char **ret_other;
};

static cogmig_status take_wanted(void *user_data, const struct span *columns, cogmig_error *err)
{
    const struct wanted *wanted = user_data;
    return idmap_take_other(columns, wanted->key, wanted->ret_other, err);
}

static cogmig_status ask_for(cogmig_idmap *map, enum cache_direction direction, const char *key,
                             struct deadline deadline, char **ret_other, cogmig_error *err)
{
    struct wanted wanted = {key, ret_other};
    struct idmap_question question = {.statement = direction == CACHE_SUB_OF ? IDMAP_FIND_SUB
                                                                             : IDMAP_FIND_LEGACY_ID,
                                      .parameters = {map->pool_id, key},
                                      .parameter_count = 2,
                                      .take = take_wanted,
                                      .user_data = &wanted};
    bool remembers = idmap_cache_remembers(map->cache);
    uint64_t generation = remembers ? idmap_cache_generation(map->cache) : 0;
    idmap_count(map, COGMIG_IDMAP_LOOKUPS);
    cogmig_status status = idmap_ask(map, &question, deadline, err);
    if (status != COGMIG_OK || !remembers)
        return status;
    int32_t ttl_ms = *ret_other == NULL ? map->miss_ttl_ms : map->link_ttl_ms;
    idmap_cache_keep(map->cache, direction, key, *ret_other, clock_coarse_ms() + ttl_ms,
                     generation);
    return COGMIG_OK;
}

cogmig_status idmap_find(cogmig_idmap *map, enum cache_direction direction, const char *key,
                         enum idmap_freshness freshness, struct deadline deadline, char **ret_other,
                         cogmig_error *err)
{
    enum cache_answer known = CACHE_KNOWS_NOTHING;
    if (freshness == IDMAP_CACHED && idmap_cache_remembers(map->cache))
        known = idmap_cache_find(map->cache, direction, key, clock_coarse_ms(), ret_other);
    if (known == CACHE_KNOWS_NOTHING)
        return ask_for(map, direction, key, deadline, ret_other, err);
    idmap_count(map, COGMIG_IDMAP_CACHE_HITS);
    return COGMIG_OK;
}

static cogmig_status find_for_caller(cogmig_idmap *map, enum cache_direction direction,
                                     const char *key, char **ret_other, cogmig_error *err)
{
    SCOPED(memory_release) char *other = NULL;
    cogmig_status status = idmap_find(map, direction, key, IDMAP_CACHED,
                                      idmap_deadline(map, IDMAP_NO_DEADLINE), &other, err);
    if (status != COGMIG_OK)
        return idmap_note(map, status);
    if (other == NULL)
        return fail(err, COGMIG_IDMAP_NOT_LINKED, "The %s \"%.64s\" is not linked in pool %s.",
                    direction == CACHE_SUB_OF ? "legacy id" : "sub", key, map->pool_id);
    *ret_other = other;
    other = NULL;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_find_sub(cogmig_idmap *map, const char *legacy_id,
                                                  char **ret_sub, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_sub != NULL)
        *ret_sub = NULL;
    if (map == NULL || ret_sub == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "map or ret_sub is NULL.");
    cogmig_status status = idmap_check_legacy_id(legacy_id, map->require_uuid, err);
    return status == COGMIG_OK ? find_for_caller(map, CACHE_SUB_OF, legacy_id, ret_sub, err)
                               : status;
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_find_legacy_id(cogmig_idmap *map, const char *sub,
                                                        char **ret_legacy_id, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_legacy_id != NULL)
        *ret_legacy_id = NULL;
    if (map == NULL || ret_legacy_id == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "map or ret_legacy_id is NULL.");
    cogmig_status status = idmap_check_sub(sub, err);
    return status == COGMIG_OK ? find_for_caller(map, CACHE_LEGACY_ID_OF, sub, ret_legacy_id, err)
                               : status;
}
