/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>
#include <string.h>

static int report(const cogmig_error *error)
{
    fprintf(stderr, "%s\n", cogmig_error_message(error));
    return 1;
}

static int sign_in(const char *password, size_t password_len)
{
    /* region: sign-in */
    cogmig_cognito *cognito = NULL;
    cogmig_cognito_tokens *tokens = NULL;

    if (cogmig_cognito_new_from_env(&cognito, err) != COGMIG_OK)
        return report(err);
    cogmig_status status =
        cogmig_cognito_sign_in(cognito, "ann@example.com", password, password_len, &tokens, err);
    if (status == COGMIG_OK && cogmig_cognito_tokens_challenge(tokens) == NULL)
        printf("%s\n", cogmig_cognito_tokens_id(tokens));
    else if (cogmig_status_kind(status) == COGMIG_KIND_UNAVAILABLE)
        fprintf(stderr, "try again later: %s\n", cogmig_error_message(err));
    cogmig_cognito_tokens_free(&tokens);
    cogmig_cognito_free(&cognito);
    /* end region */
    return (int)cogmig_status_kind(status);
}

/* Its one argument is the password. */
int main(int argc, char **argv)
{
    check(argc == 2, "a password is given");
    return sign_in(argv[1], strlen(argv[1]));
}
