/* SPDX-License-Identifier: Apache-2.0
 * A map from the variables that a project has in its .env. */
#include "base/cleanup.h"
#include "base/public.h"
#include "idmap/config.h"
#include "status/error.h"
#include "store/pool_config.h"

#include <cogmig/idmap.h>
#include <stdlib.h>

static const struct {
    const char *name;
    cogmig_status (*set)(cogmig_idmap_config *config, const char *value, cogmig_error *err);
} variables[] = {
    {"COGNITO_USER_POOL_ID", cogmig_idmap_config_set_pool},
    {"COGMIG_IDMAP_SCHEMA", cogmig_idmap_config_set_schema},
    {"COGMIG_IDMAP_TABLE", cogmig_idmap_config_set_table},
};

/* An empty variable, as an .env file leaves it, is none. */
static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value == NULL || value[0] == '\0' ? NULL : value;
}

static cogmig_status apply_url(cogmig_idmap_config *config, cogmig_error *err)
{
    const char *name = variable("COGMIG_IDMAP_URL") == NULL ? "DATABASE_URL" : "COGMIG_IDMAP_URL";
    const char *url = variable(name);
    cogmig_status status = url == NULL ? COGMIG_OK : cogmig_idmap_config_set_url(config, url, err);
    if (status == COGMIG_OK)
        return COGMIG_OK;
    return fail(err, status, "%s: %s", name, cogmig_error_message(err));
}

/* What stands before the store stands before a map in its database. */
static cogmig_status apply_pooler(cogmig_idmap_config *config, cogmig_error *err)
{
    const char *name = variable("COGMIG_POOLER");
    int32_t pooler;
    if (name == NULL || variable("COGMIG_IDMAP_URL") != NULL)
        return COGMIG_OK;
    cogmig_status status = pool_config_read_pooler(name, &pooler, err);
    if (status == COGMIG_OK)
        config->url.through_pgbouncer = pooler != COGMIG_POOLER_NONE;
    return status;
}

static cogmig_status apply_ping(cogmig_idmap_config *config, cogmig_error *err)
{
    const char *text = variable("COGMIG_PING_AFTER_IDLE_MS");
    return text == NULL ? COGMIG_OK
                        : pool_config_read_idle_ms(text, &config->ping_after_idle_ms, err);
}

static cogmig_status apply(cogmig_idmap_config *config, cogmig_error *err)
{
    cogmig_status status = apply_url(config, err);
    if (status == COGMIG_OK)
        status = apply_pooler(config, err);
    if (status == COGMIG_OK)
        status = apply_ping(config, err);
    for (size_t i = 0; i < sizeof variables / sizeof variables[0] && status == COGMIG_OK; i++) {
        const char *value = variable(variables[i].name);
        if (value != NULL)
            status = variables[i].set(config, value, err);
    }
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_config_new_from_env(cogmig_idmap_config **ret_config,
                                                             cogmig_error *err)
{
    SCOPED(cogmig_idmap_config_free) cogmig_idmap_config *config = NULL;
    if (ret_config != NULL)
        *ret_config = NULL;
    cogmig_status status = cogmig_idmap_config_new(ret_config == NULL ? NULL : &config, err);
    if (status == COGMIG_OK)
        status = apply(config, err);
    if (status != COGMIG_OK)
        return status;
    *ret_config = config;
    config = NULL;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_open_from_env(cogmig_idmap **ret_map, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_map == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "ret_map is NULL.");
    *ret_map = NULL;
    SCOPED(cogmig_idmap_config_free) cogmig_idmap_config *config = NULL;
    cogmig_status status = cogmig_idmap_config_new_from_env(&config, err);
    return status == COGMIG_OK ? cogmig_idmap_open(config, ret_map, err) : status;
}
