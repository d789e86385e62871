/* SPDX-License-Identifier: Apache-2.0
 * Checks of the app client. */
#ifndef COGMIG_TOOL_PREFLIGHT_CLIENT_H
#define COGMIG_TOOL_PREFLIGHT_CLIENT_H

#include "preflight.h"

void judge_password_flow(const struct setup *setup, struct finding *finding);
void judge_rotation(const struct setup *setup, struct finding *finding);
void judge_user_existence(const struct setup *setup, struct finding *finding);
void judge_client_secret(const struct setup *setup, struct finding *finding);
void judge_client_of_pool(const struct setup *setup, struct finding *finding);
void judge_access_lifetime(const struct setup *setup, struct finding *finding);
void judge_refresh_lifetime(const struct setup *setup, struct finding *finding);
void judge_revocation(const struct setup *setup, struct finding *finding);
void judge_legacy_id_readable(const struct setup *setup, struct finding *finding);
void judge_legacy_id_protected(const struct setup *setup, struct finding *finding);

#endif
