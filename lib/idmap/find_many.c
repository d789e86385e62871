/* SPDX-License-Identifier: Apache-2.0
 * Many look-ups, in few questions where the database takes arrays. */
#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "idmap/idmap.h"
#include "status/error.h"

enum {
    MAX_AT_ONCE = 1000,
    MAX_ARRAY_BYTES = MAX_AT_ONCE * (2 * ID_MAX_BYTES + 4)
};

/* Some keys of one call, and what is found for them. */
struct batch {
    cogmig_idmap *map;
    enum cache_direction direction;
    const char *const *keys;
    size_t count;
    char *others[MAX_AT_ONCE];
    size_t answered;
};

static void release_batch(struct batch **batch)
{
    for (size_t i = 0; *batch != NULL && i < MAX_AT_ONCE; i++)
        memory_free((*batch)->others[i]);
    memory_free(*batch);
}

/* {"a","b"}: PostgreSQL manual, "Array Input and Output Syntax". */
static void add_element(struct buffer *array, const char *key)
{
    buffer_add_byte(array, '"');
    for (; *key != '\0'; key++) {
        if (*key == '"' || *key == '\\')
            buffer_add_byte(array, '\\');
        buffer_add_byte(array, *key);
    }
    buffer_add_byte(array, '"');
}

static char *array_of(const struct batch *batch)
{
    SCOPED(buffer_release) struct buffer array = buffer_with_max(MAX_ARRAY_BYTES);
    for (size_t i = 0; i < batch->count; i++) {
        buffer_add_byte(&array, i == 0 ? '{' : ',');
        add_element(&array, batch->keys[i]);
    }
    buffer_add_byte(&array, '}');
    return buffer_take(&array, NULL);
}

static cogmig_status take_next(void *user_data, const struct span *columns, cogmig_error *err)
{
    struct batch *batch = user_data;
    size_t place = batch->answered++;
    if (place >= batch->count)
        return fail(err, COGMIG_STORE_ROW_INVALID,
                    "The identity map has more than one link of an id.");
    if (columns[1].bytes == NULL)
        return COGMIG_OK;
    return idmap_take_other(columns, batch->keys[place], &batch->others[place], err);
}

static cogmig_status ask_with_array(struct batch *batch, struct deadline deadline,
                                    cogmig_error *err)
{
    SCOPED(memory_release) char *array = array_of(batch);
    if (array == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    struct idmap_question question = {
        .statement = batch->direction == CACHE_SUB_OF ? IDMAP_FIND_SUBS : IDMAP_FIND_LEGACY_IDS,
        .parameters = {batch->map->pool_id, array},
        .parameter_count = 2,
        .take = take_next,
        .user_data = batch};
    for (size_t i = 0; i < batch->count; i++)
        idmap_count(batch->map, COGMIG_IDMAP_LOOKUPS);
    return idmap_ask(batch->map, &question, deadline, err);
}

static cogmig_status ask_one_by_one(struct batch *batch, struct deadline deadline,
                                    cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    for (size_t i = 0; i < batch->count && status == COGMIG_OK; i++)
        status = idmap_find(batch->map, batch->direction, batch->keys[i], IDMAP_FRESH, deadline,
                            &batch->others[i], err);
    return status;
}

static cogmig_status check_keys(const struct batch *batch, cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    for (size_t i = 0; i < batch->count && status == COGMIG_OK; i++)
        status = batch->direction == CACHE_SUB_OF
                     ? idmap_check_legacy_id(batch->keys[i], batch->map->require_uuid, err)
                     : idmap_check_sub(batch->keys[i], err);
    return status;
}

static cogmig_status ask(struct batch *batch, cogmig_error *err)
{
    struct deadline deadline = idmap_deadline(batch->map, IDMAP_NO_DEADLINE);
    cogmig_status status = check_keys(batch, err);
    if (status != COGMIG_OK)
        return status;
    status = batch->map->backend->takes_arrays ? ask_with_array(batch, deadline, err)
                                               : ask_one_by_one(batch, deadline, err);
    return idmap_note(batch->map, status);
}

static cogmig_status hand_over(const struct batch *batch, size_t before,
                               cogmig_idmap_found_fn found, void *user_data, cogmig_error *err)
{
    for (size_t i = 0; i < batch->count; i++) {
        cogmig_status said = found(user_data, before + i, batch->others[i]);
        if (said == COGMIG_OK)
            continue;
        fail_plainly(err, COGMIG_STOPPED_BY_CALLBACK);
        fail_upstream_number(err, COGMIG_UPSTREAM_CALLBACK, said);
        return COGMIG_STOPPED_BY_CALLBACK;
    }
    return COGMIG_OK;
}

static cogmig_status find_batch(cogmig_idmap *map, enum cache_direction direction,
                                const char *const *keys, size_t before, size_t count,
                                cogmig_idmap_found_fn found, void *user_data, cogmig_error *err)
{
    SCOPED(release_batch) struct batch *batch = memory_new(sizeof *batch);
    if (batch == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    batch->map = map;
    batch->direction = direction;
    batch->keys = keys + before;
    batch->count = count;
    cogmig_status status = ask(batch, err);
    return status == COGMIG_OK ? hand_over(batch, before, found, user_data, err) : status;
}

static cogmig_status find_many(cogmig_idmap *map, enum cache_direction direction,
                               const char *const *keys, size_t count, cogmig_idmap_found_fn found,
                               void *user_data, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (map == NULL || found == NULL || (keys == NULL && count > 0))
        return fail(err, COGMIG_INVALID_ARGUMENT, "map, found or the ids are NULL.");
    cogmig_status status = COGMIG_OK;
    for (size_t done = 0; done < count && status == COGMIG_OK; done += MAX_AT_ONCE) {
        size_t left = count - done;
        status = find_batch(map, direction, keys, done, left < MAX_AT_ONCE ? left : MAX_AT_ONCE,
                            found, user_data, err);
    }
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_find_subs(cogmig_idmap *map, const char *const *legacy_ids,
                                                   size_t count, cogmig_idmap_found_fn found,
                                                   void *user_data, cogmig_error *err)
{
    return find_many(map, CACHE_SUB_OF, legacy_ids, count, found, user_data, err);
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_find_legacy_ids(cogmig_idmap *map, const char *const *subs,
                                                         size_t count, cogmig_idmap_found_fn found,
                                                         void *user_data, cogmig_error *err)
{
    return find_many(map, CACHE_LEGACY_ID_OF, subs, count, found, user_data, err);
}
