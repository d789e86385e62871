/* SPDX-License-Identifier: Apache-2.0
 * One JSON Web Key (RFC 7517): is it one that may verify RS256? */
#ifndef KEYSET_JWK_H
#define KEYSET_JWK_H

#include "adapters/openssl.h"
#include "base/json.h"
#include "keyset/life.h"

#include <cogmig/status.h>

enum {
    KID_MAX_BYTES = 256
};

struct key {
    char kid[KID_MAX_BYTES + 1];
    size_t kid_len;
    struct openssl_rsa_key *rsa;
    struct key_life *life;
};

/* Read a member of "keys", which is a JSON_OBJECT.
 *
 * ret_reason  why a key that is returned as JWKS_NO_USABLE_KEY is left out; static
 *
 * Errors: JWKS_NO_USABLE_KEY, OUT_OF_MEMORY, INTERNAL_ERROR. */
cogmig_status jwk_read(struct json_value jwk, struct key *ret_key, const char **ret_reason);
void jwk_release(struct key *key);

/* The same kid and the same numbers? */
bool key_equal(const struct key *a, const struct key *b);

#endif
