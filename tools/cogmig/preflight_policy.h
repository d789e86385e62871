/* SPDX-License-Identifier: Apache-2.0
 * What a function's resource policy says about who may invoke it. */
#ifndef COGMIG_TOOL_PREFLIGHT_POLICY_H
#define COGMIG_TOOL_PREFLIGHT_POLICY_H

#include <jansson.h>
#include <stdbool.h>

/* Cognito, on behalf of a user pool. */
struct caller {
    const char *pool_arn; /* NULL: not known, and taken for the right one */
    const char *account;  /* the same */
};

enum permission {
    PERMISSION_NONE,    /* no statement is about Cognito */
    PERMISSION_OTHERS,  /* one is, for another caller */
    PERMISSION_UNKNOWN, /* it depends on what AWS alone knows */
    PERMISSION_GIVEN,
    PERMISSION_DENIED
};

/* Of all statements of a policy: one that denies goes before all that allow.
 *
 * ret_key  out: PERMISSION_UNKNOWN: the condition that it depends on; borrowed from the policy */
enum permission policy_permission(json_t *policy, const struct caller *caller,
                                  const char **ret_key);

/* Does this one statement decide about the caller? For PERMISSION_GIVEN those that allow, for
 * PERMISSION_DENIED those that deny. */
bool policy_statement_says(json_t *statement, const struct caller *caller,
                           enum permission permission);

#endif
