/* SPDX-License-Identifier: Apache-2.0
 * What a verifier is made of. */
#ifndef TOKEN_VERIFIER_H
#define TOKEN_VERIFIER_H

#include "keyset/source.h"
#include "token/cache.h"
#include "token/config.h"

struct trusted_issuer {
    const struct issuer *issuer;
    struct key_source *keys;
};

struct cogmig_verifier {
    cogmig_verifier_config *config;
    struct trusted_issuer issuers[MAX_ISSUERS];
    size_t issuer_count;
    uint32_t algorithms; /* SIGNATURE_*, of all issuers together */
    struct token_cache *cache;
};

#endif
