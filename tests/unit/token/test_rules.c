/* SPDX-License-Identifier: Apache-2.0
 * What a verifier demands beyond the claims of the data cases: nonce, the caller's own check, the
 * payload of a refused token, and what messages say. */
#include "base/buffer.h"
#include "base/memory.h"
#include "cmocka_all.h"
#include "signer.h"
#include "status/error.h"
#include "token/config.h"

#include <cogmig/memory.h>
#include <cogmig/verifier.h>
#include <stdio.h>
#include <string.h>

static const char header[] = "{\"kid\":\"k\",\"alg\":\"RS256\"}";
static const char payload[] =
    "{\"iss\":\"https:\\/\\/cognito-idp.eu-central-1.amazonaws.com\\/eu-central-1_TestPool1\","
    "\"sub\":\"s\",\"token_use\":\"id\",\"aud\":\"c\",\"exp\":1700003600,\"iat\":1700000000,"
    "\"nonce\":\"n-1\",\"cognito:groups\":[\"users\"],\"scope\":\"openid\",\"custom:tenant\":"
    "\"a\"}";

static struct signer *signer;
static char *jwks, *token, *forged;
static cogmig_verifier_config *config;
static cogmig_verifier *verifier;
static struct cogmig_error err;

static int make_keys(void **state)
{
    (void)state;
    struct buffer document = buffer_with_max(4096), bytes = buffer_with_max(4096);
    signer = signer_new(2048, 65537);
    signer_add_jwks(signer, "k", &document);
    signer_add_token(signer, header, payload, &bytes);
    jwks = buffer_take(&document, NULL);
    token = buffer_take(&bytes, NULL);
    forged = memory_copy_text(token);
    forged[strlen(forged) - 10] = forged[strlen(forged) - 10] == 'A' ? 'B' : 'A';
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    signer_free(signer);
    memory_free(jwks);
    memory_free(token);
    memory_free(forged);
    return 0;
}

static int64_t clock_2023(void *user_data)
{
    (void)user_data;
    return 1700000100;
}

static int set_up(void **state)
{
    (void)state;
    verifier = NULL;
    cogmig_error_clear(&err);
    return cogmig_verifier_config_new(&config, NULL) != COGMIG_OK ||
           cogmig_verifier_config_add_pool(config, "eu-central-1_TestPool1", NULL) != COGMIG_OK ||
           cogmig_verifier_config_add_client(config, "c", NULL) != COGMIG_OK ||
           cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ID, NULL) != COGMIG_OK ||
           cogmig_verifier_config_set_clock(config, clock_2023, NULL, NULL) != COGMIG_OK;
}

static int tear_down(void **state)
{
    (void)state;
    cogmig_verifier_config_free(&config);
    cogmig_verifier_free(&verifier);
    return 0;
}

