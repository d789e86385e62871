/* SPDX-License-Identifier: Apache-2.0
 * SECRET_HASH: that the caller knows the app client's secret. */
#ifndef COGNITO_SECRET_HASH_H
#define COGNITO_SECRET_HASH_H

#include "adapters/openssl_hmac.h"

enum {
    SECRET_HASH_SIZE = OPENSSL_HMAC_BASE64_SIZE
};

/* False when memory is refused. */
bool secret_hash(const char *username, const char *client_id, const char *client_secret,
                 char out[SECRET_HASH_SIZE]);

#endif
