/* SPDX-License-Identifier: Apache-2.0
 * One JSON Web Key (RFC 7517): which one algorithm may it verify? */
#ifndef KEYSET_JWK_H
#define KEYSET_JWK_H

#include "adapters/openssl.h"
#include "adapters/openssl_signature.h"
#include "base/json.h"
#include "keyset/life.h"

#include <cogmig/status.h>

enum {
    KID_MAX_BYTES = 256
};

struct key {
    char kid[KID_MAX_BYTES + 1];
    size_t kid_len;
    uint32_t algorithm;               /* one of SIGNATURE_* */
    struct openssl_rsa_key *rsa;      /* of RS256, else NULL */
    struct openssl_public_key *other; /* of any other */
    struct key_life *life;
    char *jwk; /* as it is written again; NULL of a key that was no JWK */
};

/* Its name in alg, of one of SIGNATURE_*. */
const char *algorithm_name(uint32_t algorithm);

/* Which one a JSON_STRING names; 0 for another. */
uint32_t algorithm_named(struct json_value alg);

/* Read a member of "keys", which is a JSON_OBJECT.
 *
 * algorithms  that are wanted, SIGNATURE_*; a key is bound to the one that its kty, crv and alg
 * say, an RSA key without alg to RS256 ret_reason  why a key that is returned as JWKS_NO_USABLE_KEY
 * is left out; static
 *
 * Errors: JWKS_NO_USABLE_KEY, OUT_OF_MEMORY, INTERNAL_ERROR. */
cogmig_status jwk_read(struct json_value jwk, uint32_t algorithms, struct key *ret_key,
                       const char **ret_reason);
void jwk_release(struct key *key);

/* An equal key of a former set stays: its life, and all that is prepared to verify with it. */
void key_verify_as(struct key *key, const struct key *former);

/* The same algorithm and the same numbers? */
bool key_is_same(const struct key *a, const struct key *b);

/* That, and the same kid? */
bool key_equal(const struct key *a, const struct key *b);

#endif
