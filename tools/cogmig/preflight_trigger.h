/* SPDX-License-Identifier: Apache-2.0
 * Checks of the Lambda triggers. */
#ifndef COGMIG_TOOL_PREFLIGHT_TRIGGER_H
#define COGMIG_TOOL_PREFLIGHT_TRIGGER_H

#include "preflight.h"

#include <stdbool.h>

/* What LambdaConfig has: each trigger's function. False stops. */
typedef bool (*trigger_fn)(void *user_data, const char *trigger, const char *arn);
void for_each_trigger(json_t *pool, trigger_fn take, void *user_data);

/* The function that Cognito may not call, or else that of UserMigration; NULL: there is none. */
const char *function_to_permit(const struct setup *setup);

/* As they stand in a command, quoted where the shell wants it. */
struct permission_names {
    const char *region, *function, *pool_arn;
};

/* The commands that let this pool invoke it, and no others. */
void mend_permission(const struct setup *setup, const struct permission_names *names, char *out,
                     size_t size);

void judge_migration_trigger(const struct setup *setup, struct finding *finding);
void judge_trigger_permission(const struct setup *setup, struct finding *finding);
void judge_sign_up_guard(const struct setup *setup, struct finding *finding);
void judge_link_trigger(const struct setup *setup, struct finding *finding);
void judge_token_trigger(const struct setup *setup, struct finding *finding);

#endif
