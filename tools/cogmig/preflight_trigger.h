/* SPDX-License-Identifier: Apache-2.0
 * Checks of the Lambda triggers. */
#ifndef COGMIG_TOOL_PREFLIGHT_TRIGGER_H
#define COGMIG_TOOL_PREFLIGHT_TRIGGER_H

#include "preflight.h"

void judge_migration_trigger(const struct setup *setup, struct finding *finding);
void judge_trigger_permission(const struct setup *setup, struct finding *finding);
void judge_sign_up_guard(const struct setup *setup, struct finding *finding);
void judge_link_trigger(const struct setup *setup, struct finding *finding);
void judge_token_trigger(const struct setup *setup, struct finding *finding);

#endif
