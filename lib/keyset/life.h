/* SPDX-License-Identifier: Apache-2.0
 * How long an issuer stands by a key: from the first set that holds it to the last in a row. */
#ifndef KEYSET_LIFE_H
#define KEYSET_LIFE_H

#include <stdatomic.h>
#include <stdbool.h>

/* Counted, so that whoever relied on the key can ask long after its set is gone. */
struct key_life {
    atomic_size_t holders;
    atomic_bool ended;
};

struct key_life *key_life_new(void); /* NULL: memory was refused */
struct key_life *key_life_hold(struct key_life *life);
void key_life_release(struct key_life *life);

void key_life_end(struct key_life *life);
bool key_life_lasts(const struct key_life *life);

#endif
