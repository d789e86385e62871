/* SPDX-License-Identifier: Apache-2.0 */
#include "password/blowfish.h"

/* The loops over lanes and rounds must vanish at any optimisation that is worth the name. */
#if defined(__clang__)
#define UNROLLED _Pragma("unroll")
#else
#define UNROLLED _Pragma("GCC unroll 16")
#endif
#define EACH_LANE(k, lanes) UNROLLED for (int k = 0; k < (lanes); k++)
#define EACH_ROUND_PAIR(i) UNROLLED for (int i = 1; i < BLOWFISH_SUBKEYS - 1; i += 2)

/* Every index is a byte or a constant. Sanitizers' checks in some ten thousand unrolled steps would
 * cost the compiler minutes. */
#define UNCHECKED __attribute__((no_sanitize("address", "undefined", "thread")))
#define ALWAYS_INLINE static inline UNCHECKED __attribute__((always_inline))
#define ONCE static UNCHECKED __attribute__((noinline))

/* ---- the encipher loop ---- */

/* The halves of one block per lane. */
struct halves {
    uint32_t left[BLOWFISH_LANES];
    uint32_t right[BLOWFISH_LANES];
};

ALWAYS_INLINE uint32_t f(const struct blowfish *state, uint32_t x)
{
    return ((state->s[0][x >> 24] + state->s[1][x >> 16 & 0xFF]) ^ state->s[2][x >> 8 & 0xFF]) +
           state->s[3][x & 0xFF];
}

/* `lanes` is a constant wherever this is used. */
ALWAYS_INLINE void encipher(const struct blowfish *states, struct halves *h, int lanes)
{
    EACH_LANE (k, lanes)
        h->left[k] ^= states[k].p[0];
    EACH_ROUND_PAIR (i) {
        EACH_LANE (k, lanes)
            h->right[k] ^= f(&states[k], h->left[k]) ^ states[k].p[i];
        EACH_LANE (k, lanes)
            h->left[k] ^= f(&states[k], h->right[k]) ^ states[k].p[i + 1];
    }
    EACH_LANE (k, lanes) {
        uint32_t last = h->right[k] ^ states[k].p[BLOWFISH_SUBKEYS - 1];
        h->right[k] = h->left[k];
        h->left[k] = last;
    }
}

UNCHECKED struct blowfish_block blowfish_encrypt(const struct blowfish *state,
                                                 struct blowfish_block block)
{
    struct halves h = {{block.left}, {block.right}};
    encipher(state, &h, 1);
    return (struct blowfish_block){h.left[0], h.right[0]};
}

/* ---- the key schedule's long part ---- */

ALWAYS_INLINE void expand(struct blowfish *states, int lanes)
{
    struct halves h = {{0}, {0}};
    for (int i = 0; i < BLOWFISH_SUBKEYS; i += 2) {
        encipher(states, &h, lanes);
        EACH_LANE (k, lanes) {
            states[k].p[i] = h.left[k];
            states[k].p[i + 1] = h.right[k];
        }
    }
    for (int box = 0; box < 4; box++) {
        for (int i = 0; i < 256; i += 2) {
            encipher(states, &h, lanes);
            EACH_LANE (k, lanes) {
                states[k].s[box][i] = h.left[k];
                states[k].s[box][i + 1] = h.right[k];
            }
        }
    }
}

ONCE void expand_1(struct blowfish *states)
{
    expand(states, 1);
}

ONCE void expand_2(struct blowfish *states)
{
    expand(states, 2);
}

ONCE void expand_3(struct blowfish *states)
{
    expand(states, 3);
}

ONCE void expand_4(struct blowfish *states)
{
    expand(states, 4);
}

void blowfish_expand(struct blowfish states[], size_t count)
{
    static void (*const by_count[BLOWFISH_LANES])(struct blowfish *) = {expand_1, expand_2,
                                                                        expand_3, expand_4};
    by_count[count - 1](states);
}
