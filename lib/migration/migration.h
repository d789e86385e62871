/* SPDX-License-Identifier: Apache-2.0
 * A migration as the library itself uses it. */
#ifndef MIGRATION_MIGRATION_H
#define MIGRATION_MIGRATION_H

#include "base/clock.h"
#include "migration/config.h"
#include "migration/usual_cost.h"
#include "password/speed.h"
#include "store/turn.h"

#include <cogmig/migration.h>
#include <stdatomic.h>

enum {
    MIGRATION_COUNTERS = COGMIG_MIGRATION_PASSED_THROUGH + 1
};

struct cogmig_migration {
    atomic_size_t holders;
    cogmig_migration_config config;
    struct turn opening;
    cogmig_store *_Atomic store;       /* NULL: not open yet */
    cogmig_store_config *store_config; /* to open it from; NULL: it was given */
    _Atomic uint64_t counters[MIGRATION_COUNTERS];
    struct usual_cost usual_cost;
    struct bcrypt_speed speed;
};

/* A migration on a store, or on the configuration of one, which it takes. */
cogmig_status migration_make(const cogmig_migration_config *config, cogmig_store *store,
                             cogmig_store_config **store_config, cogmig_migration **ret_migration,
                             cogmig_error *err);

/* The store, opened now if it was not. Borrowed. */
cogmig_status migration_open_store(cogmig_migration *migration, struct deadline deadline,
                                   cogmig_store **ret_store, cogmig_error *err);

void migration_count(cogmig_migration *migration, int32_t counter);

/* One more holder; released with cogmig_migration_free(). */
cogmig_migration *migration_hold(cogmig_migration *migration);

#endif
