/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <string.h>

int main(void)
{
    cogmig_test_issuer *issuer;
    cogmig_test_token *token;
    cogmig_verifier *verifier;
    cogmig_claims *claims;
    const char *jwt;
    size_t jwks_len, jwt_len;
    must(cogmig_verifier_new_for_pool(POOL, "the-client", COGMIG_TOKEN_USE_ID, &verifier, err));
    /* region: token */
    cogmig_test_issuer_new("https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI",
                           &issuer, err);
    const char *jwks = cogmig_test_issuer_jwks(issuer, &jwks_len);
    cogmig_verifier_seed_keys(verifier, NULL, jwks, jwks_len, err);

    cogmig_test_token_new(issuer, COGMIG_TOKEN_USE_ID, "the-sub", "the-client", &token, err);
    cogmig_test_token_set_string(token, "custom:legacy_id", "row-7", err);
    cogmig_test_token_sign(token, &jwt, &jwt_len, err); /* accepted, and maps to row-7 */
    /* end region */
    must(cogmig_verifier_verify(verifier, jwt, jwt_len, &claims, err));
    check(strcmp(cogmig_claims_legacy_id(claims), "row-7") == 0, "the token maps to its row");
    cogmig_claims_free(&claims);

    /* region: expired */
    cogmig_test_token_set_integer(token, "exp", 1, err);
    cogmig_test_token_sign(token, &jwt, &jwt_len, err); /* TOKEN_EXPIRED */
    /* end region */
    check(cogmig_verifier_verify(verifier, jwt, jwt_len, NULL, err) == COGMIG_TOKEN_EXPIRED,
          "an expired token is refused");
    cogmig_test_token_free(&token);
    cogmig_verifier_free(&verifier);
    cogmig_test_issuer_free(&issuer);
    return 0;
}
