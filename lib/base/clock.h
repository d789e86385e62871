/* SPDX-License-Identifier: Apache-2.0
 * Time: the calendar's for tokens, the steady one for deadlines. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

int64_t clock_unix_s(void);
int64_t clock_steady_ms(void);

/* A few milliseconds behind at most, for a tenth of the cost. */
int64_t clock_coarse_ms(void);
int64_t clock_steady_ns(void);

/* A moment on the steady clock. */
struct deadline {
    int64_t at_ms;
};

struct deadline deadline_in_ms(int64_t ms);
struct deadline deadline_earlier(struct deadline a, struct deadline b);
bool deadline_passed(struct deadline d);

/* Milliseconds left, 0 when passed; fits poll() and a callback's timeout_ms. */
int32_t deadline_left_ms(struct deadline d);

#endif
