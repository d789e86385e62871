/* SPDX-License-Identifier: Apache-2.0
 * What an error answer of an AWS API means. */
#ifndef COGNITO_REFUSAL_H
#define COGNITO_REFUSAL_H

#include "adapters/libcurl_request.h"

#include <stdbool.h>

/* The operation in whose name it failed. */
struct refused_call {
    const char *operation;
    bool is_signed;
    /* No bytes: none was sent. */
    struct span secret; /* the password or token of a user */
    struct span client_secret;
    struct span session_token; /* of the AWS credentials */
};

/* The status of an answer other than 200: err gets AWS's message, request id and __type,
 * without the message where that repeats a secret.
 * OUT_OF_MEMORY when it could not be read. */
cogmig_status refusal_of(const struct refused_call *call, const struct http_reply *reply,
                         cogmig_error *err);

/* Is it worth another attempt? The API's own errors and throttling alone. */
bool refusal_is_passing(cogmig_status status, const cogmig_error *err);

/* Might other credentials do better than those that were sent? */
bool refusal_is_of_credentials(const cogmig_error *err);

#endif
