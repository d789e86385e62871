/* SPDX-License-Identifier: Apache-2.0
 * The cost that the store's hashes usually have, learnt from those that were seen: what an unknown
 * user has to cost. */
#ifndef MIGRATION_USUAL_COST_H
#define MIGRATION_USUAL_COST_H

#include "password/bcrypt_hash.h"

#include <stdatomic.h>
#include <stdint.h>

/* How many hashes of each cost. Zeroed at first; any thread. */
struct usual_cost {
    _Atomic uint64_t seen[BCRYPT_MAX_COST + 1];
};

void usual_cost_note(struct usual_cost *usual, int32_t cost);

/* The most common one, of several the highest; what bcrypt libraries use by default as long as none
 * was seen. */
int32_t usual_cost_of(const struct usual_cost *usual);

#endif
