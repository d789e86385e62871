/* SPDX-License-Identifier: Apache-2.0
 * Checks of the user pool. */
#ifndef COGMIG_TOOL_PREFLIGHT_POOL_H
#define COGMIG_TOOL_PREFLIGHT_POOL_H

#include "preflight.h"

void judge_legacy_id(const struct setup *setup, struct finding *finding);
void judge_legacy_id_length(const struct setup *setup, struct finding *finding);
void judge_legacy_id_mutable(const struct setup *setup, struct finding *finding);
void judge_required_attributes(const struct setup *setup, struct finding *finding);
void judge_email_sign_in(const struct setup *setup, struct finding *finding);
void judge_case(const struct setup *setup, struct finding *finding);
void judge_first_factor(const struct setup *setup, struct finding *finding);
void judge_issuer(const struct setup *setup, struct finding *finding);
void judge_recovery(const struct setup *setup, struct finding *finding);
void judge_auto_verified(const struct setup *setup, struct finding *finding);
void judge_email_sender(const struct setup *setup, struct finding *finding);
void judge_mfa(const struct setup *setup, struct finding *finding);
void judge_deletion_protection(const struct setup *setup, struct finding *finding);
void judge_size(const struct setup *setup, struct finding *finding);

#endif
