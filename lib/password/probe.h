/* SPDX-License-Identifier: Apache-2.0
 * The speed of bcrypt before any hash told it. */
#ifndef PASSWORD_PROBE_H
#define PASSWORD_PROBE_H

#include "password/speed.h"

/* Before a hash of this cost: when nothing was measured yet, and it takes so long that a few small
 * hashes do not matter beside it, compute those and note what they took. Without, the first hash
 * would be begun whatever its cost and whatever time is left. */
void probe_before(struct bcrypt_speed *speed, int32_t cost);

#endif
