/* SPDX-License-Identifier: Apache-2.0 */
#include "password/probe.h"

#include "base/clock.h"
#include "password/password.h"
#include "password/rules.h"

enum {
    PROBE_COST = 5,
    PROBES = 3,
    WORTH_A_PROBE = 12 /* the cost: more than a hundred times a probe */
};

/* 0 when memory was refused. */
static int64_t probe_ns(void)
{
    int64_t began_ns = clock_steady_ns();
    cogmig_status status =
        password_verify(&rules_by_default, (struct span){NULL, 0}, NULL, PROBE_COST, NULL, NULL);
    return status == COGMIG_PASSWORD_NOT_SET ? clock_steady_ns() - began_ns : 0;
}

void probe_before(struct bcrypt_speed *speed, int32_t cost)
{
    if (cost < WORTH_A_PROBE || bcrypt_speed_is_known(speed))
        return;
    int64_t least_ns = probe_ns(); /* with the self-test, if there was none before */
    for (int i = 0; i < PROBES; i++) {
        int64_t ns = probe_ns();
        if (ns < least_ns)
            least_ns = ns;
    }
    bcrypt_speed_note(speed, PROBE_COST, least_ns);
}
