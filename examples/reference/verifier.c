/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <string.h>

static void keep_keys(cogmig_verifier_config *config)
{
    /* region: key-file */
    cogmig_verifier_config_set_key_file(config, "/var/lib/my-service/cognito-keys", err);
    /* end region */
}

static void trust_another_issuer(cogmig_verifier_config *config)
{
    /* region: issuer */
    cogmig_verifier_config_add_issuer(config, "https://login.example", "https://login.example/jwks",
                                      err);
    cogmig_verifier_config_set_issuer_algorithms(
        config, "https://login.example", COGMIG_ALGORITHM_ES256 | COGMIG_ALGORITHM_EDDSA, err);
    /* end region */
}

static void trust_a_load_balancer(cogmig_verifier_config *config)
{
    /* region: load-balancer */
    cogmig_verifier_config_add_load_balancer(
        config,
        "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/"
        "50dc6c495c0c9188",
        "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI", NULL, err);
    cogmig_verifier_config_add_client(config, "your-client-id", err);
    /* end region */
}

static void trust_an_emulator(cogmig_verifier_config *config)
{
    /* region: emulator */
    cogmig_verifier_config_add_issuer(config, "http://localhost:9229/local_2xYz", NULL, err);
    cogmig_verifier_config_allow_plain_http(config, err);
    /* end region */
}

static void demand(cogmig_verifier_config *config)
{
    /* region: demands */
    cogmig_verifier_config_require_any_group(config, "staff", err);
    cogmig_verifier_config_require_any_group(config, "admins", err);   /* one of the two */
    cogmig_verifier_config_require_scope(config, "orders:write", err); /* and this */
    cogmig_verifier_config_require_claim_text(config, "custom:tenant", "acme", err);
    /* end region */
}

static bool is_revoked(const char *list, const char *origin_jti)
{
    return origin_jti == NULL || strstr(list, origin_jti) != NULL;
}

/* region: check */
static cogmig_status not_revoked(void *user_data, const cogmig_claims *claims, cogmig_error *error)
{
    (void)error;
    if (is_revoked(user_data, cogmig_claims_origin_jti(claims)))
        return COGMIG_TOKEN_CHECK_REFUSED;
    return COGMIG_OK;
}
/* end region */

static char revoked[64];

static void ask_the_list(cogmig_verifier_config *config)
{
    must(cogmig_verifier_config_set_check(config, not_revoked, revoked, err));
}

/* A verifier of the pool, changed. Every change must be taken. */
static cogmig_verifier *changed_by(void (*change)(cogmig_verifier_config *),
                                   cogmig_test_issuer *issuer)
{
    size_t len;
    cogmig_verifier *verifier;
    cogmig_verifier_config *config;
    const char *jwks = cogmig_test_issuer_jwks(issuer, &len);
    must(cogmig_verifier_config_new(&config, err));
    must(cogmig_verifier_config_add_pool(config, POOL, err));
    must(cogmig_verifier_config_add_client(config, CLIENT, err));
    must(cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ANY, err));
    change(config);
    must(cogmig_error_status(err));
    must(cogmig_verifier_new(config, &verifier, err));
    must(cogmig_verifier_seed_keys(verifier, "https://cognito-idp.eu-central-1.amazonaws.com/" POOL,
                                   jwks, len, err));
    cogmig_verifier_config_free(&config);
    return verifier;
}

static cogmig_status verdict(void (*change)(cogmig_verifier_config *), cogmig_test_issuer *issuer,
                             const char *token)
{
    cogmig_verifier *verifier = changed_by(change, issuer);
    cogmig_status status = cogmig_verifier_verify(verifier, token, strlen(token), NULL, err);
    cogmig_verifier_free(&verifier);
    return status;
}

int main(void)
{
    cogmig_test_issuer *issuer = new_issuer();
    const char *token = signed_token(issuer, COGMIG_TOKEN_USE_ID);
    check(verdict(demand, issuer, token) == COGMIG_TOKEN_SCOPE_REFUSED, "ID tokens have no scope");
    token = signed_token(issuer, COGMIG_TOKEN_USE_ACCESS);
    must(verdict(demand, issuer, token));
    must(verdict(keep_keys, issuer, token));
    must(verdict(trust_another_issuer, issuer, token));
    must(verdict(trust_a_load_balancer, issuer, token));
    must(verdict(trust_an_emulator, issuer, token));
    must(verdict(ask_the_list, issuer, token));
    cogmig_verifier *verifier = new_verifier(issuer, COGMIG_TOKEN_USE_ANY);
    cogmig_claims *claims;
    must(cogmig_verifier_verify(verifier, token, strlen(token), &claims, err));
    strncpy(revoked, cogmig_claims_origin_jti(claims), sizeof revoked - 1);
    cogmig_claims_free(&claims);
    cogmig_verifier_free(&verifier);
    check(verdict(ask_the_list, issuer, token) == COGMIG_TOKEN_CHECK_REFUSED, "it was revoked");
    cogmig_test_issuer_free(&issuer);
    return 0;
}
