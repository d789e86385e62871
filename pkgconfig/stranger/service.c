/* SPDX-License-Identifier: Apache-2.0
 * Takes a token, as a service would, and tells who it is. */
#include <cogmig/cogmig.h>
#include <cogmig/testing.h>
#include <stdio.h>
#include <stdlib.h>

static const char pool_id[] = "eu-central-1_AbCdEfGhI";
static const char issuer_url[] =
    "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI";
static const char client_id[] = "3n4b5urk1ft4fl3mg5e62d9ado";

/* Names that libcogmig has inside, too: they are nobody's business but its own. */
void fail(const char *what, cogmig_error *err);
int memory_new(void);
int json_find(void);

void fail(const char *what, cogmig_error *err)
{
    fprintf(stderr, "%s: %s\n", what, cogmig_error_message(err));
    exit(1);
}

int memory_new(void)
{
    return 1;
}

int json_find(void)
{
    return 2;
}

static void sign_in(cogmig_test_issuer *issuer, cogmig_test_token **ret_token, const char **ret_jwt,
                    size_t *ret_len, cogmig_error *err)
{
    if (cogmig_test_token_new(issuer, COGMIG_TOKEN_USE_ID, "the-sub", client_id, ret_token, err) ||
        cogmig_test_token_set_string(*ret_token, "custom:legacy_id", "row-7", err) ||
        cogmig_test_token_sign(*ret_token, ret_jwt, ret_len, err))
        fail("sign", err);
}

int main(void)
{
    cogmig_error *err;
    cogmig_test_issuer *issuer;
    cogmig_test_token *token;
    cogmig_verifier *verifier;
    cogmig_claims *claims;
    const char *jwt, *jwks;
    size_t jwt_len, jwks_len;
    if (cogmig_error_new(&err))
        return 1;
    if (cogmig_test_issuer_new(issuer_url, &issuer, err))
        fail("issuer", err);
    sign_in(issuer, &token, &jwt, &jwt_len, err);
    jwks = cogmig_test_issuer_jwks(issuer, &jwks_len);
    if (cogmig_verifier_new_for_pool(pool_id, client_id, COGMIG_TOKEN_USE_ID, &verifier, err) ||
        cogmig_verifier_seed_keys(verifier, NULL, jwks, jwks_len, err) ||
        cogmig_verifier_verify(verifier, jwt, jwt_len, &claims, err))
        fail("verify", err);
    printf("%s %s %d\n", cogmig_version(), cogmig_claims_legacy_id(claims),
           memory_new() + json_find());
    cogmig_claims_free(&claims);
    cogmig_verifier_free(&verifier);
    cogmig_test_token_free(&token);
    cogmig_test_issuer_free(&issuer);
    cogmig_error_free(&err);
    return 0;
}
