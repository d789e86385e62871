/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>

cogmig_error *err;
static cogmig_test_token *token;

__attribute__((constructor)) static void begin(void)
{
    if (cogmig_error_new(&err) != COGMIG_OK)
        abort();
}

__attribute__((destructor)) static void end(void)
{
    cogmig_test_token_free(&token);
    cogmig_error_free(&err);
}

void check(bool so, const char *what)
{
    if (so)
        return;
    fprintf(stderr, "not so: %s\n", what);
    exit(1);
}

void must(cogmig_status status)
{
    check(status == COGMIG_OK, cogmig_error_message(err));
}

cogmig_test_issuer *new_issuer(void)
{
    cogmig_test_issuer *issuer;
    must(cogmig_test_issuer_new("https://cognito-idp.eu-central-1.amazonaws.com/" POOL, &issuer,
                                err));
    return issuer;
}

const char *signed_token(const cogmig_test_issuer *issuer, int32_t use)
{
    const char *jwt;
    cogmig_test_token_free(&token);
    must(cogmig_test_token_new(issuer, use, SUB, CLIENT, &token, err));
    must(cogmig_test_token_set_string(token, "custom:tenant", "acme", err));
    must(cogmig_test_token_set_json(token, "cognito:groups", "[\"staff\"]", err));
    if (use == COGMIG_TOKEN_USE_ID)
        must(cogmig_test_token_set_string(token, "custom:legacy_id", LEGACY_ID, err));
    else
        must(cogmig_test_token_set_string(token, "scope", "orders:write", err));
    must(cogmig_test_token_sign(token, &jwt, NULL, err));
    return jwt;
}

cogmig_verifier *new_verifier(cogmig_test_issuer *issuer, int32_t use)
{
    size_t len;
    cogmig_verifier *verifier;
    const char *jwks = cogmig_test_issuer_jwks(issuer, &len);
    must(cogmig_verifier_new_for_pool(POOL, CLIENT, use, &verifier, err));
    must(cogmig_verifier_seed_keys(verifier, NULL, jwks, len, err));
    return verifier;
}

cogmig_store *open_store(void)
{
    cogmig_store *store;
    must(cogmig_store_open_from_env(&store, err));
    return store;
}
