/* SPDX-License-Identifier: Apache-2.0
 * Keys that sign, well or badly: what the library itself cannot do. */
#ifndef TESTS_SIGNER_H
#define TESTS_SIGNER_H

#include "base/buffer.h"
#include "base/span.h"

struct signer;

/* An RSA key; ends the test when there is none. */
struct signer *signer_new(unsigned bits, unsigned long exponent);

/* A key of a curve: "P-256", "P-384", "P-521" or "ED25519". */
struct signer *signer_new_of_curve(const char *curve);
void signer_free(struct signer *signer);

/* The names of all ways are in signer.c. Ends the test on any other name. */
void signer_sign(const struct signer *signer, const char *way, struct span bytes,
                 struct buffer *signature);

void signer_add_modulus(const struct signer *signer, struct buffer *base64url);
void signer_add_exponent(const struct signer *signer, struct buffer *base64url);

/* A JWK of this key, as Cognito writes them. */
void signer_add_jwk(const struct signer *signer, const char *kid, struct buffer *json);

/* A JWK of this key with that alg; NULL for none. */
void signer_add_jwk_for(const struct signer *signer, const char *kid, const char *alg,
                        struct buffer *json);

/* A document of one key. */
void signer_add_jwks(const struct signer *signer, const char *kid, struct buffer *json);

/* The compact form of an RS256 token. */
void signer_add_token(const struct signer *signer, const char *header, const char *payload,
                      struct buffer *token);

/* The public key as load balancers' endpoints give it. */
void signer_add_pem(const struct signer *signer, struct buffer *pem);

void add_base64url(struct buffer *b, struct span bytes);

#endif
