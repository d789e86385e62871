/* SPDX-License-Identifier: Apache-2.0
 * Who may issue tokens, and where the keys are. */
#ifndef TOKEN_ISSUER_H
#define TOKEN_ISSUER_H

#include "base/span.h"

#include <cogmig/error.h>
#include <stdbool.h>
#include <stdint.h>

/* A user pool says one of two things of itself (IssuerConfiguration). */
enum issuer_family {
    ISSUER_ORIGINAL, /* cognito-idp.{region} */
    ISSUER_UPDATED   /* issuer-cognito-idp.{region} */
};

enum {
    ISSUER_MAX_BYTES = 1024,
    JWKS_URL_MAX_BYTES = 2048
};

struct issuer {
    char *name;    /* what iss says */
    bool any_name; /* iss is not looked at; then name is the address of the keys */
    char *jwks_url;
    char *pool_id;       /* NULL: it is no user pool */
    uint32_t algorithms; /* SIGNATURE_* */
};

/* region  of a replica; NULL for the pool's own, which its id names
 *
 * Errors: POOL_ID_INVALID, CONFIG_INVALID (no region), OUT_OF_MEMORY. */
cogmig_status issuer_of_pool(const char *pool_id, enum issuer_family family, const char *region,
                             struct issuer *ret_issuer, cogmig_error *err);

/* jwks_url  NULL: by the rule of OpenID Connect and Cognito
 *
 * Errors: ISSUER_INVALID, JWKS_URL_INVALID, OUT_OF_MEMORY. */
cogmig_status issuer_from_url(const char *name, const char *jwks_url, struct issuer *ret_issuer,
                              cogmig_error *err);

/* Whoever holds the keys of this address, by whatever name. Errors: JWKS_URL_INVALID,
 * OUT_OF_MEMORY. */
cogmig_status issuer_of_any_name(const char *jwks_url, struct issuer *ret_issuer,
                                 cogmig_error *err);

cogmig_status issuer_copy(const struct issuer *issuer, struct issuer *ret_copy, cogmig_error *err);

/* Two issuers of one user pool, or one issuer twice? */
bool issuer_is_kin(const struct issuer *a, const struct issuer *b);

/* Such as eu-central-1. */
bool region_is_valid(struct span region);

/* jwks_url  NULL: none was given. Errors: ISSUER_INVALID, JWKS_URL_INVALID. */
cogmig_status issuer_check_urls(const char *name, const char *jwks_url, cogmig_error *err);

bool issuer_needs_plain_http(const char *url);
void issuer_release(struct issuer *issuer);

#endif
