/* SPDX-License-Identifier: Apache-2.0 */
#include "token/readers.h"

#include <pthread.h>

/* Threads whose numbers meet share a counter, which costs time and nothing else. */
static atomic_uint *own_slot(struct readers *readers)
{
    uint64_t mixed = (uint64_t)(uintptr_t)pthread_self() * UINT64_C(0x9E3779B97F4A7C15);
    return &readers->slots[mixed >> 59].inside;
}

/* Sequentially consistent, as readers_are_gone(): either the reader is seen there, or it no longer
 * finds what was taken away before. */
atomic_uint *readers_enter(struct readers *readers)
{
    atomic_uint *slot = own_slot(readers);
    atomic_fetch_add(slot, 1);
    return slot;
}

void readers_leave(atomic_uint *slot)
{
    atomic_fetch_sub_explicit(slot, 1, memory_order_release);
}

bool readers_are_gone(const struct readers *readers, readers_awaited *awaited)
{
    for (uint32_t i = 0; *awaited != 0 && i < READER_SLOTS; i++)
        if (atomic_load(&readers->slots[i].inside) == 0)
            *awaited &= ~(UINT32_C(1) << i);
    return *awaited == 0;
}
