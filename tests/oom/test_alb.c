/* SPDX-License-Identifier: Apache-2.0
 * Tokens of load balancers, and the issuer check waived, with each allocation refused in turn. */
#include "base/buffer.h"
#include "base/memory.h"
#include "cmocka_all.h"
#include "keyset/policy.h"
#include "refusal.h"
#include "signer.h"
#include "status/error.h"
#include "token/config.h"

#include <cogmig/verifier.h>
#include <string.h>

#define ARN                                                                                        \
    "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"
#define KID "12345678-1234-1234-1234-123456789abc"

static const char issuer[] = "https://issuer.example";

static struct signer *signer;
static char *pem, *token, *of_another_client;
static cogmig_verifier_config *config, *bare;
static cogmig_verifier *seen, *unseen; /* with the key, without */
static struct cogmig_error err;
static int64_t now_ms;

/* ---- the world ---- */

static void add_padded(struct buffer *bytes, struct span part)
{
    size_t before = bytes->len;
    add_base64url(bytes, part);
    while ((bytes->len - before) % 4 != 0)
        buffer_add_byte(bytes, '=');
}

static char *sign(const char *header)
{
    struct buffer bytes = buffer_with_max(8192), signature = buffer_with_max(1024);
    add_padded(&bytes, span_of(header));
    buffer_add_byte(&bytes, '.');
    add_padded(&bytes, span_of("{\"sub\":\"s\"}"));
    signer_sign(signer, "ecdsa-sha256", (struct span){bytes.bytes, bytes.len}, &signature);
    buffer_add_byte(&bytes, '.');
    add_padded(&bytes, (struct span){signature.bytes, signature.len});
    buffer_release(&signature);
    return buffer_take(&bytes, NULL);
}

#define HEADER(client)                                                                             \
    "{\"alg\":\"ES256\",\"kid\":\"" KID "\",\"iss\":\"https://issuer.example\",\"signer\":\"" ARN  \
    "\",\"client\":\"" client "\",\"exp\":4000000000}"

static int make_tokens(void **state)
{
    (void)state;
    struct buffer document = buffer_with_max(4096);
    signer = signer_new_of_curve("P-256");
    signer_add_pem(signer, &document);
    pem = buffer_take(&document, NULL);
    token = sign(HEADER("c"));
    of_another_client = sign(HEADER("d"));
    return 0;
}

static int release_tokens(void **state)
{
    (void)state;
    memory_free(pem);
    memory_free(token);
    memory_free(of_another_client);
    signer_free(signer);
    return 0;
}

static cogmig_status serve(void *user_data, const char *url, int32_t timeout_ms,
                           cogmig_jwks_reply *reply)
{
    (void)user_data, (void)url, (void)timeout_ms;
    cogmig_jwks_reply_set_http_status(reply, 200);
    return cogmig_jwks_reply_append(reply, pem, strlen(pem));
}

static int64_t steady_ms(void)
{
    return now_ms;
}

static cogmig_status verify(cogmig_verifier *verifier, const char *bytes)
{
    cogmig_claims *claims = NULL;
    cogmig_status status = cogmig_verifier_verify(verifier, bytes, strlen(bytes), &claims, &err);
    assert_int_equal(status == COGMIG_OK, claims != NULL);
    if (status == COGMIG_OK)
        assert_string_equal(cogmig_claims_client_id(claims), "c");
    cogmig_claims_free(&claims);
    return status;
}

static void make_world(void)
{
    assert_int_equal(cogmig_verifier_config_new(&bare, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_load_balancer(config, ARN, issuer, NULL, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_client(config, "c", NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_fetch(config, serve, NULL, NULL), COGMIG_OK);
    config->steady_ms = steady_ms;
    assert_int_equal(cogmig_verifier_new(config, &seen, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_new(config, &unseen, NULL), COGMIG_OK);
    assert_int_equal(verify(seen, token), COGMIG_OK);
    cogmig_error_clear(&err);
}

static void check_world(void)
{
    assert_int_equal(verify(seen, token), COGMIG_OK);
    assert_int_equal(verify(seen, of_another_client), COGMIG_TOKEN_CLIENT_REFUSED);
}

static void release_world(void)
{
    cogmig_verifier_config_free(&bare);
    cogmig_verifier_config_free(&config);
    cogmig_verifier_free(&seen);
    cogmig_verifier_free(&unseen);
}

static void wait_for_back_off(void)
{
    now_ms += BACK_OFF_MAX_MS;
}

static const struct world world = {make_world, check_world, wait_for_back_off, release_world};

/* ---- calls ---- */

static cogmig_status add_load_balancer(void)
{
    return cogmig_verifier_config_add_load_balancer(bare, ARN, issuer, "https://keys.example",
                                                    &err);
}

static cogmig_status allow_any_issuer(void)
{
    return cogmig_verifier_config_allow_any_issuer(bare, "https://keys.example", &err);
}

MAKES(make_verifier, verifier, cogmig_verifier_new(config, &made, &err))

static cogmig_status verify_held(void)
{
    return verify(seen, token);
}

static cogmig_status verify_fetching(void)
{
    return verify(unseen, token);
}

static cogmig_status verify_refused(void)
{
    return verify(seen, of_another_client);
}

static void no_refused_allocation_does_harm(void **state)
{
    static const struct step steps[] = {
        STEP(add_load_balancer, OK), STEP(allow_any_issuer, OK),
        STEP(make_verifier, OK),     STEP(verify_held, OK),
        STEP(verify_fetching, OK),   STEP(verify_refused, TOKEN_CLIENT_REFUSED),
    };
    (void)state;
    sweep(&world, steps, sizeof steps / sizeof steps[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_refused_allocation_does_harm),
    };
    refusal_prepare();
    return cmocka_run_group_tests_name("load balancers", tests, make_tokens, release_tokens);
}
