/* SPDX-License-Identifier: Apache-2.0
 * A migration as the library itself uses it. */
#ifndef MIGRATION_MIGRATION_H
#define MIGRATION_MIGRATION_H

#include "migration/config.h"
#include "migration/usual_cost.h"
#include "password/speed.h"

#include <cogmig/migration.h>
#include <stdatomic.h>

struct cogmig_migration {
    atomic_size_t holders;
    cogmig_migration_config config;
    cogmig_store *store;
    struct usual_cost usual_cost;
    struct bcrypt_speed speed;
};

/* One more holder; released with cogmig_migration_free(). */
cogmig_migration *migration_hold(cogmig_migration *migration);

#endif
