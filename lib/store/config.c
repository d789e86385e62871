/* SPDX-License-Identifier: Apache-2.0 */
#include "store/config.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "status/error.h"
#include "store/model.h"
#include "store/pool_config.h"
#include "store/preset.h"

enum {
    DEFAULT_TIMEOUT_MS = 4000,
    MAX_TIMEOUT_MS = 600000
};

COGMIG_PUBLIC cogmig_status cogmig_store_config_new(cogmig_store_config **ret_config,
                                                    cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_config == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "ret_config is NULL.");
    *ret_config = NULL;
    SCOPED(cogmig_store_config_free) cogmig_store_config *config = memory_new(sizeof *config);
    if (config == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    cogmig_status status = preset_make(preset_by_default, &config->model, err);
    if (status != COGMIG_OK)
        return status;
    config->timeout_ms = DEFAULT_TIMEOUT_MS;
    config->pooler = NOT_GIVEN;
    pool_config_set_defaults(&config->limits);
    *ret_config = config;
    config = NULL;
    return COGMIG_OK;
}

COGMIG_PUBLIC void cogmig_store_config_free(cogmig_store_config **config)
{
    if (config == NULL || *config == NULL)
        return;
    model_release(&(*config)->model);
    store_url_release(&(*config)->url);
    memory_free(*config);
    *config = NULL;
}

struct store_model store_config_model(const cogmig_store_config *config)
{
    struct store_model model = config->model;
    model.schema = config->schema_given ? config->model.schema : config->url.schema;
    return model;
}

static const struct backend *backend_of(enum store_url_kind kind)
{
#ifdef COGMIG_SQLITE
    if (kind == STORE_URL_SQLITE)
        return &sqlite_backend;
#endif
    return kind == STORE_URL_POSTGRESQL ? &libpq_backend : NULL;
}

static cogmig_status check_url(const struct store_url *url, cogmig_error *err)
{
    const struct backend *backend = backend_of(url->kind);
    if (backend == NULL)
        return fail(err, COGMIG_NOT_BUILT_IN,
                    "This build of the library cannot open SQLite files; it was made with "
                    "-Dsqlite=disabled.");
    return backend->check == NULL ? COGMIG_OK : backend->check(url->target, err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_url(cogmig_store_config *config,
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
    config->backend = backend_of(parsed.kind);
    parsed = (struct store_url){.target = NULL};
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_callback(cogmig_store_config *config,
                                                             cogmig_store_find_fn find,
                                                             void *user_data, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || find == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config or find is NULL.");
    config->backend = &callback_backend;
    config->find = find;
    config->user_data = user_data;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_timeout_ms(cogmig_store_config *config,
                                                               int32_t timeout_ms,
                                                               cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config is NULL.");
    if (timeout_ms < 1 || timeout_ms > MAX_TIMEOUT_MS)
        return fail(err, COGMIG_CONFIG_INVALID, "The time-out is not 1 to 600000 ms.");
    config->timeout_ms = timeout_ms;
    return COGMIG_OK;
}
