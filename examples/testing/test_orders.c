/* SPDX-License-Identifier: Apache-2.0
 * How a service that checks Cognito's tokens is tested without Cognito and without a network. */
/* region: set-up */
#include "orders.h"

#include <assert.h>
#include <cogmig/testing.h>

#define POOL "eu-central-1_AbCdEfGhI"
#define ISSUER "https://cognito-idp.eu-central-1.amazonaws.com/" POOL
#define CLIENT "1example23456789"

static cogmig_test_issuer *issuer;
static cogmig_verifier *verifier;

static void set_up(void)
{
    size_t len;
    assert(cogmig_test_issuer_new(ISSUER, &issuer, NULL) == COGMIG_OK);
    assert(cogmig_verifier_new_for_pool(POOL, CLIENT, COGMIG_TOKEN_USE_ACCESS, &verifier, NULL) ==
           COGMIG_OK);
    const char *jwks = cogmig_test_issuer_jwks(issuer, &len);
    assert(cogmig_verifier_seed_keys(verifier, ISSUER, jwks, len, NULL) == COGMIG_OK);
}

static void tear_down(void)
{
    cogmig_verifier_free(&verifier);
    cogmig_test_issuer_free(&issuer);
}
/* end region */

/* region: tests */
/* A token that may read orders, until a test spoils it. */
static cogmig_test_token *new_token(void)
{
    cogmig_test_token *token;
    assert(cogmig_test_token_new(issuer, COGMIG_TOKEN_USE_ACCESS, "the-sub", CLIENT, &token,
                                 NULL) == COGMIG_OK);
    assert(cogmig_test_token_set_string(token, "scope", "orders/read", NULL) == COGMIG_OK);
    return token;
}

static int status_of(cogmig_test_token *token)
{
    const char *jwt;
    assert(cogmig_test_token_sign(token, &jwt, NULL, NULL) == COGMIG_OK);
    int status = orders_status(verifier, jwt);
    cogmig_test_token_free(&token);
    return status;
}

static void who_has_the_scope_may_read(void)
{
    assert(status_of(new_token()) == 200);
}

static void who_has_another_scope_may_not(void)
{
    cogmig_test_token *token = new_token();
    cogmig_test_token_set_string(token, "scope", "openid", NULL);
    assert(status_of(token) == 403);
}

static void an_expired_token_is_refused(void)
{
    cogmig_test_token *token = new_token();
    cogmig_test_token_set_integer(token, "exp", 1, NULL);
    assert(status_of(token) == 401);
}

static void a_token_of_another_app_is_refused(void)
{
    cogmig_test_token *token = new_token();
    cogmig_test_token_set_string(token, "client_id", "another", NULL);
    assert(status_of(token) == 401);
}

static void a_forged_token_is_refused(void)
{
    const char *jwt;
    cogmig_test_token *token = new_token();
    assert(cogmig_test_token_sign_badly(token, &jwt, NULL, NULL) == COGMIG_OK);
    assert(orders_status(verifier, jwt) == 401);
    cogmig_test_token_free(&token);
}
/* end region */

/* region: outage */
static cogmig_status no_network(void *user_data, const char *url, int32_t timeout_ms,
                                cogmig_jwks_reply *reply)
{
    (void)user_data, (void)url, (void)timeout_ms, (void)reply;
    return COGMIG_JWKS_UNREACHABLE;
}

static void an_outage_is_no_refusal(void)
{
    cogmig_verifier_config *config;
    cogmig_verifier *without_keys;
    const char *jwt;
    assert(cogmig_verifier_config_new(&config, NULL) == COGMIG_OK);
    assert(cogmig_verifier_config_add_pool(config, POOL, NULL) == COGMIG_OK);
    assert(cogmig_verifier_config_add_client(config, CLIENT, NULL) == COGMIG_OK);
    assert(cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ACCESS, NULL) ==
           COGMIG_OK);
    assert(cogmig_verifier_config_set_fetch(config, no_network, NULL, NULL) == COGMIG_OK);
    assert(cogmig_verifier_new(config, &without_keys, NULL) == COGMIG_OK);

    cogmig_test_token *token = new_token();
    assert(cogmig_test_token_sign(token, &jwt, NULL, NULL) == COGMIG_OK);
    assert(orders_status(without_keys, jwt) == 503);
    cogmig_test_token_free(&token);
    cogmig_verifier_free(&without_keys);
    cogmig_verifier_config_free(&config);
}
/* end region */

int main(void)
{
    set_up();
    who_has_the_scope_may_read();
    who_has_another_scope_may_not();
    an_expired_token_is_refused();
    a_token_of_another_app_is_refused();
    a_forged_token_is_refused();
    an_outage_is_no_refusal();
    tear_down();
    return 0;
}
