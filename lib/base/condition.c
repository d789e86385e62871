/* SPDX-License-Identifier: Apache-2.0 */
#include "base/condition.h"

#include <errno.h>
#include <time.h>

bool condition_init(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) != 0)
        return false;
    bool good = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
                pthread_cond_init(condition, &attributes) == 0;
    pthread_condattr_destroy(&attributes);
    return good;
}

static struct timespec moment(struct deadline deadline)
{
    return (struct timespec){.tv_sec = (time_t)(deadline.at_ms / 1000),
                             .tv_nsec = (long)(deadline.at_ms % 1000) * 1000000};
}

bool condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, struct deadline deadline)
{
    struct timespec until = moment(deadline);
    return pthread_cond_timedwait(condition, mutex, &until) != ETIMEDOUT;
}
