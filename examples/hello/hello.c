/* SPDX-License-Identifier: Apache-2.0 */
/* region: program */
#include <cogmig/cogmig.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    const char *token = argc > 1 ? argv[1] : "";
    cogmig_verifier *verifier = NULL;
    cogmig_claims *claims = NULL;

    /* COGNITO_USER_POOL_ID, COGNITO_CLIENT_ID */
    cogmig_status status = cogmig_verifier_new_from_env(COGMIG_TOKEN_USE_ANY, &verifier, NULL);
    if (status == COGMIG_OK)
        status = cogmig_verifier_verify(verifier, token, strlen(token), &claims, NULL);
    puts(status == COGMIG_OK ? cogmig_claims_sub(claims) : cogmig_status_sentence(status));

    cogmig_claims_free(&claims);
    cogmig_verifier_free(&verifier);
    return (int)cogmig_status_kind(status);
}
/* end region */
