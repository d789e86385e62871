/* SPDX-License-Identifier: Apache-2.0 */
#include "store/config.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "status/error.h"
#include "store/model.h"
#include "store/pool_config.h"

enum {
    MAX_NAME = 255,
    DEFAULT_TIMEOUT_MS = 4000,
    MAX_TIMEOUT_MS = 600000
};

static bool set_prisma_names(struct store_model *model)
{
    static const char *const names[COLUMN_COUNT] = {
        [COLUMN_ID] = "id",
        [COLUMN_EMAIL] = "email",
        [COLUMN_NAME] = "name",
        [COLUMN_PASSWORD] = "password",
        [COLUMN_EMAIL_VERIFIED] = "emailVerified",
        [COLUMN_CREATED_AT] = "createdAt",
        [COLUMN_UPDATED_AT] = "updatedAt",
    };
    bool good = (model->table = memory_copy_text("User")) != NULL;
    for (int i = 0; i < COLUMN_COUNT && good; i++)
        good = (model->columns[i] = memory_copy_text(names[i])) != NULL;
    return good;
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_new(cogmig_store_config **ret_config,
                                                    cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_config == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "ret_config is NULL.");
    *ret_config = NULL;
    SCOPED(cogmig_store_config_free) cogmig_store_config *config = memory_new(sizeof *config);
    if (config == NULL || !set_prisma_names(&config->model))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
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

static cogmig_status check_name(const char *name, const char *what, cogmig_error *err)
{
    struct span text = span_of(name);
    if (text.len == 0)
        return fail(err, COGMIG_CONFIG_INVALID, "The name of the %s is empty.", what);
    if (text.len > MAX_NAME || !span_is_utf8(text))
        return fail(err, COGMIG_CONFIG_INVALID,
                    "The name of the %s is longer than 255 bytes or not UTF-8.", what);
    return COGMIG_OK;
}

static cogmig_status replace_name(char **slot, const char *name, const char *what,
                                  cogmig_error *err)
{
    cogmig_status status = name == NULL ? COGMIG_OK : check_name(name, what, err);
    if (status != COGMIG_OK)
        return status;
    char *copy = name == NULL ? NULL : memory_copy_text(name);
    if (name != NULL && copy == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    memory_free(*slot);
    *slot = copy;
    return COGMIG_OK;
}

static cogmig_status set_column(cogmig_store_config *config, enum store_column column,
                                const char *name, const char *what, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config is NULL.");
    return replace_name(&config->model.columns[column], name, what, err);
}

static cogmig_status set_required_column(cogmig_store_config *config, enum store_column column,
                                         const char *name, const char *what, cogmig_error *err)
{
    if (name == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "The name of the %s is NULL.", what);
    return set_column(config, column, name, what, err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_schema(cogmig_store_config *config,
                                                           const char *schema, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config is NULL.");
    cogmig_status status = replace_name(&config->model.schema, schema, "schema", err);
    config->schema_given |= status == COGMIG_OK;
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_table(cogmig_store_config *config,
                                                          const char *table, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || table == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config or table is NULL.");
    return replace_name(&config->model.table, table, "table", err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_id_column(cogmig_store_config *config,
                                                              const char *column, cogmig_error *err)
{
    return set_required_column(config, COLUMN_ID, column, "id column", err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_email_column(cogmig_store_config *config,
                                                                 const char *column,
                                                                 cogmig_error *err)
{
    return set_required_column(config, COLUMN_EMAIL, column, "e-mail column", err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_name_column(cogmig_store_config *config,
                                                                const char *column,
                                                                cogmig_error *err)
{
    return set_column(config, COLUMN_NAME, column, "name column", err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_password_column(cogmig_store_config *config,
                                                                    const char *column,
                                                                    cogmig_error *err)
{
    return set_required_column(config, COLUMN_PASSWORD, column, "password column", err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_email_verified_column(
    cogmig_store_config *config, const char *column, cogmig_error *err)
{
    return set_column(config, COLUMN_EMAIL_VERIFIED, column, "verified column", err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_created_at_column(cogmig_store_config *config,
                                                                      const char *column,
                                                                      cogmig_error *err)
{
    return set_column(config, COLUMN_CREATED_AT, column, "created-at column", err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_updated_at_column(cogmig_store_config *config,
                                                                      const char *column,
                                                                      cogmig_error *err)
{
    return set_column(config, COLUMN_UPDATED_AT, column, "updated-at column", err);
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
