/* SPDX-License-Identifier: Apache-2.0
 * The pool's password policy, beside what the old system asked for and what the migration is told.
 */
#ifndef COGMIG_TOOL_PREFLIGHT_PASSWORD_H
#define COGMIG_TOOL_PREFLIGHT_PASSWORD_H

#include "preflight.h"

void judge_password_policy(const struct setup *setup, struct finding *finding);

/* "lower,upper,digit,symbol" as a sum of COGMIG_PASSWORD_*, as COGMIG_PASSWORD_CLASSES has it, or
 * "none"; -1 when it is neither. */
int32_t password_classes_of(const char *text);

#endif
