/* SPDX-License-Identifier: Apache-2.0
 * How a pool is to behave. */
#ifndef STORE_POOL_CONFIG_H
#define STORE_POOL_CONFIG_H

#include "store/config.h"

enum {
    POOL_MAX_CONNECTIONS = 1000,
    POOL_PING_AFTER_IDLE_MS = 1000
};

void pool_config_set_defaults(struct pool_limits *limits);

/* Errors: CONFIG_INVALID. */
cogmig_status pool_config_limits(const cogmig_store_config *config, struct pool_limits *ret_limits,
                                 cogmig_error *err);
int32_t pool_config_pooler(const cogmig_store_config *config);

/* As COGMIG_POOLER has it. Errors: CONFIG_INVALID. */
cogmig_status pool_config_read_pooler(const char *name, int32_t *ret_pooler, cogmig_error *err);

/* As COGMIG_PING_AFTER_IDLE_MS has it. Errors: CONFIG_INVALID. */
cogmig_status pool_config_read_idle_ms(const char *text, int32_t *ret_idle_ms, cogmig_error *err);

#endif
