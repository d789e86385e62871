/* SPDX-License-Identifier: Apache-2.0
 * One at a time, and nobody waits longer than his deadline. */
#ifndef STORE_TURN_H
#define STORE_TURN_H

#include "base/clock.h"

#include <pthread.h>
#include <stdbool.h>

struct turn {
    pthread_mutex_t mutex;
    pthread_cond_t free_again;
    bool taken;
};

bool turn_init(struct turn *turn); /* false when the system refuses */
void turn_destroy(struct turn *turn);

bool turn_take(struct turn *turn, struct deadline deadline); /* false when the deadline passed */
void turn_give_back(struct turn *turn);

#endif
