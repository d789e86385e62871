/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COGNITO_CONFIG_H
#define COGNITO_CONFIG_H

#include "cognito/credentials.h"

#include <cogmig/cognito.h>

enum {
    COGNITO_MAX_CLIENT_ID = 128, /* API reference, ClientIdType */
    COGNITO_MAX_SECRET = 128,
    COGNITO_MAX_USERNAME = 128,
    COGNITO_MAX_PASSWORD = 256
};

struct cogmig_cognito_config {
    char *pool_id;
    char *client_id;
    char *client_secret;
    char *endpoint;        /* NULL: that of the pool's region */
    char *lambda_endpoint; /* NULL: that of the function's region */
    char *ca_file;
    bool plain_http;
    struct credentials credentials;
    int32_t timeout_ms;
    int32_t pages_per_s;
};

#endif
