/* SPDX-License-Identifier: Apache-2.0
 * How a migration is to behave. */
#ifndef MIGRATION_CONFIG_H
#define MIGRATION_CONFIG_H

#include "password/rules.h"

#include <cogmig/migration.h>
#include <stdbool.h>

enum {
    MIGRATION_MAX_DEADLINE_MS = 60000,

    /* Cognito's limits for custom attributes (Developer Guide, "User pool attributes"). */
    ATTRIBUTE_MAX_NAME = 20,
    ATTRIBUTE_MAX_VALUE = 2048,
    ATTRIBUTE_MAX_TEXT = 96 /* "custom:" and 20 characters of at most 4 bytes */
};

struct cogmig_migration_config {
    int32_t deadline_ms;
    bool with_name;
    bool reset_long_passwords;
    char legacy_id_attribute[ATTRIBUTE_MAX_TEXT];
    struct cogmig_password_rules password_rules;
};

void migration_config_set_defaults(cogmig_migration_config *config);

#endif
