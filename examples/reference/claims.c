/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <string.h>

static cogmig_user *user_of(cogmig_verifier *verifier, cogmig_store *store, const char *token)
{
    cogmig_user *user = NULL;
    size_t token_len = strlen(token);
    /* region: legacy-id */
    cogmig_claims *claims = NULL;
    if (cogmig_verifier_verify(verifier, token, token_len, &claims, err) == COGMIG_OK) {
        const char *legacy_id = cogmig_claims_legacy_id(claims);
        if (legacy_id != NULL)
            must(cogmig_store_find_by_id(store, legacy_id, &user, err));
        cogmig_claims_free(&claims);
    }
    /* end region */
    return user;
}

static int status_for(const cogmig_claims *claims)
{
    /* region: scope-or-group */
    if (!cogmig_claims_has_scope(claims, "orders:write") &&
        !cogmig_claims_in_group(claims, "staff"))
        return 403;
    /* end region */
    return 200;
}

int main(void)
{
    cogmig_store *store = open_store();
    cogmig_test_issuer *issuer = new_issuer();
    cogmig_verifier *verifier = new_verifier(issuer, COGMIG_TOKEN_USE_ANY);

    cogmig_user *user = user_of(verifier, store, signed_token(issuer, COGMIG_TOKEN_USE_ID));
    check(strcmp(cogmig_user_email(user), EMAIL) == 0, "the token leads to the row");
    cogmig_user_free(&user);

    cogmig_claims *claims;
    const char *token = signed_token(issuer, COGMIG_TOKEN_USE_ACCESS);
    must(cogmig_verifier_verify(verifier, token, strlen(token), &claims, err));
    check(status_for(claims) == 200, "scope and group are in the token");
    cogmig_claims_free(&claims);

    cogmig_verifier_free(&verifier);
    cogmig_test_issuer_free(&issuer);
    cogmig_store_free(&store);
    return 0;
}
