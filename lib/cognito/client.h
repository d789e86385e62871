/* SPDX-License-Identifier: Apache-2.0
 * A client: what every call needs. */
#ifndef COGNITO_CLIENT_H
#define COGNITO_CLIENT_H

#include "cognito/credentials.h"

#include <cogmig/cognito.h>
#include <pthread.h>

struct cogmig_cognito {
    char *pool_id;
    char *client_id;     /* NULL: none was given */
    char *client_secret; /* NULL: it has none */
    char *region;
    char *endpoint; /* without a slash at the end, which the path is */
    char *host;
    char *lambda_endpoint; /* NULL: that of the function's region */
    char *ca_file;
    bool endpoint_is_given;
    bool plain_http;
    int32_t timeout_ms;
    int32_t pages_per_s;
    bool credentials_are_given;
    pthread_mutex_t lock; /* of what follows */
    struct credentials credentials;
};

/* A copy of credentials that are good for a while, looked for when need be. Release it.
 *
 * Errors: as credentials_find(). */
cogmig_status client_credentials(cogmig_cognito *cognito, struct deadline deadline,
                                 struct credentials *ret_credentials, cogmig_error *err);

/* AWS refused them: look for others the next time. False when they were given and there are none
 * to look for. */
bool client_forget_credentials(cogmig_cognito *cognito);

#endif
