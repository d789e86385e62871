/* SPDX-License-Identifier: Apache-2.0 */
#include "base/readers.h"

#include <pthread.h>
#include <time.h>

/* Threads whose numbers meet share a counter, which costs time and nothing else. */
static struct reader_slot *own_slot(struct readers *readers)
{
    uint64_t mixed = (uint64_t)(uintptr_t)pthread_self() * UINT64_C(0x9E3779B97F4A7C15);
    return &readers->slots[mixed >> 59];
}

enum {
    ONE_FIND = 1 << 16 /* above the number of those inside */
};

static bool is_empty(const struct reader_slot *slot)
{
    return atomic_load(&slot->inside_and_finds) % ONE_FIND == 0;
}

/* Sequentially consistent, as readers_are_gone(): either the reader is seen there, or it no longer
 * finds what was taken away before. */
struct reader_slot *readers_enter(struct readers *readers)
{
    struct reader_slot *slot = own_slot(readers);
    atomic_fetch_add(&slot->inside_and_finds, 1);
    return slot;
}

void readers_leave(struct reader_slot *slot, bool found)
{
    if (!found)
        atomic_fetch_add_explicit(&slot->misses, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&slot->inside_and_finds, found ? ONE_FIND - 1 : UINT64_MAX,
                              memory_order_release);
}

bool readers_are_gone(const struct readers *readers, readers_awaited *awaited)
{
    for (uint32_t i = 0; *awaited != 0 && i < READER_SLOTS; i++)
        if (is_empty(&readers->slots[i]))
            *awaited &= ~(UINT32_C(1) << i);
    return *awaited == 0;
}

uint64_t readers_count(const struct readers *readers, bool found)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < READER_SLOTS; i++) {
        const struct reader_slot *slot = &readers->slots[i];
        sum += found ? atomic_load(&slot->inside_and_finds) / ONE_FIND : atomic_load(&slot->misses);
    }
    return sum;
}

/* Asleep, so that a reader of lower priority gets on. In the child of a fork a reader of the parent
 * may be inside for ever. */
bool readers_await(const struct readers *readers)
{
    enum {
        PAUSE_NS = 20000,
        PAUSES = 20000 /* half a second at least */
    };
    readers_awaited awaited = READERS_ALL_AWAITED;
    for (int i = 0; i < PAUSES && !readers_are_gone(readers, &awaited); i++)
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
    return awaited == 0;
}
