/* SPDX-License-Identifier: Apache-2.0
 * One JWKS document and some tokens of it, a line each, for check_tokens.py. */
#include <cogmig/claims.h>
#include <cogmig/testing.h>
#include <stdio.h>
#include <stdlib.h>

static const char *must_sign(cogmig_test_token *token)
{
    const char *jwt;
    if (cogmig_test_token_sign(token, &jwt, NULL, NULL) != COGMIG_OK)
        exit(1);
    return jwt;
}

static cogmig_test_token *must_begin(const cogmig_test_issuer *issuer, int32_t use)
{
    cogmig_test_token *token;
    if (cogmig_test_token_new(issuer, use, "sub", "client", &token, NULL) != COGMIG_OK)
        exit(1);
    return token;
}

int main(void)
{
    cogmig_test_issuer *issuer;
    if (cogmig_test_issuer_new("https://issuer.example/pool", &issuer, NULL) != COGMIG_OK)
        return 1;
    puts(cogmig_test_issuer_jwks(issuer, NULL));

    cogmig_test_token *id = must_begin(issuer, COGMIG_TOKEN_USE_ID);
    printf("id %s\n", must_sign(id));
    cogmig_test_token *access = must_begin(issuer, COGMIG_TOKEN_USE_ACCESS);
    printf("access %s\n", must_sign(access));

    const char *bad;
    if (cogmig_test_token_sign_badly(id, &bad, NULL, NULL) != COGMIG_OK)
        return 1;
    printf("bad %s\n", bad);
    if (cogmig_test_token_set_header(id, "alg", "\"none\"", NULL) != COGMIG_OK)
        return 1;
    printf("none %s\n", must_sign(id));

    cogmig_test_token_free(&id);
    cogmig_test_token_free(&access);
    cogmig_test_issuer_free(&issuer);
    return 0;
}
