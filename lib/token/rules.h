/* SPDX-License-Identifier: Apache-2.0
 * What the claims of a token with a good signature must say (RFC 7519 section 4.1; Developer Guide,
 * "Verifying a JSON web token"). */
#ifndef TOKEN_RULES_H
#define TOKEN_RULES_H

#include "token/demands.h"
#include "token/text_list.h"

#include <stdbool.h>
#include <stdint.h>

struct rules {
    int32_t token_use; /* COGMIG_TOKEN_USE_*; 0 while none was chosen */
    struct text_list clients;
    bool any_client;
    int64_t leeway_s;
    int64_t max_age_s;       /* 0: any */
    int64_t min_remaining_s; /* 0: any */
    struct demands demands;
};

/* What load balancers say in the header, and others in the payload. */
struct header_claims {
    const char *issuer; /* which has been accepted */
    char client[256 + 1];
    int64_t exp_s;
};

/* What is particular to one token. */
struct circumstances {
    bool access_token_type;  /* the header's typ is at+jwt */
    bool token_use_optional; /* the issuer is not a user pool, so it may never have heard of it */
    bool issuer_optional;    /* whoever holds the keys may issue */
    const struct header_claims *in_header; /* NULL: nothing */
    const char *nonce;                     /* of this sign-in; NULL: none is demanded */
    int64_t now_s;
};

/* Judge, and note in the claims what was found: token use, client, times. The status is that of the
 * first rule that is broken; the error box has the bits of all.
 *
 * Errors: TOKEN_PAYLOAD_INVALID, TOKEN_TYPE_REFUSED, TOKEN_USE_REFUSED, TOKEN_CLIENT_REFUSED,
 * TOKEN_EXPIRED, TOKEN_NOT_YET_VALID, TOKEN_CLAIM_MISSING, TOKEN_CLAIM_INVALID,
 * TOKEN_GROUP_REFUSED, TOKEN_SCOPE_REFUSED, TOKEN_CLAIM_REFUSED, TOKEN_TOO_OLD,
 * TOKEN_EXPIRES_TOO_SOON, TOKEN_NONCE_REFUSED. */
cogmig_status rules_judge(const struct rules *rules, const struct circumstances *circumstances,
                          cogmig_claims *claims, cogmig_error *err);

/* The seconds from which and up to which accepted claims stay accepted, the second one excluded. */
struct window {
    int64_t from_s;
    int64_t end_s;
};
struct window rules_window(const struct rules *rules, const cogmig_claims *claims);

/* Is iss there, and text? Errors: TOKEN_PAYLOAD_INVALID, TOKEN_CLAIM_MISSING, TOKEN_CLAIM_INVALID.
 */
cogmig_status rules_judge_issuer_claim(const cogmig_claims *claims, cogmig_error *err);

#endif
