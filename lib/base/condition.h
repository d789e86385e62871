/* SPDX-License-Identifier: Apache-2.0
 * A condition variable that waits until a deadline on the steady clock. */
#ifndef BASE_CONDITION_H
#define BASE_CONDITION_H

#include "base/clock.h"

#include <pthread.h>

bool condition_init(pthread_cond_t *condition); /* false when the system refuses */

/* As pthread_cond_wait(); false when the deadline passed. */
bool condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex, struct deadline deadline);

#endif
