/* SPDX-License-Identifier: Apache-2.0
 * HMAC-SHA256 and base64 of OpenSSL. */
#ifndef ADAPTERS_OPENSSL_HMAC_H
#define ADAPTERS_OPENSSL_HMAC_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    OPENSSL_HMAC_BYTES = 32,
    OPENSSL_HMAC_BASE64_SIZE = 44 + 1
};

/* False when memory is refused. */
bool openssl_hmac_sha256(struct span key, struct span message,
                         unsigned char ret_digest[OPENSSL_HMAC_BYTES]);

/* With padding (RFC 4648 section 4), NUL-terminated. */
void openssl_base64_of_hmac(const unsigned char digest[OPENSSL_HMAC_BYTES],
                            char out[OPENSSL_HMAC_BASE64_SIZE]);

#endif
