/* SPDX-License-Identifier: Apache-2.0
 * What is not given, and what is too long: refused in words, and nothing is changed. */
#include "cmocka_all.h"
#include "keyset/reply.h"
#include "status/error.h"

#include <cogmig/verifier.h>
#include <stdlib.h>
#include <string.h>

#define POOL "eu-central-1_AbCdEfGhI"
#define ARN                                                                                        \
    "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"

static cogmig_verifier_config *config;
static cogmig_verifier *verifier;
static struct cogmig_error err;

static int set_up(void **state)
{
    (void)state;
    if (cogmig_verifier_config_new(&config, NULL) != COGMIG_OK)
        return -1;
    return cogmig_verifier_new_for_pool(POOL, "c", COGMIG_TOKEN_USE_ID, &verifier, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    cogmig_verifier_free(&verifier);
    cogmig_verifier_config_free(&config);
    return 0;
}

static void assert_refused(cogmig_status status)
{
    assert_int_equal(status, COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_error_status(&err), COGMIG_INVALID_ARGUMENT);
    assert_true(strlen(cogmig_error_message(&err)) > 0);
    cogmig_error_clear(&err);
}

typedef cogmig_status set_text(cogmig_verifier_config *, const char *, cogmig_error *);

static void settings_of_one_text(void **state)
{
    static set_text *const setters[] = {
        cogmig_verifier_config_add_pool,          cogmig_verifier_config_add_client,
        cogmig_verifier_config_require_any_group, cogmig_verifier_config_require_group,
        cogmig_verifier_config_require_any_scope, cogmig_verifier_config_require_scope,
        cogmig_verifier_config_require_claim,     cogmig_verifier_config_set_ca_file,
        cogmig_verifier_config_set_key_file,
    };
    (void)state;
    for (size_t i = 0; i < sizeof setters / sizeof setters[0]; i++) {
        assert_refused(setters[i](NULL, "x", &err));
        assert_refused(setters[i](config, NULL, &err));
    }
}

static void settings_of_several_texts(void **state)
{
    (void)state;
    assert_refused(cogmig_verifier_config_add_pool_region(NULL, POOL, "eu-west-1", &err));
    assert_refused(cogmig_verifier_config_add_pool_region(config, NULL, "eu-west-1", &err));
    assert_refused(cogmig_verifier_config_add_pool_region(config, POOL, NULL, &err));
    assert_refused(cogmig_verifier_config_add_issuer(NULL, "https://i.example", NULL, &err));
    assert_refused(cogmig_verifier_config_add_issuer(config, NULL, NULL, &err));
    assert_refused(cogmig_verifier_config_require_claim_text(NULL, "a", "b", &err));
    assert_refused(cogmig_verifier_config_require_claim_text(config, NULL, "b", &err));
    assert_refused(cogmig_verifier_config_require_claim_text(config, "a", NULL, &err));
    assert_refused(
        cogmig_verifier_config_add_load_balancer(NULL, ARN, "https://i.example", NULL, &err));
    assert_refused(
        cogmig_verifier_config_add_load_balancer(config, NULL, "https://i.example", NULL, &err));
    assert_refused(cogmig_verifier_config_add_load_balancer(config, ARN, NULL, NULL, &err));
}

static void settings_of_numbers_and_functions(void **state)
{
    (void)state;
    assert_refused(cogmig_verifier_config_set_token_use(NULL, COGMIG_TOKEN_USE_ID, &err));
    assert_refused(cogmig_verifier_config_set_leeway_s(NULL, 1, &err));
    assert_refused(cogmig_verifier_config_set_clock(NULL, NULL, NULL, &err));
    assert_refused(cogmig_verifier_config_set_fetch(NULL, NULL, NULL, &err));
    assert_refused(cogmig_verifier_config_set_fetch_timeout_ms(NULL, 1, &err));
}

static void makers(void **state)
{
    cogmig_verifier *made = verifier; /* whatever it holds, it holds nothing afterwards */
    (void)state;
    assert_refused(cogmig_verifier_new_from_env(COGMIG_TOKEN_USE_ID, NULL, &err));
    assert_refused(cogmig_verifier_new_for_pool(NULL, "c", COGMIG_TOKEN_USE_ID, &made, &err));
    assert_null(made);
    assert_refused(cogmig_verifier_new_for_pool(POOL, NULL, COGMIG_TOKEN_USE_ID, &made, &err));
    assert_refused(cogmig_verifier_new_for_pool(POOL, "c", COGMIG_TOKEN_USE_ID, NULL, &err));
}

static void a_client_id_of_nothing_or_of_too_much(void **state)
{
    cogmig_verifier *made = NULL;
    char long_id[1024] = "";
    (void)state;
    memset(long_id, 'c', sizeof long_id - 1);
    assert_refused(cogmig_verifier_new_for_pool(POOL, "", COGMIG_TOKEN_USE_ID, &made, &err));
    assert_refused(cogmig_verifier_new_for_pool(POOL, long_id, COGMIG_TOKEN_USE_ID, &made, &err));
    assert_null(made);
    setenv("COGNITO_USER_POOL_ID", POOL, 1);
    setenv("COGNITO_CLIENT_ID", long_id, 1);
    assert_int_equal(cogmig_verifier_new_from_env(COGMIG_TOKEN_USE_ID, &made, &err),
                     COGMIG_CONFIG_INVALID);
    assert_null(made);
}

static void keys_that_are_given(void **state)
{
    (void)state;
    assert_refused(cogmig_verifier_seed_keys(NULL, NULL, "{}", 2, &err));
    assert_refused(cogmig_verifier_seed_keys(verifier, NULL, NULL, 0, &err));
    assert_refused(cogmig_verifier_seed_keys_from_file(NULL, NULL, "f", &err));
    assert_refused(cogmig_verifier_seed_keys_from_file(verifier, NULL, NULL, &err));
    assert_int_equal(
        cogmig_verifier_seed_keys_from_file(verifier, NULL, "/nowhere/jwks.json", &err),
        COGMIG_FILE_UNREADABLE);
    assert_int_equal(
        cogmig_verifier_seed_keys_from_file(verifier, "https://other.example", "f", &err),
        COGMIG_ISSUER_UNKNOWN);
}

static void tokens(void **state)
{
    cogmig_claims *claims = NULL;
    char *payload = NULL;
    (void)state;
    assert_refused(cogmig_verifier_verify_with_nonce(NULL, "t", 1, "n", &claims, &err));
    assert_refused(cogmig_verifier_verify_with_nonce(verifier, NULL, 0, "n", &claims, &err));
    assert_refused(cogmig_verifier_verify_with_nonce(verifier, "t", 1, NULL, &claims, &err));
    assert_refused(cogmig_verifier_explain_refusal(NULL, "t", 1, &payload, NULL, &err));
    assert_refused(cogmig_verifier_explain_refusal(verifier, NULL, 0, &payload, NULL, &err));
    assert_refused(cogmig_verifier_explain_refusal(verifier, "t", 1, NULL, NULL, &err));
    assert_null(claims);
    assert_null(payload);
}

static void key_sets_and_replies(void **state)
{
    cogmig_keyset *keyset = NULL;
    (void)state;
    assert_refused(cogmig_keyset_parse_file(NULL, &keyset, &err));
    assert_refused(cogmig_keyset_parse_file("f", NULL, &err));
    cogmig_jwks_reply_set_http_status(NULL, 200);
    cogmig_jwks_reply_set_max_age_s(NULL, 60);
    cogmig_jwks_reply_set_etag(NULL, "\"e\"");
    assert_null(cogmig_jwks_reply_if_none_match(NULL));
    assert_int_equal(cogmig_jwks_reply_append(NULL, "x", 1), COGMIG_INVALID_ARGUMENT);
    struct cogmig_jwks_reply reply = reply_empty(NULL);
    assert_int_equal(cogmig_jwks_reply_append(&reply, NULL, 0), COGMIG_OK);
    assert_int_equal(cogmig_jwks_reply_append(&reply, NULL, 1), COGMIG_INVALID_ARGUMENT);
    cogmig_jwks_reply_set_etag(&reply, "\"e\"");
    cogmig_jwks_reply_set_etag(&reply, NULL);
    assert_string_equal(reply.etag, "");
    reply_release(&reply);
}

static void claims_that_there_are_not(void **state)
{
    (void)state;
    static const char *(*const texts[])(const cogmig_claims *) = {
        cogmig_claims_sub,        cogmig_claims_legacy_id, cogmig_claims_username,
        cogmig_claims_email,      cogmig_claims_name,      cogmig_claims_phone_number,
        cogmig_claims_issuer,     cogmig_claims_client_id, cogmig_claims_jti,
        cogmig_claims_origin_jti, cogmig_claims_event_id,  cogmig_claims_device_key,
        cogmig_claims_nonce,      cogmig_claims_scope,
    };
    static int64_t (*const numbers[])(const cogmig_claims *) = {
        cogmig_claims_expires_at_s,
        cogmig_claims_issued_at_s,
        cogmig_claims_auth_time_s,
        cogmig_claims_version,
    };
    size_t len = 9;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_null(texts[i](NULL));
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        assert_int_equal(numbers[i](NULL), 0);
    assert_int_equal(cogmig_claims_token_use(NULL), 0);
    assert_false(cogmig_claims_email_verified(NULL));
    assert_false(cogmig_claims_phone_number_verified(NULL));
    assert_false(cogmig_claims_has_scope(NULL, "openid"));
    assert_false(cogmig_claims_in_group(NULL, "staff"));
    assert_int_equal(cogmig_claims_group_count(NULL), 0);
    assert_null(cogmig_claims_group_at(NULL, 0));
    assert_null(cogmig_claims_json(NULL, &len));
    assert_int_equal(len, 0);
}

static void counters_of_a_key_file_that_there_is_not(void **state)
{
    (void)state;
    for (int32_t i = COGMIG_COUNTER_KEY_FILE_READS; i <= COGMIG_COUNTER_KEY_FILE_WRITE_FAILURES;
         i++)
        assert_int_equal(cogmig_verifier_get_counter(verifier, i), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(settings_of_one_text),
        TEST(settings_of_several_texts),
        TEST(settings_of_numbers_and_functions),
        TEST(makers),
        TEST(a_client_id_of_nothing_or_of_too_much),
        TEST(keys_that_are_given),
        TEST(tokens),
        TEST(key_sets_and_replies),
        TEST(claims_that_there_are_not),
        TEST(counters_of_a_key_file_that_there_is_not),
    };
    return cmocka_run_group_tests_name("arguments", tests, NULL, NULL);
}
