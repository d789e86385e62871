/* SPDX-License-Identifier: Apache-2.0
 * AWS credentials, and where they are found. */
#ifndef COGNITO_CREDENTIALS_H
#define COGNITO_CREDENTIALS_H

#include "adapters/libcurl_request.h"
#include "base/clock.h"

#include <cogmig/error.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    CREDENTIALS_MAX_KEY = 4096,
    CREDENTIALS_MAX_TOKEN = 12 * 1024 /* one header */
};

struct credentials {
    char *access_key_id; /* NULL: there are none */
    char *secret_access_key;
    char *session_token;  /* NULL: they are not temporary */
    int64_t expires_at_s; /* 0: not known */
};

/* Copies; the session token may be NULL or "". False when memory is refused. */
bool credentials_set(struct credentials *credentials, const char *access_key_id,
                     const char *secret_access_key, const char *session_token);
bool credentials_copy(const struct credentials *credentials, struct credentials *ret_copy);
void credentials_release(struct credentials *credentials);

/* Do they expire within so many seconds? */
bool credentials_expire_within(const struct credentials *credentials, int64_t now_s, int64_t in_s);

/* In the order of the AWS CLI: environment, shared credentials file, config file, container
 * endpoint, instance metadata. What one of them begins to say decides: half a pair of keys is a
 * mistake to be told, not a reason to go on to the next.
 *
 * Errors: OUT_OF_MEMORY, INTERNAL_ERROR, AWS_CREDENTIALS_NOT_FOUND, COGNITO_UNREACHABLE,
 * COGNITO_RESPONSE_INVALID (an endpoint that should give them). */
cogmig_status credentials_find(struct deadline deadline, struct credentials *ret_credentials,
                               cogmig_error *err);

#endif
