/* SPDX-License-Identifier: Apache-2.0
 * How a migration is to behave. */
#ifndef MIGRATION_CONFIG_H
#define MIGRATION_CONFIG_H

#include "base/span.h"
#include "idmap/key.h"
#include "password/rules.h"
#include "store/attribute.h"

#include <cogmig/migration.h>
#include <stdbool.h>

enum {
    MIGRATION_MAX_DEADLINE_MS = 60000,

    CALLER_MAX_CLIENT_BYTES = 128, /* API reference, ClientIdType */
    CALLERS_MAX = 16,              /* of pools, and of clients */
    REFUSAL_MAX_BYTES = 255
};

/* Who may ask; none given: everybody. */
struct callers {
    char pools[CALLERS_MAX][POOL_ID_MAX_BYTES + 1];
    size_t pool_count;
    char clients[CALLERS_MAX][CALLER_MAX_CLIENT_BYTES + 1];
    size_t client_count;
};

struct cogmig_migration_config {
    int32_t deadline_ms;
    bool with_name;
    bool reset_long_passwords;
    bool username_is_legacy_id;
    char legacy_id_attribute[ATTRIBUTE_MAX_TEXT];
    struct cogmig_password_rules password_rules;
    int32_t password_min_length;
    int32_t password_classes;
    struct callers callers;
    cogmig_migration_hook_fn hook;
    void *hook_data;
    int32_t guarded_sign_ups;
    bool guard_opens_in_outage;
    char refusal[REFUSAL_MAX_BYTES + 1];
    cogmig_idmap *idmap; /* held; NULL: there is none */
    int32_t linked_users;
    bool fail_closed;
    int32_t claim_tokens;
};

void migration_config_set_defaults(cogmig_migration_config *config);

/* Is it one that every answer has? */
bool config_returns_attribute(const cogmig_migration_config *config, struct span attribute);

#endif
