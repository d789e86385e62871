/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "base/public.h"
#include "status/error.h"

#include <cogmig/store.h>
#include <stdlib.h>

struct name_variable {
    const char *variable;
    cogmig_status (*set)(cogmig_store_config *config, const char *name, cogmig_error *err);
    bool may_be_empty; /* there is no such thing */
};

static const struct name_variable name_variables[] = {
    {"COGMIG_SCHEMA", cogmig_store_config_set_schema, true},
    {"COGMIG_TABLE", cogmig_store_config_set_table, false},
    {"COGMIG_ID_COLUMN", cogmig_store_config_set_id_column, false},
    {"COGMIG_EMAIL_COLUMN", cogmig_store_config_set_email_column, false},
    {"COGMIG_NAME_COLUMN", cogmig_store_config_set_name_column, true},
    {"COGMIG_PASSWORD_COLUMN", cogmig_store_config_set_password_column, false},
    {"COGMIG_EMAIL_VERIFIED_COLUMN", cogmig_store_config_set_email_verified_column, true},
    {"COGMIG_CREATED_AT_COLUMN", cogmig_store_config_set_created_at_column, true},
    {"COGMIG_UPDATED_AT_COLUMN", cogmig_store_config_set_updated_at_column, true},
};

static cogmig_status apply(const struct name_variable *v, cogmig_store_config *config,
                           cogmig_error *err)
{
    const char *name = getenv(v->variable);
    if (name == NULL)
        return COGMIG_OK;
    if (name[0] == '\0' && !v->may_be_empty)
        return fail(err, COGMIG_CONFIG_INVALID, "%s is empty; give it a name or unset it.",
                    v->variable);
    return v->set(config, name[0] == '\0' ? NULL : name, err);
}

static cogmig_status apply_url(cogmig_store_config *config, cogmig_error *err)
{
    const char *url = getenv("DATABASE_URL");
    if (url == NULL || url[0] == '\0')
        return fail(err, COGMIG_CONFIG_INCOMPLETE,
                    "DATABASE_URL is not set; it looks like postgresql://… or file:./dev.db.");
    return cogmig_store_config_set_url(config, url, err);
}

static cogmig_status apply_ping(cogmig_store_config *config, cogmig_error *err)
{
    static const char variable[] = "COGMIG_PING_AFTER_IDLE_MS";
    const char *text = getenv(variable);
    if (text == NULL || text[0] == '\0')
        return COGMIG_OK;
    char *end;
    long idle_ms = strtol(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || idle_ms > INT32_MAX)
        return fail(err, COGMIG_CONFIG_INVALID, "%s is a whole number of milliseconds.", variable);
    return cogmig_store_config_set_ping_after_idle_ms(config, (int32_t)idle_ms, err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_new_from_env(cogmig_store_config **ret_config,
                                                             cogmig_error *err)
{
    SCOPED(cogmig_store_config_free) cogmig_store_config *config = NULL;
    if (ret_config != NULL)
        *ret_config = NULL;
    cogmig_status status = cogmig_store_config_new(ret_config == NULL ? NULL : &config, err);
    if (status == COGMIG_OK)
        status = apply_url(config, err);
    for (size_t i = 0; i < sizeof name_variables / sizeof name_variables[0]; i++)
        if (status == COGMIG_OK)
            status = apply(&name_variables[i], config, err);
    if (status == COGMIG_OK)
        status = apply_ping(config, err);
    if (status != COGMIG_OK)
        return status;
    *ret_config = config;
    config = NULL;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_store_open_from_env(cogmig_store **ret_store, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_store == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "ret_store is NULL.");
    *ret_store = NULL;
    SCOPED(cogmig_store_config_free) cogmig_store_config *config = NULL;
    cogmig_status status = cogmig_store_config_new_from_env(&config, err);
    return status == COGMIG_OK ? cogmig_store_open(config, ret_store, err) : status;
}