static void make(void)
{
    assert_int_equal(cogmig_verifier_new(config, &verifier, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_seed_keys(verifier, NULL, jwks, strlen(jwks), NULL),
                     COGMIG_OK);
}

static cogmig_status verify(const char *text)
{
    return cogmig_verifier_verify(verifier, text, strlen(text), NULL, &err);
}

static void expect_message(const char *first, const char *second, const char *third)
{
    if (strstr(err.message, first) == NULL || strstr(err.message, second) == NULL ||
        strstr(err.message, third) == NULL)
        fail_msg("\"%s\" lacks \"%s\", \"%s\" or \"%s\".", err.message, first, second, third);
}

/* ---- messages ---- */

static void a_message_names_the_claim_what_was_expected_and_what_came(void **state)
{
    (void)state;
    assert_int_equal(cogmig_verifier_config_require_group(config, "staff", NULL), COGMIG_OK);
    make();
    assert_int_equal(verify(token), COGMIG_TOKEN_GROUP_REFUSED);
    expect_message("cognito:groups", "\"staff\"", "[\"users\"]");
}

static void a_message_names_all_that_would_do_or_how_many(void **state)
{
    (void)state;
    assert_int_equal(cogmig_verifier_config_require_any_scope(config, "a", NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_require_any_scope(config, "b", NULL), COGMIG_OK);
    make();
    assert_int_equal(verify(token), COGMIG_TOKEN_SCOPE_REFUSED);
    expect_message("scope", "\"a\" or \"b\"", "\"openid\"");
    cogmig_verifier_free(&verifier);
    assert_int_equal(cogmig_verifier_config_require_any_scope(config, "c", NULL), COGMIG_OK);
    make();
    assert_int_equal(verify(token), COGMIG_TOKEN_SCOPE_REFUSED);
    expect_message("scope", "\"a\" or one of 2 others", "\"openid\"");
}

static void a_message_names_a_demanded_claim(void **state)
{
    (void)state;
    assert_int_equal(cogmig_verifier_config_require_claim_text(config, "custom:tenant", "b", NULL),
                     COGMIG_OK);
    make();
    assert_int_equal(verify(token), COGMIG_TOKEN_CLAIM_REFUSED);
    expect_message("custom:tenant", "must be \"b\"", "it is \"a\"");
}

static void an_empty_box_has_no_failed_claims(void **state)
{
    (void)state;
    assert_int_equal(cogmig_verifier_config_require_group(config, "staff", NULL), COGMIG_OK);
    make();
    assert_int_equal(verify(token), COGMIG_TOKEN_GROUP_REFUSED);
    assert_int_equal(cogmig_error_failed_claims(&err), COGMIG_FAILED_GROUPS);
    cogmig_error_clear(&err);
    assert_int_equal(cogmig_error_failed_claims(&err), 0);
    assert_int_equal(cogmig_error_failed_claims(NULL), 0);
}

/* ---- how long ---- */

static bool accepted_at(const struct rules *rules, cogmig_claims *claims, int64_t now_s)
{
    const struct circumstances circumstances = {.now_s = now_s, .token_use_optional = true};
    return rules_judge(rules, &circumstances, claims, NULL) == COGMIG_OK;
}

static void expect_acceptance(const struct rules *rules, const char *times, int64_t from_s,
                              int64_t end_s)
{
    char json[256];
    struct buffer encoded = buffer_with_max(1024);
    cogmig_claims *claims = NULL;
    snprintf(json, sizeof json, "{\"iss\":\"i\",\"sub\":\"s\",%s}", times);
    add_base64url(&encoded, span_of(json));
    assert_int_equal(claims_read((struct span){encoded.bytes, encoded.len}, &claims, NULL),
                     COGMIG_OK);
    assert_true(accepted_at(rules, claims, from_s));
    struct window window = rules_window(rules, claims);
    assert_true(window.from_s == from_s && window.end_s == end_s);
    assert_true(accepted_at(rules, claims, end_s - 1));
    assert_false(accepted_at(rules, claims, end_s));
    if (from_s > INT64_MIN)
        assert_false(accepted_at(rules, claims, from_s - 1));
    cogmig_claims_free(&claims);
    buffer_release(&encoded);
}

static void acceptance_ends_where_judging_again_would_refuse(void **state)
{
    (void)state;
    struct rules rules = {.any_client = true, .token_use = COGMIG_TOKEN_USE_ANY};
    expect_acceptance(&rules, "\"exp\":1000", INT64_MIN, 1000);
    expect_acceptance(&rules, "\"exp\":1000,\"nbf\":500,\"iat\":900", 500, 1000);
    rules.leeway_s = 10;
    expect_acceptance(&rules, "\"exp\":1000,\"nbf\":500", 490, 1010);
    rules.min_remaining_s = 60;
    expect_acceptance(&rules, "\"exp\":1000", INT64_MIN, 941);
    rules.max_age_s = 100;
    expect_acceptance(&rules, "\"exp\":1000,\"iat\":700", 690, 810);
    expect_acceptance(&rules, "\"exp\":1000,\"iat\":900,\"nbf\":895", 890, 941);
    rules.min_remaining_s = 0;
    expect_acceptance(&rules, "\"exp\":1000,\"iat\":950", 940, 1010);
}

/* ---- settings ---- */

static void settings_that_cannot_be_used_are_refused(void **state)
{
    (void)state;
    char long_text[CLIENT_ID_MAX_BYTES + 2];
    memset(long_text, 'a', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    assert_int_equal(cogmig_verifier_config_require_group(config, "", NULL), COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_verifier_config_require_any_group(config, long_text, NULL),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_verifier_config_require_scope(config, "a b", NULL),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_verifier_config_require_any_scope(config, "a b", NULL),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_verifier_config_require_claim(config, "", NULL), COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_verifier_config_set_max_age_s(config, -1, NULL), COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_verifier_config_set_min_remaining_s(config, -1, NULL),
                     COGMIG_CONFIG_INVALID);
    make();
    assert_int_equal(verify(token), COGMIG_OK);
}

static void settings_check_their_arguments(void **state)
{
    (void)state;
    assert_int_equal(cogmig_verifier_config_require_group(NULL, "a", NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_config_require_any_group(config, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_config_require_scope(NULL, "a", NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_config_require_any_scope(config, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_config_require_claim(config, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_config_require_claim_text(config, "a", NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_config_set_max_age_s(NULL, 1, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_config_set_min_remaining_s(NULL, 1, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_config_set_check(NULL, NULL, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
}

static void demands_are_bounded(void **state)
{
    (void)state;
    for (int i = 0; i < TEXT_LIST_MAX; i++)
        assert_int_equal(cogmig_verifier_config_require_group(config, "users", NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_require_group(config, "users", NULL),
                     COGMIG_CONFIG_INVALID);
    for (int i = 0; i < MAX_DEMANDED_CLAIMS; i++)
        assert_int_equal(cogmig_verifier_config_require_claim(config, "sub", NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_require_claim(config, "sub", NULL),
                     COGMIG_CONFIG_INVALID);
    make();
    assert_int_equal(verify(token), COGMIG_OK);
}

/* ---- nonce ---- */

static cogmig_status verify_with_nonce(const char *nonce, cogmig_claims **ret_claims)
{
    return cogmig_verifier_verify_with_nonce(verifier, token, strlen(token), nonce, ret_claims,
                                             &err);
}

static void a_nonce_is_the_one_of_this_sign_in(void **state)
{
    (void)state;
    static const char *const others[] = {"", "n", "n-", "n-12", "N-1"};
    cogmig_claims *claims = NULL;
    make();
    assert_int_equal(verify_with_nonce("n-1", &claims), COGMIG_OK);
    assert_string_equal(cogmig_claims_nonce(claims), "n-1");
    cogmig_claims_free(&claims);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_int_equal(verify_with_nonce(others[i], &claims), COGMIG_TOKEN_NONCE_REFUSED);
        assert_null(claims);
        assert_int_equal(cogmig_error_failed_claims(&err), COGMIG_FAILED_NONCE);
    }
    assert_int_equal(verify_with_nonce(NULL, &claims), COGMIG_INVALID_ARGUMENT);
}

static void expect_of(const char *nonce, const char *sent, cogmig_status expected)
{
    char other_payload[512];
    struct buffer bytes = buffer_with_max(4096);
    snprintf(other_payload, sizeof other_payload,
             "{\"iss\":\"https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_TestPool1\","
             "\"sub\":\"s\",\"token_use\":\"id\",\"aud\":\"c\",\"exp\":1700003600,\"nonce\":%s}",
             nonce);
    signer_add_token(signer, header, other_payload, &bytes);
    assert_int_equal(
        cogmig_verifier_verify_with_nonce(verifier, bytes.bytes, bytes.len, sent, NULL, &err),
        expected);
    buffer_release(&bytes);
}

static void a_nonce_is_counted_with_all_else_that_is_wrong(void **state)
{
    (void)state;
    assert_int_equal(cogmig_verifier_config_require_group(config, "staff", NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_require_scope(config, "other", NULL), COGMIG_OK);
    make();
    assert_int_equal(verify_with_nonce("n-2", NULL), COGMIG_TOKEN_GROUP_REFUSED);
    assert_int_equal(cogmig_error_failed_claims(&err),
                     COGMIG_FAILED_GROUPS | COGMIG_FAILED_SCOPE | COGMIG_FAILED_NONCE);
    assert_int_equal(verify_with_nonce("n-1", NULL), COGMIG_TOKEN_GROUP_REFUSED);
    assert_int_equal(cogmig_error_failed_claims(&err), COGMIG_FAILED_GROUPS | COGMIG_FAILED_SCOPE);
}

static void a_token_without_nonce_answers_no_sign_in(void **state)
{
    (void)state;
    make();
    expect_of("null", "1", COGMIG_TOKEN_CLAIM_MISSING);
    expect_of("111", "1", COGMIG_TOKEN_NONCE_REFUSED); /* not a text without its quotes */
    expect_of("[\"1\"]", "1", COGMIG_TOKEN_NONCE_REFUSED);
    expect_of("\"1\"", "1", COGMIG_OK);
}

static void an_empty_nonce_was_never_sent(void **state)
{
    (void)state;
    make();
    expect_of("\"\"", "", COGMIG_TOKEN_NONCE_REFUSED);
    expect_of("\"1\"", "", COGMIG_TOKEN_NONCE_REFUSED);
    expect_of("null", "", COGMIG_TOKEN_CLAIM_MISSING);
}

/* ---- the caller's own check ---- */

struct asked {
    cogmig_status answer;
    const char *why;
    int times;
};

static cogmig_status answer(void *user_data, const cogmig_claims *claims, cogmig_error *error)
{
    struct asked *asked = user_data;
    asked->times++;
    assert_string_equal(cogmig_claims_sub(claims), "s");
    if (asked->why != NULL)
        cogmig_error_set(error, asked->answer, asked->why);
    return asked->answer;
}

static void ask(struct asked *asked)
{
    assert_int_equal(cogmig_verifier_config_set_check(config, answer, asked, NULL), COGMIG_OK);
    make();
}

static void a_check_of_ones_own_may_refuse(void **state)
{
    (void)state;
    static const struct {
        cogmig_status said, expected;
    } cases[] = {{COGMIG_OK, COGMIG_OK},
                 {COGMIG_TOKEN_CHECK_REFUSED, COGMIG_TOKEN_CHECK_REFUSED},
                 {COGMIG_TOKEN_EXPIRED, COGMIG_TOKEN_CHECK_REFUSED},
                 {COGMIG_STORE_UNREACHABLE, COGMIG_STORE_UNREACHABLE},
                 {COGMIG_STOPPED_BY_CALLBACK, COGMIG_STOPPED_BY_CALLBACK},
                 {COGMIG_CONFIG_INVALID, COGMIG_STOPPED_BY_CALLBACK},
                 {12345678, COGMIG_STOPPED_BY_CALLBACK}};
    struct asked asked = {COGMIG_OK, NULL, 0};
    ask(&asked);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cogmig_claims *claims = NULL;
        asked.answer = cases[i].said;
        cogmig_status status =
            cogmig_verifier_verify(verifier, token, strlen(token), &claims, &err);
        assert_int_equal(status, cases[i].expected);
        assert_true((claims != NULL) == (status == COGMIG_OK));
        cogmig_claims_free(&claims);
    }
    assert_int_equal(asked.times, (int)(sizeof cases / sizeof cases[0]));
}

static void a_check_says_why(void **state)
{
    (void)state;
    struct asked asked = {COGMIG_TOKEN_CHECK_REFUSED, "the user is blocked", 0};
    ask(&asked);
    assert_int_equal(verify(token), COGMIG_TOKEN_CHECK_REFUSED);
    expect_message("TOKEN_CHECK_REFUSED", "the user is blocked", "");
    assert_int_equal(cogmig_error_upstream(&err), COGMIG_UPSTREAM_CALLBACK);
    assert_string_equal(cogmig_error_upstream_code(&err), "323");
}

static void a_check_is_asked_about_good_tokens_alone(void **state)
{
    (void)state;
    struct asked asked = {COGMIG_OK, NULL, 0};
    assert_int_equal(cogmig_verifier_config_set_max_age_s(config, 10, NULL), COGMIG_OK);
    ask(&asked);
    assert_int_equal(verify(forged), COGMIG_TOKEN_SIGNATURE_INVALID);
    assert_int_equal(verify(token), COGMIG_TOKEN_TOO_OLD);
    assert_int_equal(asked.times, 0);
}

/* ---- the payload of a refused token ---- */

static cogmig_status explain(const char *text, char **ret_payload, size_t *ret_len)
{
    return cogmig_verifier_explain_refusal(verifier, text, strlen(text), ret_payload, ret_len,
                                           &err);
}

static void a_refused_payload_is_handed_out_after_a_good_signature_alone(void **state)
{
    (void)state;
    char *refused = token;
    size_t len = 9;
    assert_int_equal(cogmig_verifier_config_require_group(config, "staff", NULL), COGMIG_OK);
    make();
    assert_int_equal(explain(forged, &refused, &len), COGMIG_TOKEN_SIGNATURE_INVALID);
    assert_null(refused);
    assert_int_equal(len, 0);
    assert_int_equal(explain("a.b", &refused, &len), COGMIG_TOKEN_MALFORMED);
    assert_null(refused);
    assert_int_equal(explain(token, &refused, &len), COGMIG_TOKEN_GROUP_REFUSED);
    assert_string_equal(refused, payload);
    assert_int_equal(len, strlen(payload));
    assert_int_equal(cogmig_error_failed_claims(&err), COGMIG_FAILED_GROUPS);
    cogmig_free(refused);
}

static void of_an_accepted_token_no_payload_is_handed_out(void **state)
{
    (void)state;
    char *refused = token;
    make();
    assert_int_equal(explain(token, &refused, NULL), COGMIG_OK);
    assert_null(refused);
    assert_int_equal(explain(token, NULL, NULL), COGMIG_INVALID_ARGUMENT);
}

static void an_outage_is_no_refusal_to_explain(void **state)
{
    (void)state;
    char *refused = token;
    struct asked asked = {COGMIG_STORE_UNREACHABLE, NULL, 0};
    ask(&asked);
    assert_int_equal(explain(token, &refused, NULL), COGMIG_STORE_UNREACHABLE);
    assert_null(refused);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_message_names_the_claim_what_was_expected_and_what_came),
        TEST(a_message_names_all_that_would_do_or_how_many),
        TEST(a_message_names_a_demanded_claim),
        TEST(an_empty_box_has_no_failed_claims),
        TEST(acceptance_ends_where_judging_again_would_refuse),
        TEST(settings_that_cannot_be_used_are_refused),
        TEST(settings_check_their_arguments),
        TEST(demands_are_bounded),
        TEST(a_nonce_is_the_one_of_this_sign_in),
        TEST(a_nonce_is_counted_with_all_else_that_is_wrong),
        TEST(a_token_without_nonce_answers_no_sign_in),
        TEST(an_empty_nonce_was_never_sent),
        TEST(a_check_of_ones_own_may_refuse),
        TEST(a_check_says_why),
        TEST(a_check_is_asked_about_good_tokens_alone),
        TEST(a_refused_payload_is_handed_out_after_a_good_signature_alone),
        TEST(of_an_accepted_token_no_payload_is_handed_out),
        TEST(an_outage_is_no_refusal_to_explain),
    };
    return cmocka_run_group_tests_name("token: rules", tests, make_keys, free_keys);
}
