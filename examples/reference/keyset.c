/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void list_kids(void)
{
    /* region: list */
    cogmig_keyset *keyset = NULL;
    if (cogmig_keyset_parse_file("jwks.json", &keyset, err) == COGMIG_OK)
        for (size_t i = 0; i < cogmig_keyset_size(keyset); i++)
            puts(cogmig_keyset_kid(keyset, i));
    cogmig_keyset_free(&keyset);
    /* end region */
}

/* What a client for HTTP gives; this one has it from the issuer. */
struct response {
    int32_t status;
    const char *body;
    size_t length;
};

static struct response *http_get(void *user_data, const char *url, int32_t timeout_ms)
{
    static struct response response = {.status = 200};
    check(strstr(url, POOL) != NULL && timeout_ms > 0, "the pool's keys are wanted");
    response.body = cogmig_test_issuer_jwks(user_data, &response.length);
    return &response;
}

/* region: fetch */
static cogmig_status fetch(void *user_data, const char *url, int32_t timeout_ms,
                           cogmig_jwks_reply *reply)
{
    struct response *response = http_get(user_data, url, timeout_ms);
    if (response == NULL)
        return COGMIG_JWKS_UNREACHABLE;
    cogmig_jwks_reply_set_http_status(reply, response->status);
    return cogmig_jwks_reply_append(reply, response->body, response->length);
}
/* end region */

static void write_keys(cogmig_test_issuer *issuer)
{
    size_t len;
    const char *jwks = cogmig_test_issuer_jwks(issuer, &len);
    FILE *file = fopen("jwks.json", "w");
    check(file != NULL && fwrite(jwks, 1, len, file) == len && fclose(file) == 0,
          "a file is written");
}

int main(void)
{
    cogmig_test_issuer *issuer = new_issuer();
    cogmig_verifier_config *config;
    cogmig_verifier *verifier;
    must(cogmig_verifier_config_new(&config, err));
    must(cogmig_verifier_config_add_pool(config, POOL, err));
    must(cogmig_verifier_config_add_client(config, CLIENT, err));
    must(cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ACCESS, err));
    must(cogmig_verifier_config_set_fetch(config, fetch, issuer, err));
    must(cogmig_verifier_new(config, &verifier, err));
    cogmig_verifier_config_free(&config);

    const char *token = signed_token(issuer, COGMIG_TOKEN_USE_ACCESS);
    must(cogmig_verifier_verify(verifier, token, strlen(token), NULL, err));
    write_keys(issuer);
    list_kids();
    cogmig_verifier_free(&verifier);
    cogmig_test_issuer_free(&issuer);
    return 0;
}
