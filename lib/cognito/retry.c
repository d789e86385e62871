/* SPDX-License-Identifier: Apache-2.0 */
#include "cognito/retry.h"

enum {
    FIRST_MS = 200,
    LONGEST_MS = 5000
};

int32_t retry_delay_ms(int attempt, uint32_t random)
{
    int32_t bound_ms = FIRST_MS;
    for (int i = 0; i < attempt && bound_ms < LONGEST_MS; i++)
        bound_ms *= 2;
    if (bound_ms > LONGEST_MS)
        bound_ms = LONGEST_MS;
    return (int32_t)(random % ((uint32_t)bound_ms + 1));
}
