/* SPDX-License-Identifier: Apache-2.0
 * The AWS CLI's shared files. */
#ifndef COGNITO_PROFILE_H
#define COGNITO_PROFILE_H

#include "cognito/credentials.h"

/* AWS_DEFAULT_PROFILE, AWS_PROFILE, or "default". */
const char *profile_name(void);

enum profile_file {
    CREDENTIALS_FILE, /* [name] */
    CONFIG_FILE       /* [profile name], [default] */
};

/* A key of a profile in the text of a file. */
struct span profile_value(struct span text, enum profile_file file, const char *profile,
                          const char *key);

bool profile_is_in(struct span text, enum profile_file file, const char *profile);

/* From ~/.aws/credentials or AWS_SHARED_CREDENTIALS_FILE, then from ~/.aws/config or
 * AWS_CONFIG_FILE. None there, and no file: COGMIG_OK without credentials. A profile that the AWS
 * CLI would follow elsewhere (a role, SSO, a process) or that is not there is a failure. */
cogmig_status credentials_from_profile(struct credentials *ret_credentials, cogmig_error *err);

#endif
