/* SPDX-License-Identifier: Apache-2.0
 * Who may issue tokens, and where the keys are. */
#ifndef TOKEN_ISSUER_H
#define TOKEN_ISSUER_H

#include <cogmig/error.h>
#include <stdbool.h>

enum {
    ISSUER_MAX_BYTES = 1024,
    JWKS_URL_MAX_BYTES = 2048
};

struct issuer {
    char *name; /* what iss says */
    char *jwks_url;
    bool is_user_pool;
};

/* Errors: POOL_ID_INVALID, OUT_OF_MEMORY. */
cogmig_status issuer_from_pool_id(const char *pool_id, struct issuer *ret_issuer,
                                  cogmig_error *err);

/* jwks_url  NULL: by the rule of OpenID Connect and Cognito
 *
 * Errors: ISSUER_INVALID, JWKS_URL_INVALID, OUT_OF_MEMORY. */
cogmig_status issuer_from_url(const char *name, const char *jwks_url, struct issuer *ret_issuer,
                              cogmig_error *err);

cogmig_status issuer_copy(const struct issuer *issuer, struct issuer *ret_copy, cogmig_error *err);
bool issuer_needs_plain_http(const struct issuer *issuer);
void issuer_release(struct issuer *issuer);

#endif
