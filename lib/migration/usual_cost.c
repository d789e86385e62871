/* SPDX-License-Identifier: Apache-2.0 */
#include "migration/usual_cost.h"

#include "password/password.h"

void usual_cost_note(struct usual_cost *usual, int32_t cost)
{
    atomic_fetch_add_explicit(&usual->seen[cost], 1, memory_order_relaxed);
}

int32_t usual_cost_of(const struct usual_cost *usual)
{
    int32_t usual_one = PASSWORD_USUAL_COST;
    uint64_t most = 1;
    for (int32_t cost = BCRYPT_MIN_COST; cost <= BCRYPT_MAX_COST; cost++) {
        uint64_t seen = atomic_load_explicit(&usual->seen[cost], memory_order_relaxed);
        if (seen < most)
            continue;
        most = seen;
        usual_one = cost;
    }
    return usual_one;
}
