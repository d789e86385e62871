/* SPDX-License-Identifier: Apache-2.0
 * A Cognito user by the sub. */
#ifndef COGMIG_TOOL_USER_OF_SUB_H
#define COGMIG_TOOL_USER_OF_SUB_H

#include <cogmig/cognito.h>

/* As cogmig_cognito_get_user(), which takes the sub of a local user alone: who comes from another
 * identity provider is known by a name such as "Google_1" (API reference, AdminGetUser). */
cogmig_status user_of_sub(cogmig_cognito *cognito, const char *sub, cogmig_cognito_user **ret_user,
                          cogmig_error *err);

#endif
