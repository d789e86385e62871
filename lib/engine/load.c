/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/load.h"

enum {
    UNIT_COST = 20, /* a million rounds: what is asked of the speed without losing digits */
    NEVER_COST = 36 /* so many rounds meet no deadline; keeps the product within its type */
};

static int64_t rounds(int32_t cost)
{
    return (int64_t)1 << cost;
}

void load_add(struct load *load, int32_t cost)
{
    load->waiting_rounds += rounds(cost);
}

void load_take_away(struct load *load, int32_t cost)
{
    load->waiting_rounds -= rounds(cost);
}

int64_t load_expected_ms(const struct load *load, int32_t cost)
{
    int64_t unit_ms = bcrypt_speed_expected_ms(&load->speed, UNIT_COST);
    int64_t before = load->waiting_rounds / load->lanes;
    if (before > rounds(NEVER_COST))
        before = rounds(NEVER_COST);
    return (before + rounds(cost)) * unit_ms / rounds(UNIT_COST);
}
