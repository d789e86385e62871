/* SPDX-License-Identifier: Apache-2.0
 * What is asked of OpenSSL, in plain C. */
#ifndef ADAPTERS_OPENSSL_H
#define ADAPTERS_OPENSSL_H

#include "base/span.h"

#include <cogmig/status.h>
#include <stdbool.h>
#include <stddef.h>

/* Compares all bytes whatever they are, so that the time taken tells nothing. */
bool openssl_equal(const void *a, const void *b, size_t len);

enum {
    RSA_MIN_BITS = 2048,
    RSA_MAX_BITS = 8192,
    RSA_MAX_SIGNATURE_BYTES = RSA_MAX_BITS / 8
};

/* An RSA public key with everything ready to verify RS256 (RSASSA-PKCS1-v1_5 with SHA-256).
 * Immutable and counted: any number of threads verify with it. */
struct openssl_rsa_key;

/* Make a key of big-endian modulus and exponent (RFC 7518 section 6.3.1).
 *
 * ret_reason  why a key that is returned as JWKS_NO_USABLE_KEY is not used; static
 *
 * Errors: JWKS_NO_USABLE_KEY, OUT_OF_MEMORY, INTERNAL_ERROR. */
cogmig_status openssl_rsa_key_new(struct span modulus, struct span exponent,
                                  struct openssl_rsa_key **ret_key, const char **ret_reason);
struct openssl_rsa_key *
openssl_rsa_key_hold(struct openssl_rsa_key *key); /* one more free is due */
void openssl_rsa_key_free(struct openssl_rsa_key *key);
bool openssl_rsa_key_equal(const struct openssl_rsa_key *a, const struct openssl_rsa_key *b);

/* Errors: TOKEN_SIGNATURE_INVALID, OUT_OF_MEMORY (nothing was judged). */
cogmig_status openssl_rsa_verify_rs256(const struct openssl_rsa_key *key, struct span signed_bytes,
                                       struct span signature);

#endif
