/* SPDX-License-Identifier: Apache-2.0 */
#include "keyset/life.h"

#include "base/memory.h"

struct key_life *key_life_new(void)
{
    struct key_life *life = memory_new(sizeof *life);
    if (life != NULL)
        atomic_init(&life->holders, 1);
    return life;
}

struct key_life *key_life_hold(struct key_life *life)
{
    atomic_fetch_add_explicit(&life->holders, 1, memory_order_relaxed);
    return life;
}

void key_life_release(struct key_life *life)
{
    if (life != NULL && atomic_fetch_sub_explicit(&life->holders, 1, memory_order_acq_rel) == 1)
        memory_free(life);
}

void key_life_end(struct key_life *life)
{
    atomic_store_explicit(&life->ended, true, memory_order_release);
}

bool key_life_lasts(const struct key_life *life)
{
    return !atomic_load_explicit(&life->ended, memory_order_acquire);
}
