/* SPDX-License-Identifier: Apache-2.0
 * How long to wait before a call is repeated. */
#ifndef COGNITO_RETRY_H
#define COGNITO_RETRY_H

#include <stdint.h>

/* Any time up to a bound that doubles: those who were refused together do not come back together.
 *
 * attempt  0 for the first that failed
 * random   any number */
int32_t retry_delay_ms(int attempt, uint32_t random);

#endif
