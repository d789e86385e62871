/* SPDX-License-Identifier: Apache-2.0
 * Tokens already verified, found again by all of their bytes. */
#ifndef TOKEN_CACHE_H
#define TOKEN_CACHE_H

#include "base/span.h"
#include "keyset/source.h"
#include "token/claims.h"
#include "token/rules.h"

#include <stdbool.h>
#include <stdint.h>

/* Why a token was accepted, and so how long it stays accepted. */
struct acceptance {
    cogmig_claims *claims;
    struct key_life *key;
    const struct key_source *keys;
    struct window window;
};

struct now {
    int64_t calendar_s;
    int64_t steady_ms;
};

struct token_cache;

/* max_bytes  of all that it keeps for its tokens, claims included; 0: it keeps none
 *
 * NULL: memory was refused. */
struct token_cache *token_cache_new(size_t max_bytes);

/* Forgets all tokens. False: memory was refused, and all is as it was. */
bool token_cache_resize(struct token_cache *cache, size_t max_bytes);
void token_cache_free(struct token_cache *cache); /* after the last call on it */

/* The claims of a token that is accepted still, held for the caller; NULL when it must be verified.
 * Allocates nothing, waits for nobody. */
cogmig_claims *token_cache_find(struct token_cache *cache, struct span token, struct now now);

/* How often it was asked and found the token, or did not. */
uint64_t token_cache_count(const struct token_cache *cache, bool found);

/* Ask before verifying; a token that was forgotten meanwhile is then not kept. */
uint64_t token_cache_generation(const struct token_cache *cache);

/* Keep a token, in place of older ones where room is short. Keeps nothing when another thread is
 * at it, or when memory is refused. */
void token_cache_keep(struct token_cache *cache, struct span token,
                      const struct acceptance *acceptance, uint64_t generation);

void token_cache_forget(struct token_cache *cache, struct span token);
void token_cache_forget_all(struct token_cache *cache);

#endif
