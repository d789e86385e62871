/* SPDX-License-Identifier: Apache-2.0
 * A function of the caller's that has the last word on a user who would be migrated. */
#ifndef MIGRATION_HOOK_H
#define MIGRATION_HOOK_H

#include "migration/config.h"

#include <cogmig/migration.h>

enum {
    HOOK_MAX_ATTRIBUTES = 64 /* a pool has at most 50 of its own and some 20 standard ones */
};

struct cogmig_migration_answer {
    const cogmig_migration_config *config;
    struct {
        char *name;
        char *value;
    } at[HOOK_MAX_ATTRIBUTES];
    size_t count;
};

/* OK: the user may be migrated. HOOK_REFUSED: not. Anything else: there is no answer. */
cogmig_status hook_ask(const cogmig_migration_config *config, const char *trigger_source,
                       const cogmig_user *user, cogmig_migration_answer *answer, cogmig_error *err);

void hook_release(cogmig_migration_answer *answer);

#endif
