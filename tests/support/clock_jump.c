/* SPDX-License-Identifier: Apache-2.0
 * Preloaded: the wall clock jumps back and forth by years each time that somebody looks. */
#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static atomic_uint looks;

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static const time_t jumps_s[] = {0, 86400, -315360000, 315360000, -1, 3600, -86400};
    int failed = (int)syscall(SYS_clock_gettime, clock, now);
    if (failed == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += jumps_s[atomic_fetch_add(&looks, 1) % (sizeof jumps_s / sizeof jumps_s[0])];
    return failed;
}

time_t time(time_t *out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out != NULL)
        *out = now.tv_sec;
    return now.tv_sec;
}
