/* SPDX-License-Identifier: Apache-2.0
 * Any x-amzn-oidc-data before a verifier whose load balancer signs with a key that nobody has: it
 * is always refused. */
#include "fuzz.h"

#include <cogmig/verifier.h>
#include <string.h>

/* RFC 6979 appendix A.2.5: the public part of its example key for P-256. */
static const char pem[] = "-----BEGIN PUBLIC KEY-----\n"
                          "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7\n"
                          "Yfps5mlyLmDyn7Z5A/4QCLi8T4U9+8v6JpBBC4m4Xfk6kYSyN6+pUy3nqQ==\n"
                          "-----END PUBLIC KEY-----\n";

static cogmig_status serve(void *user_data, const char *url, int32_t timeout_ms,
                           cogmig_jwks_reply *reply)
{
    (void)user_data, (void)url, (void)timeout_ms;
    cogmig_jwks_reply_set_http_status(reply, 200);
    return cogmig_jwks_reply_append(reply, pem, sizeof pem - 1);
}

static cogmig_verifier *make_verifier(void)
{
    cogmig_verifier_config *config = NULL;
    cogmig_verifier *verifier = NULL;
    HOLDS(cogmig_verifier_config_new(&config, NULL) == COGMIG_OK);
    HOLDS(cogmig_verifier_config_add_load_balancer(
              config,
              "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/"
              "50dc6c495c0c9188",
              "https://issuer.example", NULL, NULL) == COGMIG_OK);
    HOLDS(cogmig_verifier_config_add_client(config, "c", NULL) == COGMIG_OK);
    HOLDS(cogmig_verifier_config_set_fetch(config, serve, NULL, NULL) == COGMIG_OK);
    HOLDS(cogmig_verifier_new(config, &verifier, NULL) == COGMIG_OK);
    cogmig_verifier_config_free(&config);
    return verifier;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static cogmig_verifier *verifier;
    if (verifier == NULL)
        verifier = make_verifier();
    cogmig_claims *claims = NULL;
    HOLDS(cogmig_verifier_verify(verifier, (const char *)data, size, &claims, NULL) != COGMIG_OK);
    HOLDS(claims == NULL);
    return 0;
}
