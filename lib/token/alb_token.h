/* SPDX-License-Identifier: Apache-2.0
 * A token of a load balancer: ES256, padded base64url, and a header that says who signed it, for
 * which client, until when. */
#ifndef TOKEN_ALB_TOKEN_H
#define TOKEN_ALB_TOKEN_H

#include "token/verifier.h"

/* nonce                 NULL: none is demanded
 * ret_claims            released by the caller whatever comes of it
 * ret_signature_is_good  what comes after the signature may have failed
 *
 * Errors: as cogmig_verifier_verify(). */
cogmig_status alb_token_judge(const cogmig_verifier *verifier, struct span bytes, const char *nonce,
                              int64_t now_s, cogmig_claims **ret_claims,
                              bool *ret_signature_is_good, cogmig_error *err);

#endif
