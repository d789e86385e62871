/* SPDX-License-Identifier: Apache-2.0 */
#include "base/process.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
#ifdef __aarch64__
    LARGEST_PAGE = 64 * 1024
#else
    LARGEST_PAGE = 4096
#endif
};

/* The kernel empties it in a forked child, madvise(2). It has its pages to itself. */
static union {
    _Alignas(LARGEST_PAGE) _Atomic(pid_t) id; /* 0: not known */
    char pages[LARGEST_PAGE];
} emptied;

/* A kernel or an emulator that takes any advice heeds none. */
static bool is_emptied_in_children(void)
{
    const int no_advice = -1;
    long page = sysconf(_SC_PAGESIZE);
    return page > 0 && LARGEST_PAGE % page == 0 &&
           madvise(&emptied, sizeof emptied, no_advice) != 0 &&
           madvise(&emptied, sizeof emptied, MADV_WIPEONFORK) == 0;
}

pid_t process_id(void)
{
    static atomic_bool refused;
    pid_t id = atomic_load_explicit(&emptied.id, memory_order_relaxed);
    if (id != 0)
        return id;
    id = getpid();
    if (!atomic_load_explicit(&refused, memory_order_relaxed) && is_emptied_in_children())
        atomic_store_explicit(&emptied.id, id, memory_order_relaxed);
    else
        atomic_store_explicit(&refused, true, memory_order_relaxed);
    return id;
}
