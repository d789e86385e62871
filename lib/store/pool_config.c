/* SPDX-License-Identifier: Apache-2.0
 * How a pool is to behave: the configuration over the URL over the defaults. */
#include "store/pool_config.h"

#include "base/public.h"
#include "status/error.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_TIMEOUT_MS = 600000,
    MAX_AGE_S = 86400
};

void pool_config_set_defaults(struct pool_limits *limits)
{
    *limits = (struct pool_limits){
        .max = NOT_GIVEN,
        .min = 0,
        .acquire_timeout_ms = NOT_GIVEN,
        .max_lifetime_s = 1800,
        .max_idle_s = 600,
        .ping_after_idle_ms = POOL_PING_AFTER_IDLE_MS,
    };
}

static int32_t first_given(int32_t a, int32_t b, int32_t otherwise)
{
    if (a != NOT_GIVEN)
        return a;
    return b != NOT_GIVEN ? b : otherwise;
}

cogmig_status pool_config_limits(const cogmig_store_config *config, struct pool_limits *ret_limits,
                                 cogmig_error *err)
{
    *ret_limits = config->limits;
    ret_limits->max = first_given(config->limits.max, config->url.connection_limit, 4);
    ret_limits->acquire_timeout_ms =
        first_given(config->limits.acquire_timeout_ms, config->url.pool_timeout_ms, 1000);
    if (ret_limits->min <= ret_limits->max)
        return COGMIG_OK;
    return fail(err, COGMIG_CONFIG_INVALID,
                "The pool is to keep at least %d connections and have at most %d.",
                (int)ret_limits->min, (int)ret_limits->max);
}

static cogmig_status set(cogmig_store_config *config, size_t limit, int32_t value, int32_t lowest,
                         int32_t highest, const char *what, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config is NULL.");
    if (value < lowest || value > highest)
        return fail(err, COGMIG_CONFIG_INVALID, "The %s is %d to %d, not %d.", what, (int)lowest,
                    (int)highest, (int)value);
    *(int32_t *)((char *)&config->limits + limit) = value;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_max_connections(cogmig_store_config *config,
                                                                    int32_t connections,
                                                                    cogmig_error *err)
{
    return set(config, offsetof(struct pool_limits, max), connections, 1, POOL_MAX_CONNECTIONS,
               "highest number of connections", err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_min_connections(cogmig_store_config *config,
                                                                    int32_t connections,
                                                                    cogmig_error *err)
{
    return set(config, offsetof(struct pool_limits, min), connections, 0, POOL_MAX_CONNECTIONS,
               "lowest number of connections", err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_acquire_timeout_ms(cogmig_store_config *config,
                                                                       int32_t timeout_ms,
                                                                       cogmig_error *err)
{
    return set(config, offsetof(struct pool_limits, acquire_timeout_ms), timeout_ms, 1,
               MAX_TIMEOUT_MS, "acquire time-out in ms", err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_max_lifetime_s(cogmig_store_config *config,
                                                                   int32_t lifetime_s,
                                                                   cogmig_error *err)
{
    return set(config, offsetof(struct pool_limits, max_lifetime_s), lifetime_s, 1, MAX_AGE_S,
               "longest life of a connection in s", err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_max_idle_s(cogmig_store_config *config,
                                                               int32_t idle_s, cogmig_error *err)
{
    return set(config, offsetof(struct pool_limits, max_idle_s), idle_s, 1, MAX_AGE_S,
               "longest idleness of a connection in s", err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_ping_after_idle_ms(cogmig_store_config *config,
                                                                       int32_t idle_ms,
                                                                       cogmig_error *err)
{
    return set(config, offsetof(struct pool_limits, ping_after_idle_ms), idle_ms, 0, MAX_TIMEOUT_MS,
               "idleness in ms after which a connection is checked", err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_pooler(cogmig_store_config *config,
                                                           int32_t pooler, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config is NULL.");
    if (pooler < COGMIG_POOLER_NONE || pooler > COGMIG_POOLER_RDS_PROXY)
        return fail(err, COGMIG_CONFIG_INVALID,
                    "The pooler is one of COGMIG_POOLER_NONE, _PGBOUNCER and _RDS_PROXY.");
    config->pooler = pooler;
    return COGMIG_OK;
}

cogmig_status pool_config_read_pooler(const char *name, int32_t *ret_pooler, cogmig_error *err)
{
    static const char *const names[] = {"none", "pgbouncer", "rds-proxy"};
    for (int32_t i = 0; i < 3; i++) {
        *ret_pooler = COGMIG_POOLER_NONE + i;
        if (strcmp(name, names[i]) == 0)
            return COGMIG_OK;
    }
    return fail(err, COGMIG_CONFIG_INVALID, "COGMIG_POOLER is none, pgbouncer or rds-proxy.");
}

cogmig_status pool_config_read_idle_ms(const char *text, int32_t *ret_idle_ms, cogmig_error *err)
{
    char *end;
    long idle_ms = strtol(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || idle_ms > INT32_MAX)
        return fail(err, COGMIG_CONFIG_INVALID,
                    "COGMIG_PING_AFTER_IDLE_MS is a whole number of milliseconds.");
    *ret_idle_ms = (int32_t)idle_ms;
    return COGMIG_OK;
}

int32_t pool_config_pooler(const cogmig_store_config *config)
{
    if (config->pooler != NOT_GIVEN)
        return config->pooler;
    return config->url.through_pgbouncer ? COGMIG_POOLER_PGBOUNCER : COGMIG_POOLER_NONE;
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_password_callback(
    cogmig_store_config *config, cogmig_store_password_fn password, void *user_data,
    cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config is NULL.");
    config->password = password;
    config->password_user_data = user_data;
    return COGMIG_OK;
}
