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

/* The same of bytes that come one after the other. */
struct running_sha256;

/* NULL when memory is refused. */
struct running_sha256 *running_sha256_new(void);
bool running_sha256_add(struct running_sha256 *running, struct span bytes);

/* The digest in lower-case hexadecimal; it begins anew behind that. */
bool running_sha256_finish(struct running_sha256 *running,
                           char ret_digest[2 * OPENSSL_SHA256_BYTES + 1]);

/* For SCOPED(). */
void running_sha256_release(struct running_sha256 **running);

#endif
