/* SPDX-License-Identifier: Apache-2.0
 * What a sign-in brings. */
#ifndef COGNITO_TOKENS_H
#define COGNITO_TOKENS_H

#include "cognito/call.h"

/* Errors: OUT_OF_MEMORY, COGNITO_RESPONSE_INVALID (neither an access token nor a challenge). */
cogmig_status tokens_read(const struct answer *answer, cogmig_cognito_tokens **ret_tokens,
                          cogmig_error *err);

#endif
