/* SPDX-License-Identifier: Apache-2.0
 * The caller's own question about a token that passed all others. */
#ifndef TOKEN_CHECK_H
#define TOKEN_CHECK_H

#include <cogmig/verifier.h>

struct check {
    cogmig_verifier_check_fn ask; /* NULL: there is none */
    void *user_data;
};

/* Errors: TOKEN_CHECK_REFUSED, STOPPED_BY_CALLBACK, and what of kind UNAVAILABLE it returns. */
cogmig_status check_run(const struct check *check, const cogmig_claims *claims, cogmig_error *err);

#endif
