/* SPDX-License-Identifier: Apache-2.0
 * An Application Load Balancer whose x-amzn-oidc-data is accepted (Elastic Load Balancing,
 * "Authenticate users using an Application Load Balancer"). */
#ifndef TOKEN_ALB_H
#define TOKEN_ALB_H

#include <cogmig/error.h>

enum {
    MAX_ALBS = 16,
    ARN_MAX_BYTES = 256
};

struct alb {
    char *arn;      /* what signer says */
    char *issuer;   /* what iss says */
    char *keys_url; /* behind it stand a slash and the kid */
};

/* keys_url  NULL: that of the region
 *
 * Errors: CONFIG_INVALID (no ARN of one), ISSUER_INVALID, JWKS_URL_INVALID, OUT_OF_MEMORY. */
cogmig_status alb_make(const char *arn, const char *issuer, const char *keys_url,
                       struct alb *ret_alb, cogmig_error *err);
cogmig_status alb_copy(const struct alb *alb, struct alb *ret_copy, cogmig_error *err);
void alb_release(struct alb *alb);

#endif
