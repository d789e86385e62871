/* SPDX-License-Identifier: Apache-2.0
 * SHA-256 of OpenSSL. */
#ifndef ADAPTERS_OPENSSL_SHA256_H
#define ADAPTERS_OPENSSL_SHA256_H

#include "base/span.h"

enum {
    OPENSSL_SHA256_BYTES = 32
};

/* False when memory is refused. OpenSSL wipes its state. */
bool openssl_sha256(struct span bytes, unsigned char ret_digest[OPENSSL_SHA256_BYTES]);

#endif
