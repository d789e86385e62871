/* SPDX-License-Identifier: Apache-2.0
 * Waiting for a descriptor until a deadline, again and again: to arm a timer for each wait costs
 * more than the rest of it, so one that rings no later than the deadline is left as it is. */
#ifndef BASE_ALARM_H
#define BASE_ALARM_H

#include "base/clock.h"

#include <stdbool.h>
#include <stdint.h>

/* All zero: none, each wait has a timer of its own. A forked child shares its parent's, so it must
 * not wait by it. */
struct alarm {
    int fd;
    int64_t rings_at_ms; /* on the steady clock */
};

/* None when no descriptor is left. */
void alarm_make(struct alarm *alarm);

/* There is none afterwards. */
void alarm_release(struct alarm *alarm);

/* false: the deadline passed. true: the descriptor is ready, or poll() thinks that something is
 * wrong with it, which its user finds out. */
bool alarm_wait(struct alarm *alarm, int fd, short events, struct deadline deadline);

#endif
