/* SPDX-License-Identifier: Apache-2.0
 * Would a pool's password policy take it? Cognito does not ask that of a migrated password. */
#ifndef MIGRATION_PASSWORD_POLICY_H
#define MIGRATION_PASSWORD_POLICY_H

#include "base/span.h"

#include <stdint.h>

/* classes  a sum of COGMIG_PASSWORD_* */
bool password_meets(int32_t min_length, int32_t classes, struct span password);

#endif
