/* SPDX-License-Identifier: Apache-2.0
 * A key pair under its kid, and the JWKS document of several. */
#ifndef TESTING_SIGNING_KEY_H
#define TESTING_SIGNING_KEY_H

#include "testing/openssl_encoding.h"
#include "testing/openssl_key.h"

struct signing_key {
    struct key_pair *pair;
    char kid[KID_ROOM];
};

/* False when OpenSSL refuses. */
bool signing_key_make(struct signing_key *ret_key);
void signing_key_release(struct signing_key *key);

/* The JWKS document in the form of Cognito's, or NULL; released with heap_release(). */
char *signing_keys_jwks(const struct signing_key *keys, size_t count);

#endif
