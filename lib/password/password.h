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

/* As cogmig_password_rules_verify(). Where there is no hash to compare with, the work of a
 * comparison at stand_in_cost is done all the same, so that time does not tell.
 *
 * ret_cut  NULL when it is not asked for */
cogmig_status password_verify(const struct cogmig_password_rules *rules, struct span password,
                              const char *stored, int32_t stand_in_cost, bool *ret_cut,
                              cogmig_error *err);

/* The cost of the hash that would be compared, 0 where there is none. */
int32_t password_cost(const struct cogmig_password_rules *rules, const char *stored);

/* Does the stored text mark a user whom no password shall fit? */
bool password_is_locked(const char *stored);

#endif
