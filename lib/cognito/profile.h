/* SPDX-License-Identifier: Apache-2.0
 * The AWS CLI's shared files. */
#ifndef COGNITO_PROFILE_H
#define COGNITO_PROFILE_H

#include "cognito/credentials.h"

/* AWS_PROFILE, or "default". */
const char *profile_name(void);

/* A key of a profile in the text of a file: [name] or, in the config file, [profile name]. Lines
 * that are indented belong to another key. */
struct span profile_value(struct span file, const char *profile, const char *key);

/* From ~/.aws/credentials or AWS_SHARED_CREDENTIALS_FILE, then from ~/.aws/config or
 * AWS_CONFIG_FILE. None there, and no file: COGMIG_OK without credentials. */
cogmig_status credentials_from_profile(struct credentials *ret_credentials, cogmig_error *err);

#endif
