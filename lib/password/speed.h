/* SPDX-License-Identifier: Apache-2.0
 * How long bcrypt takes on this machine, learnt from the hashes that were computed. */
#ifndef PASSWORD_SPEED_H
#define PASSWORD_SPEED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Time per round in nanoseconds, 0 as long as nothing was measured. Any thread. */
struct bcrypt_speed {
    _Atomic int64_t round_ns;
};

/* One hash of this cost took so long. */
void bcrypt_speed_note(struct bcrypt_speed *speed, int32_t cost, int64_t elapsed_ns);

/* Work was refused for what was expected: expect a quarter less the next time. Without it one hash
 * during which the machine was suspended would have all later ones refused for ever, and none
 * measured. */
void bcrypt_speed_doubt(struct bcrypt_speed *speed);

bool bcrypt_speed_is_known(const struct bcrypt_speed *speed);

/* How long one will take; 0 as long as nothing was measured. */
int64_t bcrypt_speed_expected_ms(const struct bcrypt_speed *speed, int32_t cost);

#endif
