/* SPDX-License-Identifier: Apache-2.0
 * A store as the library itself uses it: with the caller's deadline. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/clock.h"

#include <cogmig/store.h>

/* One more holder; released with cogmig_store_free(). */
cogmig_store *store_hold(cogmig_store *store);

/* As cogmig_store_open(), by the earlier of this deadline and the store's own time-out. */
cogmig_status store_open(const cogmig_store_config *config, struct deadline deadline,
                         cogmig_store **ret_store, cogmig_error *err);

/* As cogmig_store_find_by_email(), by the earlier of this deadline and the store's own time-out. */
cogmig_status store_find_by_email(cogmig_store *store, const char *email, struct deadline deadline,
                                  cogmig_user **ret_user, cogmig_error *err);

#endif
