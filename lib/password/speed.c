/* SPDX-License-Identifier: Apache-2.0 */
#include "password/speed.h"

static int64_t rounds(int32_t cost)
{
    return (int64_t)1 << cost;
}

void bcrypt_speed_note(struct bcrypt_speed *speed, int32_t cost, int64_t elapsed_ns)
{
    int64_t measured = elapsed_ns / rounds(cost);
    int64_t known = atomic_load_explicit(&speed->round_ns, memory_order_relaxed);
    /* A quarter of the new value: one hash that was held up does not decide. */
    int64_t next = known == 0 ? measured : known + (measured - known) / 4;
    atomic_store_explicit(&speed->round_ns, next, memory_order_relaxed);
}

void bcrypt_speed_doubt(struct bcrypt_speed *speed)
{
    int64_t known = atomic_load_explicit(&speed->round_ns, memory_order_relaxed);
    atomic_store_explicit(&speed->round_ns, known - known / 4, memory_order_relaxed);
}

bool bcrypt_speed_is_known(const struct bcrypt_speed *speed)
{
    return atomic_load_explicit(&speed->round_ns, memory_order_relaxed) != 0;
}

int64_t bcrypt_speed_expected_ms(const struct bcrypt_speed *speed, int32_t cost)
{
    int64_t round_ns = atomic_load_explicit(&speed->round_ns, memory_order_relaxed);
    return round_ns * rounds(cost) / 1000000;
}
