/* SPDX-License-Identifier: Apache-2.0
 * How much hashing waits, and how long a hash takes when its turn comes. */
#ifndef ENGINE_LOAD_H
#define ENGINE_LOAD_H

#include "password/speed.h"

#include <stddef.h>

struct load {
    struct bcrypt_speed speed; /* of one hash among others in its worker's lanes */
    int64_t waiting_rounds;
    int64_t lanes; /* of all workers */
};

void load_add(struct load *load, int32_t cost);
void load_take_away(struct load *load, int32_t cost);

/* Until a hash of this cost is done, if it comes behind all that wait; 0 as long as nothing was
 * measured. */
int64_t load_expected_ms(const struct load *load, int32_t cost);

#endif
