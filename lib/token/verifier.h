/* SPDX-License-Identifier: Apache-2.0
 * What a verifier is made of. */
#ifndef TOKEN_VERIFIER_H
#define TOKEN_VERIFIER_H

#include "keyset/source.h"
#include "token/alb_keys.h"
#include "token/cache.h"
#include "token/config.h"

#include <stdatomic.h>

struct trusted_issuer {
    const struct issuer *issuer;
    struct key_source *keys;
};

struct cogmig_verifier {
    atomic_size_t holders;
    cogmig_verifier_config *config;
    struct trusted_issuer issuers[MAX_ISSUERS];
    size_t issuer_count;
    uint32_t algorithms; /* SIGNATURE_*, of all issuers together */
    struct token_cache *cache;
    struct alb_keys *alb_keys; /* NULL: it judges tokens of issuers */
};

cogmig_verifier *verifier_hold(cogmig_verifier *verifier);

/* NULL: there is none. */
const struct trusted_issuer *verifier_find_issuer(const cogmig_verifier *verifier,
                                                  struct span name);

/* A user pool is one, however many issuers it has. NULL: there are several. */
const struct trusted_issuer *verifier_only_issuer(const cogmig_verifier *verifier);

/* The key file of the configuration, if it names one. False: memory was refused. */
bool verifier_open_key_file(cogmig_verifier *verifier);

#endif
