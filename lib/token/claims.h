/* SPDX-License-Identifier: Apache-2.0
 * A payload, decoded once and read in place. */
#ifndef TOKEN_CLAIMS_H
#define TOKEN_CLAIMS_H

#include "base/json.h"

#include <cogmig/claims.h>
#include <cogmig/error.h>
#include <stdatomic.h>

/* The claims that this library looks at, short names first. */
enum claim {
    CLAIM_ISS,
    CLAIM_SUB,
    CLAIM_AUD,
    CLAIM_EXP,
    CLAIM_NBF,
    CLAIM_IAT,
    CLAIM_EMAIL,
    CLAIM_USERNAME,
    CLAIM_TOKEN_USE,
    CLAIM_CLIENT_ID,
    CLAIM_LEGACY_ID,
    CLAIM_EMAIL_VERIFIED,
    CLAIM_COGNITO_USERNAME,
    CLAIM_CUSTOM_LEGACY_ID,
    CLAIM_COUNT
};

/* One block of memory. Each string of the top level, and of its arrays, lies unescaped and
 * NUL-terminated in texts, at the offset that it has in json: it never needs more room there. */
struct cogmig_claims {
    atomic_size_t holders;
    struct json_value root;
    struct json_value found[CLAIM_COUNT]; /* text.bytes is NULL for those that are absent */
    struct json_fault fault;              /* why it cannot be read; reason is NULL when it can */
    const char *client_id;                /* as the rules found it */
    char *client_of_header;               /* where that one is; else NULL */
    char *issuer_of_header;               /* of a load balancer's token; else NULL */
    int32_t token_use;
    int64_t expires_at_s;
    int64_t issued_at_s;
    char *texts;
    size_t json_len;
    char json[];
};

/* Decode and read a payload. One that is base64url but no JSON object is returned too, with its
 * fault: what to make of it is decided once the signature is known.
 *
 * Errors: TOKEN_MALFORMED, OUT_OF_MEMORY. */
cogmig_status claims_read(struct span payload, cogmig_claims **ret_claims, cogmig_error *err);

cogmig_claims *claims_hold(cogmig_claims *claims);

/* What they take of memory. */
size_t claims_bytes(const cogmig_claims *claims);

bool claims_have(const cogmig_claims *claims, enum claim claim);

/* A claim that is a string without U+0000, else NULL. */
const char *claims_text(const cogmig_claims *claims, enum claim claim);

/* The text of one of those strings; NULL when it holds U+0000. */
const char *claims_text_of(const cogmig_claims *claims, struct json_value string);

const char *claim_name(enum claim claim);

#endif
