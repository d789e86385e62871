/* SPDX-License-Identifier: Apache-2.0
 * What a token needs to know of its issuer. */
#ifndef TESTING_ISSUER_H
#define TESTING_ISSUER_H

#include "testing/signing_key.h"

#include <cogmig/testing.h>

/* As a pool: one key for each token use. */
enum {
    ISSUER_KEY_COUNT = 2
};

struct cogmig_test_issuer {
    char *url;
    char *jwks;
    struct signing_key keys[ISSUER_KEY_COUNT];
};

const struct signing_key *issuer_key(const cogmig_test_issuer *issuer, int32_t use);

#endif
