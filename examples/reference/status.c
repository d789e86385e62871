/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>
#include <string.h>

static int respond(int http_status)
{
    return http_status;
}

static int serve(cogmig_claims *claims)
{
    check(strcmp(cogmig_claims_sub(claims), SUB) == 0, "the claims are the user's");
    cogmig_claims_free(&claims);
    return respond(200);
}

static void log_error(const char *name, const char *message)
{
    fprintf(stderr, "%s: %s\n", name, message);
}

static int judge(cogmig_verifier *verifier, const char *token, size_t token_len)
{
    cogmig_claims *claims = NULL;
    /* region: kinds */
    cogmig_status status = cogmig_verifier_verify(verifier, token, token_len, &claims, err);
    switch (cogmig_status_kind(status)) {
    case COGMIG_KIND_OK:
        return serve(claims);
    case COGMIG_KIND_DENIED:
        return respond(401);
    case COGMIG_KIND_UNAVAILABLE: /* an outage is no reason to say no */
        return respond(503);
    default:
        log_error(cogmig_status_name(status), cogmig_error_message(err));
        return respond(500);
    }
    /* end region */
}

/* Nobody to ask, and no wait for it either. */
static cogmig_verifier *verifier_without_keys(void)
{
    cogmig_verifier *verifier;
    cogmig_verifier_config *config;
    must(cogmig_verifier_config_new(&config, err));
    must(cogmig_verifier_config_add_pool(config, POOL, err));
    must(cogmig_verifier_config_add_client(config, CLIENT, err));
    must(cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ANY, err));
    must(cogmig_verifier_config_set_non_blocking(config, err));
    must(cogmig_verifier_new(config, &verifier, err));
    cogmig_verifier_config_free(&config);
    return verifier;
}

int main(void)
{
    cogmig_test_issuer *issuer = new_issuer();
    cogmig_verifier *verifier = new_verifier(issuer, COGMIG_TOKEN_USE_ANY);
    cogmig_verifier *without_keys = verifier_without_keys();
    const char *token = signed_token(issuer, COGMIG_TOKEN_USE_ID);
    check(judge(verifier, token, strlen(token)) == 200, "a good token");
    check(judge(verifier, token, strlen(token) - 6) == 401, "one that was cut off");
    check(judge(without_keys, token, strlen(token)) == 503, "no keys");
    check(judge(verifier, NULL, 1) == 500, "a mistake of the program");
    cogmig_verifier_free(&without_keys);
    cogmig_verifier_free(&verifier);
    cogmig_test_issuer_free(&issuer);
    return 0;
}
