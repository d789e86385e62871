/* SPDX-License-Identifier: Apache-2.0
 * Who is reading what may be taken away: readers never wait, and what was taken away is freed once
 * each of them has been seen outside. */
#ifndef BASE_READERS_H
#define BASE_READERS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    READER_SLOTS = 32,
    READER_SLOT_BYTES = 64 /* a cache line, so that threads do not disturb each other */
};

/* How many are inside, and above that how many have left with what they sought: one addition does
 * both. */
struct reader_slot {
    _Atomic uint64_t inside_and_finds;
    _Atomic uint64_t misses;
    char apart[READER_SLOT_BYTES - 2 * sizeof(uint64_t)];
};

/* Starts as zeros. */
struct readers {
    struct reader_slot slots[READER_SLOTS];
};

/* Between the two, what was found stays. Returns what readers_leave() is to be given. */
struct reader_slot *readers_enter(struct readers *readers);
void readers_leave(struct reader_slot *slot, bool found);

/* How often they left so far. */
uint64_t readers_count(const struct readers *readers, bool found);

/* The slots not yet seen empty since something was taken away, a bit each. */
typedef uint32_t readers_awaited;
#define READERS_ALL_AWAITED UINT32_MAX

/* Are all gone who might have found it? */
bool readers_are_gone(const struct readers *readers, readers_awaited *awaited);

/* Wait until they are, which is for where readers stay but for some nanoseconds. False: they do not
 * go. */
bool readers_await(const struct readers *readers);

#endif
