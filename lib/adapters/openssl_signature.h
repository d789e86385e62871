/* SPDX-License-Identifier: Apache-2.0
 * Signatures of other algorithms than RS256, which has a file of its own for its speed. */
#ifndef ADAPTERS_OPENSSL_SIGNATURE_H
#define ADAPTERS_OPENSSL_SIGNATURE_H

#include "base/span.h"

#include <cogmig/status.h>
#include <stdbool.h>
#include <stdint.h>

/* RFC 7518 section 3.1 and RFC 8037 section 3.1; bits, so that sets of them can be made. */
enum {
    SIGNATURE_RS256 = 1,
    SIGNATURE_RS384 = 2,
    SIGNATURE_RS512 = 4,
    SIGNATURE_PS256 = 8,
    SIGNATURE_PS384 = 16,
    SIGNATURE_PS512 = 32,
    SIGNATURE_ES256 = 64,
    SIGNATURE_ES384 = 128,
    SIGNATURE_ES512 = 256,
    SIGNATURE_EDDSA = 512, /* Ed25519 alone */
    SIGNATURE_ALL = 1023
};

/* A public key that is bound to one algorithm. Immutable and counted: any number of threads verify
 * with it. */
struct openssl_public_key;

/* The numbers of a JWK: n and e of an RSA key, x and y of a point, x alone of Ed25519.
 *
 * ret_reason  why a key that is returned as JWKS_NO_USABLE_KEY is not used; static
 *
 * Errors: JWKS_NO_USABLE_KEY, OUT_OF_MEMORY, INTERNAL_ERROR. */
cogmig_status openssl_public_key_new(uint32_t algorithm, struct span first, struct span second,
                                     struct openssl_public_key **ret_key, const char **ret_reason);
struct openssl_public_key *openssl_public_key_hold(struct openssl_public_key *key);
void openssl_public_key_free(struct openssl_public_key *key);
bool openssl_public_key_equal(const struct openssl_public_key *a,
                              const struct openssl_public_key *b);

/* Errors: TOKEN_SIGNATURE_INVALID, OUT_OF_MEMORY (nothing was judged). */
cogmig_status openssl_public_key_verify(const struct openssl_public_key *key,
                                        struct span signed_bytes, struct span signature);

#endif
