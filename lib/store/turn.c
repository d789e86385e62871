/* SPDX-License-Identifier: Apache-2.0 */
#include "store/turn.h"

#include "base/condition.h"

bool turn_init(struct turn *turn)
{
    turn->taken = false;
    if (pthread_mutex_init(&turn->mutex, NULL) != 0)
        return false;
    if (condition_init(&turn->free_again))
        return true;
    pthread_mutex_destroy(&turn->mutex);
    return false;
}

void turn_destroy(struct turn *turn)
{
    pthread_cond_destroy(&turn->free_again);
    pthread_mutex_destroy(&turn->mutex);
}

bool turn_take(struct turn *turn, struct deadline deadline)
{
    pthread_mutex_lock(&turn->mutex);
    while (turn->taken && condition_wait(&turn->free_again, &turn->mutex, deadline))
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
