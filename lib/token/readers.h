/* SPDX-License-Identifier: Apache-2.0
 * Who is reading what may be taken away: readers never wait, and what was taken away is freed once
 * each of them has been seen outside. */
#ifndef TOKEN_READERS_H
#define TOKEN_READERS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    READER_SLOTS = 32,
    READER_SLOT_BYTES = 64 /* a cache line, so that threads do not disturb each other */
};

/* Starts as zeros. */
struct readers {
    struct {
        atomic_uint inside;
        char apart[READER_SLOT_BYTES - sizeof(atomic_uint)];
    } slots[READER_SLOTS];
};

/* Between the two, what was found stays. Returns what readers_leave() is to be given. */
atomic_uint *readers_enter(struct readers *readers);
void readers_leave(atomic_uint *slot);

/* The slots not yet seen empty since something was taken away, a bit each. */
typedef uint32_t readers_awaited;
#define READERS_ALL_AWAITED UINT32_MAX

/* Are all gone who might have found it? */
bool readers_are_gone(const struct readers *readers, readers_awaited *awaited);

#endif
