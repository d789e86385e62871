/* SPDX-License-Identifier: Apache-2.0
 * An RSA key pair that signs RS256. */
#ifndef TESTING_OPENSSL_KEY_H
#define TESTING_OPENSSL_KEY_H

#include <stdbool.h>
#include <stddef.h>

struct key_pair; /* counted */

enum {
    KEY_BITS = 2048,
    SIGNATURE_BYTES = KEY_BITS / 8
};

/* A new pair, or NULL when OpenSSL refuses. */
struct key_pair *key_pair_new(void);

struct key_pair *key_pair_share(struct key_pair *pair);
void key_pair_release(struct key_pair *pair);

/* RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 section 3.3). */
bool key_pair_sign(struct key_pair *pair, const char *text, unsigned char out[SIGNATURE_BYTES]);

/* Modulus and exponent in base64url, as a JWK has them; each is released with heap_release(). */
bool key_pair_public_numbers(struct key_pair *pair, char **ret_modulus, char **ret_exponent);

/* The public key in PEM, or NULL; released with heap_release(). */
char *key_pair_public_pem(struct key_pair *pair);

#endif
