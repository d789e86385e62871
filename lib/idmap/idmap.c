/* SPDX-License-Identifier: Apache-2.0 */
#include "idmap/idmap.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "idmap/config.h"
#include "status/error.h"

#include <string.h>

/* ---- what it counts ---- */

void idmap_count(cogmig_idmap *map, int32_t counter)
{
    atomic_fetch_add_explicit(&map->counters[counter], 1, memory_order_relaxed);
}

cogmig_status idmap_note(cogmig_idmap *map, cogmig_status status)
{
    if (status == COGMIG_IDMAP_CONFLICT)
        idmap_count(map, COGMIG_IDMAP_CONFLICTS);
    else if (cogmig_status_kind(status) == COGMIG_KIND_UNAVAILABLE)
        idmap_count(map, COGMIG_IDMAP_FAILURES);
    return status;
}

COGMIG_PUBLIC uint64_t cogmig_idmap_get_counter(const cogmig_idmap *map, int32_t counter)
{
    if (map == NULL || counter < 1 || counter >= IDMAP_COUNTERS)
        return 0;
    return atomic_load_explicit(&map->counters[counter], memory_order_relaxed);
}

/* ---- opening and its end ---- */

cogmig_idmap *idmap_hold(cogmig_idmap *map)
{
    atomic_fetch_add(&map->holders, 1);
    return map;
}

static void release(cogmig_idmap *map)
{
    if (map->state != NULL)
        map->backend->close(map->state);
    for (int i = 0; i < IDMAP_STATEMENT_COUNT; i++)
        memory_free(map->sql[i]);
    idmap_cache_free(map->cache);
    turn_destroy(&map->turn);
    memory_free(map);
}

COGMIG_PUBLIC void cogmig_idmap_free(cogmig_idmap **map)
{
    if (map == NULL || *map == NULL)
        return;
    cogmig_idmap *held = *map;
    *map = NULL;
    if (atomic_fetch_sub(&held->holders, 1) == 1)
        release(held);
}

static bool make_statements(cogmig_idmap *map, const struct idmap_table *table)
{
    for (int i = 0; i < IDMAP_STATEMENT_COUNT; i++)
        if ((map->sql[i] = idmap_sql(table, (enum idmap_statement)i)) == NULL)
            return false;
    return true;
}

static cogmig_idmap *make_map(const cogmig_idmap_config *config)
{
    cogmig_idmap *map = memory_new(sizeof *map);
    if (map == NULL || !turn_init(&map->turn)) {
        memory_free(map);
        return NULL;
    }
    atomic_init(&map->holders, 1);
    memcpy(map->pool_id, config->pool_id, sizeof map->pool_id);
    map->timeout_ms = config->timeout_ms;
    map->link_ttl_ms = config->link_ttl_ms;
    map->miss_ttl_ms = config->miss_ttl_ms;
    map->require_uuid = config->require_uuid;
    map->require_link = config->require_link;
    map->backend = idmap_config_backend(config);
    map->cache = idmap_cache_new(config->cache_entries);
    struct idmap_table table = idmap_config_table(config);
    if (map->cache == NULL || !make_statements(map, &table))
        cogmig_idmap_free(&map);
    return map;
}

/* Nothing has an empty id. */
static cogmig_status prove_table(cogmig_idmap *map, struct deadline deadline, cogmig_error *err)
{
    struct idmap_question question = {
        .statement = IDMAP_FIND_PAIRS, .parameters = {map->pool_id, "", ""}, .parameter_count = 3};
    return idmap_ask(map, &question, deadline, err);
}

static cogmig_status open_map(cogmig_idmap *map, const cogmig_idmap_config *config,
                              cogmig_error *err)
{
    struct deadline deadline = deadline_in_ms(config->timeout_ms);
    struct idmap_settings settings = idmap_config_settings(config);
    settings.sql = map->sql;
    cogmig_status status = map->backend->open(&settings, deadline, &map->state, err);
    if (status != COGMIG_OK)
        return status;
    status = prove_table(map, deadline, err);
    if (!config->allow_outage || cogmig_status_kind(status) != COGMIG_KIND_UNAVAILABLE)
        return status;
    cogmig_error_clear(err);
    return COGMIG_OK;
}

static cogmig_status make_and_open(const cogmig_idmap_config *config, cogmig_idmap **ret_map,
                                   cogmig_error *err)
{
    SCOPED(cogmig_idmap_free) cogmig_idmap *map = make_map(config);
    if (map == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    cogmig_status status = open_map(map, config, err);
    if (status != COGMIG_OK)
        return status;
    *ret_map = map;
    map = NULL;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_open(const cogmig_idmap_config *config,
                                              cogmig_idmap **ret_map, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_map == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "ret_map is NULL.");
    *ret_map = NULL;
    if (config == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config is NULL.");
    if (config->url.target == NULL || config->pool_id[0] == '\0')
        return fail(err, COGMIG_CONFIG_INCOMPLETE, "The identity map has no %s.",
                    config->url.target == NULL ? "URL (COGMIG_IDMAP_URL or DATABASE_URL)"
                                               : "user pool (COGNITO_USER_POOL_ID)");
    return make_and_open(config, ret_map, err);
}

cogmig_status idmap_prove_installed(const cogmig_idmap_config *config, cogmig_error *err)
{
    SCOPED(cogmig_idmap_free) cogmig_idmap *map = NULL;
    cogmig_status status = make_and_open(config, &map, err);
    if (status == COGMIG_OK)
        status = idmap_prove_unique(map, deadline_in_ms(config->timeout_ms), err);
    return status;
}

/* ---- asking the database ---- */

struct deadline idmap_deadline(const cogmig_idmap *map, struct deadline deadline)
{
    return deadline_earlier(deadline, deadline_in_ms(map->timeout_ms));
}

static cogmig_status explain(cogmig_idmap *map, cogmig_status status, cogmig_error *err)
{
    if (status != COGMIG_STORE_SCHEMA_MISMATCH)
        return status;
    const char *table = strchr(map->sql[IDMAP_FIND_SUB], '"');
    return fail(err, COGMIG_IDMAP_NOT_INSTALLED,
                "The identity map's table %.*s is not there, or not as cogmig idmap install makes "
                "it.",
                (int)(strstr(table, " WHERE ") - table), table);
}

cogmig_status idmap_ask(cogmig_idmap *map, struct idmap_question *question,
                        struct deadline deadline, cogmig_error *err)
{
    if (deadline_passed(deadline) || !turn_take(&map->turn, deadline))
        return fail(err, COGMIG_DEADLINE_EXCEEDED,
                    "The time was over before the identity map's database could be asked.");
    cogmig_status status = map->backend->ask(map->state, question, deadline, err);
    turn_give_back(&map->turn);
    return explain(map, status, err);
}
