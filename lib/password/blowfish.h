/* SPDX-License-Identifier: Apache-2.0
 * Blowfish (Schneier 1993) as bcrypt uses it: several states at a time.
 *
 * A round waits for four dependent table look-ups and leaves most of a core idle. Independent
 * states interleaved in one instruction stream fill the gaps; the widths are functions of their
 * own so that each state's halves stay in registers. */
#ifndef PASSWORD_BLOWFISH_H
#define PASSWORD_BLOWFISH_H

#include <stddef.h>
#include <stdint.h>

enum {
    BLOWFISH_SUBKEYS = 18,
    /* Measured from 1 to 6: a fifth and a sixth gain little, fill the first-level cache and make
     * each hash wait longer; see docs/design/bcrypt.md. */
    BLOWFISH_LANES = 4
};

struct blowfish {
    uint32_t p[BLOWFISH_SUBKEYS];
    uint32_t s[4][256];
};

/* The fractional part of pi. */
extern const struct blowfish blowfish_initial;

struct blowfish_block {
    uint32_t left;
    uint32_t right;
};

struct blowfish_block blowfish_encrypt(const struct blowfish *state, struct blowfish_block block);

/* Replace every word of each of the first `count` states (1 to BLOWFISH_LANES) by encrypting zeros
 * on and on with the state itself. */
void blowfish_expand(struct blowfish states[], size_t count);

#endif
