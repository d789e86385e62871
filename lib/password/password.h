/* SPDX-License-Identifier: Apache-2.0
 * Verification as the library itself uses it. */
#ifndef PASSWORD_PASSWORD_H
#define PASSWORD_PASSWORD_H

#include "base/span.h"

#include <cogmig/password.h>

enum {
    /* What bcrypt libraries use by default, for when nothing better is known. */
    PASSWORD_USUAL_COST = 10
};

/* As cogmig_password_verify_up_to_cost(). Where there is no hash to compare with, the work of a
 * comparison at stand_in_cost is done all the same, so that time does not tell. */
cogmig_status password_verify(struct span password, const char *stored, int32_t max_cost,
                              int32_t stand_in_cost, cogmig_error *err);

/* Does the stored text mark a user whom no password shall fit? */
bool password_is_locked(const char *stored);

#endif
