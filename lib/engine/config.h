/* SPDX-License-Identifier: Apache-2.0
 * How an engine is to behave. */
#ifndef ENGINE_CONFIG_H
#define ENGINE_CONFIG_H

#include "password/rules.h"

#include <cogmig/engine.h>

enum {
    ENGINE_MAX_DEADLINE_MS = 600000
};

struct cogmig_engine_config {
    int32_t workers;
    int32_t lookup_threads;
    int32_t max_jobs;
    int32_t deadline_ms;
    struct cogmig_password_rules password_rules;
    cogmig_verdict_fn on_verdict; /* NULL: verdicts are polled */
    void *user_data;
};

void engine_config_set_defaults(cogmig_engine_config *config);

#endif
