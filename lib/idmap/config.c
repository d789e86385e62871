/* SPDX-License-Identifier: Apache-2.0 */
#include "idmap/config.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "status/error.h"
#include "store/backend.h"
#include "store/pool_config.h"

#include <inttypes.h>
#include <string.h>

enum {
    MAX_NAME = 255,
    DEFAULT_TIMEOUT_MS = 4000,
    MAX_TIMEOUT_MS = 600000,
    DEFAULT_CACHE_ENTRIES = 4096,
    MAX_CACHE_ENTRIES = 1024 * 1024,
    DEFAULT_LINK_TTL_MS = 60000,
    DEFAULT_MISS_TTL_MS = 1000,
    MAX_TTL_MS = 86400000
};

COGMIG_PUBLIC cogmig_status cogmig_idmap_config_new(cogmig_idmap_config **ret_config,
                                                    cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_config == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "ret_config is NULL.");
    *ret_config = NULL;
    SCOPED(cogmig_idmap_config_free) cogmig_idmap_config *config = memory_new(sizeof *config);
    if (config == NULL || (config->table = memory_copy_text("cogmig_idmap")) == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    config->timeout_ms = DEFAULT_TIMEOUT_MS;
    config->ping_after_idle_ms = POOL_PING_AFTER_IDLE_MS;
    config->cache_entries = DEFAULT_CACHE_ENTRIES;
    config->link_ttl_ms = DEFAULT_LINK_TTL_MS;
    config->miss_ttl_ms = DEFAULT_MISS_TTL_MS;
    *ret_config = config;
    config = NULL;
    return COGMIG_OK;
}

COGMIG_PUBLIC void cogmig_idmap_config_free(cogmig_idmap_config **config)
{
    if (config == NULL || *config == NULL)
        return;
    store_url_release(&(*config)->url);
    memory_free((*config)->schema);
    memory_free((*config)->table);
    memory_free(*config);
    *config = NULL;
}

/* ---- where it is ---- */

static const struct idmap_backend *backend_of(enum store_url_kind kind)
{
#ifdef COGMIG_SQLITE
    if (kind == STORE_URL_SQLITE)
        return &sqlite_idmap_backend;
#endif
    return kind == STORE_URL_POSTGRESQL ? &libpq_idmap_backend : NULL;
}

const struct idmap_backend *idmap_config_backend(const cogmig_idmap_config *config)
{
    return backend_of(config->url.kind);
}

static cogmig_status check_url(const struct store_url *url, cogmig_error *err)
{
    if (backend_of(url->kind) == NULL)
        return fail(err, COGMIG_NOT_BUILT_IN,
                    "This build of the library cannot open SQLite files; it was made with "
                    "-Dsqlite=disabled.");
    return url->kind == STORE_URL_POSTGRESQL ? libpq_backend.check(url->target, err) : COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_config_set_url(cogmig_idmap_config *config,
                                                        const char *url, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || url == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config or url is NULL.");
    SCOPED(store_url_release) struct store_url parsed = {.target = NULL};
    cogmig_status status = store_url_parse(url, &parsed, err);
    if (status == COGMIG_OK)
        status = check_url(&parsed, err);
    if (status != COGMIG_OK)
        return status;
    store_url_release(&config->url);
    config->url = parsed;
    parsed = (struct store_url){.target = NULL};
    return COGMIG_OK;
}

static cogmig_status replace_name(char **slot, const char *name, const char *what,
                                  cogmig_error *err)
{
    struct span text = span_of(name);
    if (name != NULL && (text.len == 0 || text.len > MAX_NAME || !span_is_utf8(text)))
        return fail(err, COGMIG_CONFIG_INVALID,
                    "The name of the map's %s is not 1 to %d bytes of UTF-8.", what, MAX_NAME);
    char *copy = name == NULL ? NULL : memory_copy_text(name);
    if (name != NULL && copy == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    memory_free(*slot);
    *slot = copy;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_config_set_schema(cogmig_idmap_config *config,
                                                           const char *schema, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config is NULL.");
    cogmig_status status = replace_name(&config->schema, schema, "schema", err);
    config->schema_given |= status == COGMIG_OK;
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_config_set_table(cogmig_idmap_config *config,
                                                          const char *table, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || table == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config or table is NULL.");
    return replace_name(&config->table, table, "table", err);
}

struct idmap_table idmap_config_table(const cogmig_idmap_config *config)
{
    return (struct idmap_table){config->schema_given ? config->schema : config->url.schema,
                                config->table, config->url.kind};
}

struct idmap_settings idmap_config_settings(const cogmig_idmap_config *config)
{
    return (struct idmap_settings){.target = config->url.target,
                                   .through_pgbouncer = config->url.through_pgbouncer,
                                   .timeout_ms = config->timeout_ms,
                                   .ping_after_idle_ms = config->ping_after_idle_ms};
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_config_set_pool(cogmig_idmap_config *config,
                                                         const char *pool_id, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || pool_id == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config or pool_id is NULL.");
    cogmig_status status = idmap_check_pool_id(span_of(pool_id), err);
    if (status == COGMIG_OK)
        memcpy(config->pool_id, pool_id, strlen(pool_id) + 1);
    return status;
}

/* ---- numbers ---- */

static cogmig_status set_number(int32_t *slot, int32_t value, int32_t least, int32_t most,
                                const char *what, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (slot == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config is NULL.");
    if (value < least || value > most)
        return fail(err, COGMIG_CONFIG_INVALID,
                    "The map's %s is %" PRId32 " to %" PRId32 ", not %" PRId32 ".", what, least,
                    most, value);
    *slot = value;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_config_set_timeout_ms(cogmig_idmap_config *config,
                                                               int32_t timeout_ms,
                                                               cogmig_error *err)
{
    return set_number(config == NULL ? NULL : &config->timeout_ms, timeout_ms, 1, MAX_TIMEOUT_MS,
                      "time-out in ms", err);
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_config_set_cache_entries(cogmig_idmap_config *config,
                                                                  int32_t entries,
                                                                  cogmig_error *err)
{
    return set_number(config == NULL ? NULL : &config->cache_entries, entries, 0, MAX_CACHE_ENTRIES,
                      "number of cached entries", err);
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_config_set_link_ttl_ms(cogmig_idmap_config *config,
                                                                int32_t link_ttl_ms,
                                                                cogmig_error *err)
{
    return set_number(config == NULL ? NULL : &config->link_ttl_ms, link_ttl_ms, 0, MAX_TTL_MS,
                      "time to believe a link, in ms,", err);
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_config_set_miss_ttl_ms(cogmig_idmap_config *config,
                                                                int32_t miss_ttl_ms,
                                                                cogmig_error *err)
{
    return set_number(config == NULL ? NULL : &config->miss_ttl_ms, miss_ttl_ms, 0, MAX_TTL_MS,
                      "time to believe a miss, in ms,", err);
}

/* ---- rules ---- */

static cogmig_status set_flag(bool *flag, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (flag == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config is NULL.");
    *flag = true;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_config_require_uuid(cogmig_idmap_config *config,
                                                             cogmig_error *err)
{
    return set_flag(config == NULL ? NULL : &config->require_uuid, err);
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_config_require_link(cogmig_idmap_config *config,
                                                             cogmig_error *err)
{
    return set_flag(config == NULL ? NULL : &config->require_link, err);
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_config_allow_outage(cogmig_idmap_config *config,
                                                             cogmig_error *err)
{
    return set_flag(config == NULL ? NULL : &config->allow_outage, err);
}
