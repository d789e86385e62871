/* SPDX-License-Identifier: Apache-2.0 */
#include "store/turn.h"

#include <errno.h>
#include <time.h>

static bool init_steady_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) != 0)
        return false;
    bool good = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
                pthread_cond_init(condition, &attributes) == 0;
    pthread_condattr_destroy(&attributes);
    return good;
}

bool turn_init(struct turn *turn)
{
    turn->taken = false;
    if (pthread_mutex_init(&turn->mutex, NULL) != 0)
        return false;
    if (init_steady_condition(&turn->free_again))
        return true;
    pthread_mutex_destroy(&turn->mutex);
    return false;
}

void turn_destroy(struct turn *turn)
{
    pthread_cond_destroy(&turn->free_again);
    pthread_mutex_destroy(&turn->mutex);
}

static struct timespec moment(struct deadline deadline)
{
    return (struct timespec){.tv_sec = (time_t)(deadline.at_ms / 1000),
                             .tv_nsec = (long)(deadline.at_ms % 1000) * 1000000};
}

bool turn_take(struct turn *turn, struct deadline deadline)
{
    struct timespec until = moment(deadline);
    pthread_mutex_lock(&turn->mutex);
    while (turn->taken &&
           pthread_cond_timedwait(&turn->free_again, &turn->mutex, &until) != ETIMEDOUT)
        continue;
    bool mine = !turn->taken;
    turn->taken = true;
    pthread_mutex_unlock(&turn->mutex);
    return mine;
}

void turn_give_back(struct turn *turn)
{
    pthread_mutex_lock(&turn->mutex);
    turn->taken = false;
    pthread_cond_signal(&turn->free_again);
    pthread_mutex_unlock(&turn->mutex);
}
