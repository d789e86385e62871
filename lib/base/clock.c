/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <time.h>

int64_t clock_unix_s(void)
{
    return (int64_t)time(NULL);
}

int64_t clock_steady_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t clock_steady_ms(void)
{
    return clock_steady_ns() / 1000000;
}

int64_t clock_coarse_ms(void)
{
#ifdef CLOCK_MONOTONIC_COARSE
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
#else
    return clock_steady_ms();
#endif
}

struct deadline deadline_in_ms(int64_t ms)
{
    return (struct deadline){clock_steady_ms() + ms};
}

struct deadline deadline_earlier(struct deadline a, struct deadline b)
{
    return a.at_ms < b.at_ms ? a : b;
}

bool deadline_passed(struct deadline d)
{
    return clock_steady_ms() >= d.at_ms;
}

int32_t deadline_left_ms(struct deadline d)
{
    int64_t left = d.at_ms - clock_steady_ms();
    if (left < 0)
        return 0;
    return left > INT32_MAX ? INT32_MAX : (int32_t)left;
}
