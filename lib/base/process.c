/* SPDX-License-Identifier: Apache-2.0 */
#include "base/process.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

static bool forks_are_told;
static _Atomic pid_t kept; /* 0: to be asked */

static void forget(void)
{
    atomic_store_explicit(&kept, 0, memory_order_relaxed);
}

/* glibc takes the handler back when the library is unloaded. */
__attribute__((constructor)) static void be_told_of_forks(void)
{
    forks_are_told = pthread_atfork(NULL, NULL, forget) == 0;
}

pid_t process_id(void)
{
    pid_t id = atomic_load_explicit(&kept, memory_order_relaxed);
    if (id != 0)
        return id;
    id = getpid();
    if (forks_are_told)
        atomic_store_explicit(&kept, id, memory_order_relaxed);
    return id;
}
