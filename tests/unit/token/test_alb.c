/* SPDX-License-Identifier: Apache-2.0
 * What an Application Load Balancer puts into x-amzn-oidc-data. */
#include "base/buffer.h"
#include "base/memory.h"
#include "cmocka_all.h"
#include "keyset/policy.h"
#include "signer.h"
#include "status/error.h"
#include "token/alb_keys.h"
#include "token/config.h"

#include <cogmig/memory.h>
#include <cogmig/verifier.h>
#include <stdio.h>
#include <string.h>

#define ARN                                                                                        \
    "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"
#define POOL_ISSUER "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_TestPool1"
#define KID "12345678-1234-1234-1234-123456789abc"
#define HEADER                                                                                     \
    "{\"typ\":\"JWT\",\"kid\":\"" KID "\",\"alg\":\"ES256\",\"iss\":\"" POOL_ISSUER                \
    "\",\"client\":\"c\",\"signer\":\"" ARN "\",\"exp\":1700000120}"
#define PAYLOAD                                                                                    \
    "{\"sub\":\"s\",\"email_verified\":\"true\",\"email\":\"a@b.example\",\"username\":\"u\","     \
    "\"exp\":1700000120,\"iss\":\"" POOL_ISSUER "\"}"

static struct signer *signer, *stranger;
static char *pem;
static cogmig_verifier_config *config;
static cogmig_verifier *verifier;
static struct cogmig_error err;

/* ---- the region's endpoint ---- */

static int64_t now_ms;
static int fetches;
static char last_url[2048];
static int32_t http_status;
static const char *body;

static int64_t steady_ms(void)
{
    return now_ms;
}

static int64_t clock_2023(void *user_data)
{
    (void)user_data;
    return 1700000000;
}

static cogmig_status serve(void *user_data, const char *url, int32_t timeout_ms,
                           cogmig_jwks_reply *reply)
{
    (void)user_data, (void)timeout_ms;
    fetches++;
    snprintf(last_url, sizeof last_url, "%s", url);
    bool known = strstr(url, KID) != NULL;
    cogmig_jwks_reply_set_http_status(reply, known || http_status != 200 ? http_status : 404);
    return cogmig_jwks_reply_append(reply, body, strlen(body));
}

/* ---- set-up ---- */

static int make_keys(void **state)
{
    (void)state;
    struct buffer document = buffer_with_max(4096);
    signer = signer_new_of_curve("P-256");
    stranger = signer_new_of_curve("P-256");
    signer_add_pem(signer, &document);
    pem = buffer_take(&document, NULL);
    return pem == NULL;
}

static int free_keys(void **state)
{
    (void)state;
    signer_free(signer);
    signer_free(stranger);
    memory_free(pem);
    return 0;
}

static void make_verifier(void)
{
    cogmig_verifier_free(&verifier);
    assert_int_equal(cogmig_verifier_new(config, &verifier, &err), COGMIG_OK);
}

static int set_up(void **state)
{
    (void)state;
    now_ms = 1000000;
    fetches = 0;
    http_status = 200;
    body = pem;
    assert_int_equal(cogmig_verifier_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_load_balancer(config, ARN, POOL_ISSUER, NULL, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_client(config, "c", NULL), COGMIG_OK);
    cogmig_verifier_config_set_clock(config, clock_2023, NULL, NULL);
    cogmig_verifier_config_set_fetch(config, serve, NULL, NULL);
    config->steady_ms = steady_ms;
    make_verifier();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cogmig_verifier_config_free(&config);
    cogmig_verifier_free(&verifier);
    return 0;
}

/* ---- tokens ---- */

static void add_padded(struct buffer *token, struct span bytes)
{
    size_t before = token->len;
    add_base64url(token, bytes);
    while ((token->len - before) % 4 != 0)
        buffer_add_byte(token, '=');
}

static struct buffer sign_with(const struct signer *by, const char *way, const char *header,
                               const char *payload)
{
    struct buffer token = buffer_with_max(32768), signature = buffer_with_max(4096);
    add_padded(&token, span_of(header));
    buffer_add_byte(&token, '.');
    add_padded(&token, span_of(payload));
    signer_sign(by, way, (struct span){token.bytes, token.len}, &signature);
    buffer_add_byte(&token, '.');
    add_padded(&token, (struct span){signature.bytes, signature.len});
    buffer_release(&signature);
    return token;
}

static cogmig_status judge_bytes(const char *bytes, size_t len)
{
    cogmig_status status = cogmig_verifier_verify(verifier, bytes, len, NULL, &err);
    assert_int_equal(err.status, status);
    return status;
}

static cogmig_status judge_signed(const struct signer *by, const char *way, const char *header,
                                  const char *payload)
{
    struct buffer token = sign_with(by, way, header, payload);
    cogmig_status status = judge_bytes(token.bytes, token.len);
    buffer_release(&token);
    return status;
}

static cogmig_status judge(const char *header, const char *payload)
{
    return judge_signed(signer, "ecdsa-sha256", header, payload);
}

static void expect_header(const char *header, cogmig_status expected)
{
    fetches = 0;
    cogmig_status status = judge(header, PAYLOAD);
    if (status != expected)
        fail_msg("%s: %s instead of %s", header, cogmig_status_name(status),
                 cogmig_status_name(expected));
    assert_int_equal(fetches, 0);
}

/* ---- a good one ---- */

static void a_token_of_the_load_balancer_is_accepted(void **state)
{
    (void)state;
    cogmig_claims *claims = NULL;
    struct buffer token = sign_with(signer, "ecdsa-sha256", HEADER, PAYLOAD);
    assert_int_equal(cogmig_verifier_verify(verifier, token.bytes, token.len, &claims, &err),
                     COGMIG_OK);
    buffer_release(&token);
    assert_string_equal(cogmig_claims_sub(claims), "s");
    assert_string_equal(cogmig_claims_client_id(claims), "c");
    assert_string_equal(cogmig_claims_issuer(claims), POOL_ISSUER);
    assert_string_equal(cogmig_claims_email(claims), "a@b.example");
    assert_true(cogmig_claims_email_verified(claims));
    assert_int_equal(cogmig_claims_expires_at_s(claims), 1700000120);
    assert_int_equal(cogmig_claims_token_use(claims), 0);
    cogmig_claims_free(&claims);
    assert_string_equal(last_url, "https://public-keys.auth.elb.eu-central-1.amazonaws.com/" KID);
}

static void a_key_is_fetched_once(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(judge(HEADER, PAYLOAD), COGMIG_OK);
    assert_int_equal(fetches, 1);
    assert_int_equal(cogmig_verifier_get_counter(verifier, COGMIG_COUNTER_FETCHES), 1);
    assert_int_equal(cogmig_verifier_get_counter(verifier, COGMIG_COUNTER_CACHE_HITS), 0);
}

static void the_payload_need_not_repeat_issuer_and_expiry(void **state)
{
    (void)state;
    cogmig_claims *claims = NULL;
    struct buffer token = sign_with(signer, "ecdsa-sha256", HEADER, "{\"sub\":\"s\"}");
    assert_int_equal(cogmig_verifier_verify(verifier, token.bytes, token.len, &claims, &err),
                     COGMIG_OK);
    buffer_release(&token);
    cogmig_verifier_free(&verifier);
    assert_string_equal(cogmig_claims_issuer(claims), POOL_ISSUER);
    assert_int_equal(cogmig_claims_expires_at_s(claims), 1700000120);
    cogmig_claims_free(&claims);
}

/* ---- the form ---- */

static void padding_is_as_load_balancers_write_it_and_no_other(void **state)
{
    (void)state;
    struct buffer token = sign_with(signer, "ecdsa-sha256", HEADER, PAYLOAD);
    char changed[8192];
    assert_true(token.bytes[token.len - 2] == '=' && token.bytes[token.len - 1] == '=');
    assert_int_equal(judge_bytes(token.bytes, token.len - 1), COGMIG_TOKEN_MALFORMED);
    assert_int_equal(judge_bytes(token.bytes, token.len - 2), COGMIG_TOKEN_MALFORMED);
    snprintf(changed, sizeof changed, "%s====", token.bytes);
    assert_int_equal(judge_bytes(changed, strlen(changed)), COGMIG_TOKEN_MALFORMED);
    snprintf(changed, sizeof changed, "%s", token.bytes);
    changed[token.len - 3] = '=';
    assert_int_equal(judge_bytes(changed, token.len), COGMIG_TOKEN_MALFORMED);
    assert_int_equal(judge_bytes("", 0), COGMIG_TOKEN_MALFORMED);
    assert_int_equal(judge_bytes("==.==.==", 8), COGMIG_TOKEN_MALFORMED);
    assert_int_equal(judge_bytes("====.====.====", 14), COGMIG_TOKEN_MALFORMED);
    assert_int_equal(fetches, 0);
    buffer_release(&token);
}

static void any_byte_that_is_changed_is_noticed(void **state)
{
    (void)state;
    struct buffer token = sign_with(signer, "ecdsa-sha256", HEADER, PAYLOAD);
    for (size_t i = 0; i < token.len; i++) {
        token.bytes[i] ^= 1;
        cogmig_status status = judge_bytes(token.bytes, token.len);
        assert_int_not_equal(status, COGMIG_OK);
        token.bytes[i] ^= 1;
    }
    assert_int_equal(judge_bytes(token.bytes, token.len), COGMIG_OK);
    buffer_release(&token);
}

static void only_es256_of_the_key_is_a_signature(void **state)
{
    static const char *const ways[] = {
        "ecdsa-der",       "ecdsa-one-bit-off", "ecdsa-too-long", "ecdsa-zeros",
        "ecdsa-too-short", "ecdsa-r-zero",      "ecdsa-s-zero",   "nothing"};
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        assert_int_equal(judge_signed(signer, ways[i], HEADER, PAYLOAD),
                         COGMIG_TOKEN_SIGNATURE_INVALID);
    assert_int_equal(judge_signed(stranger, "ecdsa-sha256", HEADER, PAYLOAD),
                     COGMIG_TOKEN_SIGNATURE_INVALID);
}

/* ---- the header: refused without a fetch ---- */

#define WITH(alg, kid, iss, client, arn, exp)                                                      \
    "{\"alg\":" alg ",\"kid\":" kid ",\"iss\":" iss ",\"client\":" client ",\"signer\":" arn       \
    ",\"exp\":" exp "}"
#define Q(text) "\"" text "\""

static void other_algorithms_are_refused(void **state)
{
    static const char *const algs[] = {Q("none"), Q("RS256"), Q("HS256"), Q("ES384"), Q("es256")};
    char header[1024];
    (void)state;
    for (size_t i = 0; i < sizeof algs / sizeof algs[0]; i++) {
        snprintf(header, sizeof header, "{\"alg\":%s,\"kid\":\"" KID "\",\"signer\":\"" ARN "\"}",
                 algs[i]);
        expect_header(header, COGMIG_TOKEN_ALGORITHM_REFUSED);
    }
}

/* promise 14 */
static void a_kid_that_is_no_uuid_never_becomes_part_of_an_address(void **state)
{
    static const char *const kids[] = {
        "../../etc/passwd",
        "12345678-1234-1234-1234-123456789ab",
        "12345678-1234-1234-1234-123456789abcd",
        "12345678-1234-1234-1234-123456789abg",
        "12345678-1234-1234-1234_123456789abc",
        "123456781-234-1234-1234-123456789abc",
        "12345678/1234/1234/1234/123456789abc",
        "12345678-1234-1234-1234-123456789ab?",
        "12345678-1234-1234-1234-123456789ab#",
        "12345678-1234-1234-1234-12345678%%61",
        "12345678-1234-1234-1234-1234567@evil",
        "\\u0031234567-1234-1234-1234-12345678",
        "12345678-1234-1234-1234-1234567\\u0000",
        "------------------------------------",
    };
    char header[1024];
    (void)state;
    for (size_t i = 0; i < sizeof kids / sizeof kids[0]; i++) {
        snprintf(header, sizeof header,
                 WITH("\"ES256\"", "\"%s\"", Q(POOL_ISSUER), Q("c"), Q(ARN), "1700000120"),
                 kids[i]);
        expect_header(header, COGMIG_TOKEN_HEADER_INVALID);
    }
}

static void another_signer_is_refused(void **state)
{
    (void)state;
    expect_header(WITH(Q("ES256"), Q(KID), Q(POOL_ISSUER), Q("c"), Q(ARN "0"), "1700000120"),
                  COGMIG_TOKEN_SIGNER_REFUSED);
    expect_header(WITH(Q("ES256"), Q(KID), Q(POOL_ISSUER), Q("c"), Q(ARN "\\u0000"), "1700000120"),
                  COGMIG_TOKEN_SIGNER_REFUSED);
    expect_header(WITH(Q("ES256"), Q(KID), Q(POOL_ISSUER), Q("c"), "[" Q(ARN) "]", "1700000120"),
                  COGMIG_TOKEN_SIGNER_REFUSED);
    expect_header("{\"alg\":\"ES256\",\"kid\":\"" KID "\"}", COGMIG_TOKEN_SIGNER_REFUSED);
}

static void another_issuer_is_refused(void **state)
{
    (void)state;
    expect_header(WITH(Q("ES256"), Q(KID), Q(POOL_ISSUER "/"), Q("c"), Q(ARN), "1700000120"),
                  COGMIG_TOKEN_ISSUER_REFUSED);
    assert_int_equal(err.failed_claims, COGMIG_FAILED_ISSUER);
    expect_header(WITH(Q("ES256"), Q(KID), "null", Q("c"), Q(ARN), "1700000120"),
                  COGMIG_TOKEN_HEADER_INVALID);
}

static void of_a_long_name_the_beginning_is_shown(void **state)
{
    char name[ARN_MAX_BYTES + 2], header[1024];
    (void)state;
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    snprintf(header, sizeof header,
             WITH("\"ES256\"", "\"" KID "\"", Q(POOL_ISSUER), Q("c"), "\"%s\"", "1700000120"),
             name);
    expect_header(header, COGMIG_TOKEN_SIGNER_REFUSED);
    assert_non_null(strstr(err.message, "signed by \"nnn"));
    assert_null(strstr(err.message, name));
    snprintf(header, sizeof header,
             WITH("\"ES256\"", "\"" KID "\"", "\"%s\"", Q("c"), Q(ARN), "1700000120"), name);
    expect_header(header, COGMIG_TOKEN_ISSUER_REFUSED);
    assert_non_null(strstr(err.message, "comes from \"nnn"));
    assert_null(strstr(err.message, name));
}

static void a_header_that_lacks_something_is_invalid(void **state)
{
    (void)state;
    expect_header(WITH(Q("ES256"), Q(KID), Q(POOL_ISSUER), "1", Q(ARN), "1700000120"),
                  COGMIG_TOKEN_HEADER_INVALID);
    expect_header(WITH(Q("ES256"), Q(KID), Q(POOL_ISSUER), Q(""), Q(ARN), "1700000120"),
                  COGMIG_TOKEN_HEADER_INVALID);
    expect_header(WITH(Q("ES256"), Q(KID), Q(POOL_ISSUER), Q("c\\u0000"), Q(ARN), "1700000120"),
                  COGMIG_TOKEN_HEADER_INVALID);
    expect_header(WITH(Q("ES256"), Q(KID), Q(POOL_ISSUER), Q("c"), Q(ARN), "1.7e9"),
                  COGMIG_TOKEN_HEADER_INVALID);
    expect_header(WITH(Q("ES256"), Q(KID), Q(POOL_ISSUER), Q("c"), Q(ARN), Q("1700000120")),
                  COGMIG_TOKEN_HEADER_INVALID);
    expect_header("{\"alg\":\"ES256\",\"kid\":\"" KID "\",\"crit\":[\"exp\"]}",
                  COGMIG_TOKEN_CRITICAL_REFUSED);
    expect_header("{\"alg\":\"ES256\",\"kid\":\"" KID "\",\"signer\":\"" ARN "\",\"signer\":\"x\"}",
                  COGMIG_TOKEN_HEADER_INVALID);
}

static void a_client_that_is_too_long_is_invalid(void **state)
{
    char client[300], header[1024];
    (void)state;
    memset(client, 'c', sizeof client - 1);
    client[sizeof client - 1] = '\0';
    snprintf(header, sizeof header,
             WITH("\"ES256\"", "\"" KID "\"", Q(POOL_ISSUER), "\"%s\"", Q(ARN), "1700000120"),
             client);
    expect_header(header, COGMIG_TOKEN_HEADER_INVALID);
}

/* ---- rules: after the signature ---- */

static void another_client_is_refused(void **state)
{
    (void)state;
    static const char header[] =
        WITH(Q("ES256"), Q(KID), Q(POOL_ISSUER), Q("d"), Q(ARN), "1700000120");
    assert_int_equal(judge(header, PAYLOAD), COGMIG_TOKEN_CLIENT_REFUSED);
    assert_int_equal(err.failed_claims, COGMIG_FAILED_CLIENT);
    assert_int_equal(cogmig_verifier_config_allow_any_client(config, NULL), COGMIG_OK);
    make_verifier();
    assert_int_equal(judge(header, PAYLOAD), COGMIG_OK);
}

static void the_expiry_of_header_and_payload_count(void **state)
{
    (void)state;
    static const char expired[] =
        WITH(Q("ES256"), Q(KID), Q(POOL_ISSUER), Q("c"), Q(ARN), "1700000000");
    assert_int_equal(judge(expired, PAYLOAD), COGMIG_TOKEN_EXPIRED);
    assert_int_equal(err.failed_claims, COGMIG_FAILED_EXPIRY);
    assert_int_equal(judge(HEADER, "{\"sub\":\"s\",\"exp\":1700000000}"), COGMIG_TOKEN_EXPIRED);
    assert_int_equal(judge(HEADER, "{\"sub\":\"s\",\"exp\":\"x\"}"), COGMIG_TOKEN_CLAIM_INVALID);
    assert_int_equal(judge(HEADER, "{\"sub\":\"s\",\"nbf\":1700000001}"),
                     COGMIG_TOKEN_NOT_YET_VALID);
    assert_int_equal(cogmig_verifier_config_set_leeway_s(config, 1, NULL), COGMIG_OK);
    make_verifier();
    assert_int_equal(judge(expired, PAYLOAD), COGMIG_OK);
}

static void the_payload_must_be_of_that_issuer_and_name_a_user(void **state)
{
    (void)state;
    assert_int_equal(judge(HEADER, "{\"sub\":\"s\",\"iss\":\"https://x.example\"}"),
                     COGMIG_TOKEN_ISSUER_REFUSED);
    assert_int_equal(judge(HEADER, "{\"sub\":\"s\",\"iss\":1}"), COGMIG_TOKEN_CLAIM_INVALID);
    assert_int_equal(judge(HEADER, "{\"email\":\"a@b.example\"}"), COGMIG_TOKEN_CLAIM_MISSING);
    assert_int_equal(judge(HEADER, "[]"), COGMIG_TOKEN_PAYLOAD_INVALID);
}

static void all_that_is_wrong_is_counted_and_shown_after_a_good_signature(void **state)
{
    (void)state;
    char *payload = NULL;
    struct buffer token = sign_with(
        signer, "ecdsa-sha256",
        WITH(Q("ES256"), Q(KID), Q(POOL_ISSUER), Q("d"), Q(ARN), "1700000000"), "{\"a\":1}");
    assert_int_equal(
        cogmig_verifier_explain_refusal(verifier, token.bytes, token.len, &payload, NULL, &err),
        COGMIG_TOKEN_CLIENT_REFUSED);
    assert_int_equal(err.failed_claims,
                     COGMIG_FAILED_CLIENT | COGMIG_FAILED_SUB | COGMIG_FAILED_EXPIRY);
    assert_string_equal(payload, "{\"a\":1}");
    cogmig_free(payload);
    char *digit = &token.bytes[token.len - 5];
    *digit = *digit == 'A' ? 'B' : 'A';
    assert_int_equal(
        cogmig_verifier_explain_refusal(verifier, token.bytes, token.len, &payload, NULL, &err),
        COGMIG_TOKEN_SIGNATURE_INVALID);
    assert_null(payload);
    buffer_release(&token);
}

/* ---- neither passes for the other ---- */

static void a_load_balancers_token_is_none_of_an_issuer(void **state)
{
    (void)state;
    struct buffer token = sign_with(signer, "ecdsa-sha256", HEADER, PAYLOAD),
                  document = buffer_with_max(4096);
    cogmig_verifier_config_free(&config);
    cogmig_verifier_config_new(&config, NULL);
    cogmig_verifier_config_add_issuer(config, POOL_ISSUER, NULL, NULL);
    cogmig_verifier_config_set_issuer_algorithms(config, POOL_ISSUER, COGMIG_ALGORITHM_ES256, NULL);
    cogmig_verifier_config_allow_any_client(config, NULL);
    cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ANY, NULL);
    cogmig_verifier_config_set_clock(config, clock_2023, NULL, NULL);
    make_verifier();
    buffer_add_text(&document, "{\"keys\":[");
    signer_add_jwk_for(signer, KID, "ES256", &document);
    buffer_add_text(&document, "]}");
    assert_int_equal(cogmig_verifier_seed_keys(verifier, NULL, document.bytes, document.len, NULL),
                     COGMIG_OK);
    assert_int_equal(judge_bytes(token.bytes, token.len), COGMIG_TOKEN_MALFORMED);
    buffer_release(&token);
    buffer_release(&document);
}

static void an_issuers_token_is_none_of_a_load_balancer(void **state)
{
    (void)state;
    struct signer *rsa = signer_new(2048, 65537);
    struct buffer token = buffer_with_max(4096);
    signer_add_token(rsa, HEADER, PAYLOAD, &token);
    assert_int_equal(judge_bytes(token.bytes, token.len), COGMIG_TOKEN_MALFORMED);
    assert_int_equal(judge_signed(rsa, "rs256", "{\"alg\":\"RS256\",\"kid\":\"k\"}", PAYLOAD),
                     COGMIG_TOKEN_ALGORITHM_REFUSED);
    assert_int_equal(fetches, 0);
    buffer_release(&token);
    signer_free(rsa);
}

/* ---- keys ---- */

static cogmig_status judge_kid(unsigned number)
{
    char header[1024];
    snprintf(header, sizeof header,
             WITH("\"ES256\"", "\"%08x-0000-0000-0000-000000000000\"", Q(POOL_ISSUER), Q("c"),
                  Q(ARN), "1700000120"),
             number);
    return judge(header, PAYLOAD);
}

static void a_kid_that_the_region_does_not_have_is_unknown(void **state)
{
    (void)state;
    assert_int_equal(judge_kid(1), COGMIG_TOKEN_KEY_UNKNOWN);
    assert_int_equal(judge_kid(1), COGMIG_TOKEN_KEY_UNKNOWN);
    assert_int_equal(fetches, 1);
}

static void the_403_of_a_region_that_gave_keys_means_unknown_and_else_an_outage(void **state)
{
    (void)state;
    http_status = 403;
    assert_int_equal(judge(HEADER, PAYLOAD), COGMIG_JWKS_HTTP_STATUS);
    now_ms += UNKNOWN_KID_COOL_DOWN_MS;
    http_status = 200;
    assert_int_equal(judge(HEADER, PAYLOAD), COGMIG_OK);
    http_status = 403;
    assert_int_equal(judge_kid(1), COGMIG_TOKEN_KEY_UNKNOWN);
}

static void an_outage_is_no_refusal_and_held_keys_go_on(void **state)
{
    (void)state;
    http_status = 500;
    assert_int_equal(judge(HEADER, PAYLOAD), COGMIG_JWKS_HTTP_STATUS);
    now_ms += UNKNOWN_KID_COOL_DOWN_MS;
    http_status = 200;
    assert_int_equal(judge(HEADER, PAYLOAD), COGMIG_OK);
    http_status = 500;
    now_ms += 3600 * 1000;
    assert_int_equal(judge(HEADER, PAYLOAD), COGMIG_OK);
    assert_int_equal(fetches, 3);
    assert_int_equal(cogmig_verifier_get_counter(verifier, COGMIG_COUNTER_STALE_KEY_USES), 1);
    now_ms += 24 * 3600 * 1000;
    assert_int_equal(judge(HEADER, PAYLOAD), COGMIG_JWKS_HTTP_STATUS);
}

/* promise 19 */
static void invented_kids_cost_few_fetches_and_harm_nobody_whose_key_is_held(void **state)
{
    (void)state;
    unsigned kid = 0;
    assert_int_equal(judge(HEADER, PAYLOAD), COGMIG_OK);
    for (; kid < ALB_KEYS_UNSEEN_MAX; kid++)
        assert_int_equal(judge_kid(kid), COGMIG_TOKEN_KEY_UNKNOWN);
    for (; kid < 1000; kid++)
        assert_int_equal(judge_kid(kid), COGMIG_KEY_FETCH_POSTPONED);
    assert_int_equal(cogmig_status_kind(COGMIG_KEY_FETCH_POSTPONED), COGMIG_KIND_UNAVAILABLE);
    assert_int_equal(fetches, 1 + ALB_KEYS_UNSEEN_MAX);
    assert_int_equal(judge(HEADER, PAYLOAD), COGMIG_OK);
    now_ms += UNKNOWN_KID_COOL_DOWN_MS;
    assert_int_equal(judge_kid(kid), COGMIG_TOKEN_KEY_UNKNOWN);
    assert_int_equal(fetches, 2 + ALB_KEYS_UNSEEN_MAX);
    assert_int_equal(cogmig_verifier_get_counter(verifier, COGMIG_COUNTER_FETCHES), fetches);
}

static cogmig_status serve_always(void *user_data, const char *url, int32_t timeout_ms,
                                  cogmig_jwks_reply *reply)
{
    (void)user_data, (void)url, (void)timeout_ms;
    fetches++;
    cogmig_jwks_reply_set_http_status(reply, 200);
    return cogmig_jwks_reply_append(reply, pem, strlen(pem));
}

static void the_key_that_was_used_longest_ago_makes_room(void **state)
{
    (void)state;
    cogmig_verifier_config_set_fetch(config, serve_always, NULL, NULL);
    make_verifier();
    for (unsigned kid = 0; kid <= ALB_KEYS_MAX; kid++) {
        now_ms++;
        assert_int_equal(judge_kid(kid), COGMIG_OK);
        assert_int_equal(judge_kid(1), COGMIG_OK);
    }
    assert_int_equal(fetches, ALB_KEYS_MAX + 1 + 0);
    assert_int_equal(judge_kid(1), COGMIG_OK);
    assert_int_equal(judge_kid(ALB_KEYS_MAX), COGMIG_OK);
    assert_int_equal(fetches, ALB_KEYS_MAX + 1);
    assert_int_equal(judge_kid(0), COGMIG_OK);
    assert_int_equal(fetches, ALB_KEYS_MAX + 2);
}

/* A good key but for that one digit of its lines is written as in a URL. */
static void write_in_digits_of_urls(char digit, char of_urls, char *ret_pem, size_t size)
{
    char *at = NULL;
    while (at == NULL) {
        struct signer *other = signer_new_of_curve("P-256");
        struct buffer document = buffer_with_max(4096);
        signer_add_pem(other, &document);
        snprintf(ret_pem, size, "%s", document.bytes);
        at = strchr(strchr(ret_pem, '\n'), digit);
        buffer_release(&document);
        signer_free(other);
    }
    *at = of_urls;
}

static void what_is_no_p256_key_in_pem_is_an_invalid_response(void **state)
{
    (void)state;
    struct signer *p384 = signer_new_of_curve("P-384"), *rsa = signer_new(2048, 65537);
    struct buffer other = buffer_with_max(4096), rsa_pem = buffer_with_max(4096);
    char cut[512], changed[512], twice[1024], prefixed[512], unpadded[512], of_urls[2][512],
        no_digit[512];
    signer_add_pem(p384, &other);
    signer_add_pem(rsa, &rsa_pem);
    snprintf(cut, sizeof cut, "%.*s", (int)strlen(pem) - 30, pem);
    snprintf(changed, sizeof changed, "%s", pem);
    changed[100] = changed[100] == 'A' ? 'B' : 'A';
    snprintf(twice, sizeof twice, "%s%s", pem, pem);
    snprintf(prefixed, sizeof prefixed, "x%s", pem);
    snprintf(unpadded, sizeof unpadded, "%s", pem);
    memcpy(strstr(unpadded, "==\n"), "AA", 2);
    write_in_digits_of_urls('+', '-', of_urls[0], sizeof of_urls[0]);
    write_in_digits_of_urls('/', '_', of_urls[1], sizeof of_urls[1]);
    snprintf(no_digit, sizeof no_digit, "%s", pem);
    no_digit[100] = '!';
    const char *const bodies[] = {
        "",
        "<html>Sign in</html>",
        "{\"keys\":[]}",
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY----------END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----END PUBLIC KEY-----",
        cut,
        changed,
        twice,
        prefixed,
        unpadded,
        of_urls[0],
        of_urls[1],
        no_digit,
        other.bytes,
        rsa_pem.bytes,
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        body = bodies[i];
        cogmig_status status = judge(HEADER, PAYLOAD);
        if (status != COGMIG_JWKS_RESPONSE_INVALID)
            fail_msg("%s: %s", body, cogmig_status_name(status));
        now_ms += UNKNOWN_KID_COOL_DOWN_MS * 10;
    }
    body = pem;
    assert_int_equal(judge(HEADER, PAYLOAD), COGMIG_OK);
    buffer_release(&other);
    buffer_release(&rsa_pem);
    signer_free(p384);
    signer_free(rsa);
}

static void a_key_of_another_kind_and_the_same_length_is_none(void **state)
{
    enum {
        FIRST_LINE = 27,
        DIGITS_OF_PREFIX = 36
    };
    (void)state;
    char other[512];
    for (int i = 0; i < DIGITS_OF_PREFIX; i++) {
        snprintf(other, sizeof other, "%s", pem);
        other[FIRST_LINE + i] = other[FIRST_LINE + i] == 'A' ? 'B' : 'A';
        body = other;
        assert_int_equal(judge(HEADER, PAYLOAD), COGMIG_JWKS_RESPONSE_INVALID);
        now_ms += UNKNOWN_KID_COOL_DOWN_MS * 10;
    }
}

static void lines_of_the_pem_may_end_in_any_way(void **state)
{
    (void)state;
    struct buffer windows = buffer_with_max(1024);
    for (const char *c = pem; *c != '\0'; c++)
        buffer_add_text(&windows, *c == '\n' ? "\r\n" : (char[]){*c, '\0'});
    body = windows.bytes;
    assert_int_equal(judge(HEADER, PAYLOAD), COGMIG_OK);
    buffer_release(&windows);
}

static void a_caller_who_fetches_is_told_the_address_of_the_key(void **state)
{
    (void)state;
    cogmig_key_fetch *fetch = NULL;
    cogmig_verifier_config_set_fetch(config, NULL, NULL, NULL);
    cogmig_verifier_config_set_non_blocking(config, NULL);
    make_verifier();
    assert_int_equal(judge(HEADER, PAYLOAD), COGMIG_KEYS_NEEDED);
    assert_int_equal(cogmig_verifier_begin_fetch(verifier, &fetch, NULL), COGMIG_OK);
    assert_string_equal(cogmig_key_fetch_url(fetch),
                        "https://public-keys.auth.elb.eu-central-1.amazonaws.com/" KID);
    cogmig_jwks_reply *reply = cogmig_key_fetch_reply(fetch);
    cogmig_jwks_reply_set_http_status(reply, 200);
    assert_int_equal(cogmig_jwks_reply_append(reply, pem, strlen(pem)), COGMIG_OK);
    assert_int_equal(cogmig_key_fetch_end(&fetch, COGMIG_OK, NULL), COGMIG_OK);
    assert_int_equal(judge(HEADER, PAYLOAD), COGMIG_OK);
}

static void keys_are_handed_out_one_after_the_other(void **state)
{
    (void)state;
    cogmig_key_fetch *fetches_begun[3] = {NULL};
    cogmig_verifier_config_set_fetch(config, NULL, NULL, NULL);
    cogmig_verifier_config_set_non_blocking(config, NULL);
    make_verifier();
    assert_int_equal(judge_kid(1), COGMIG_KEYS_NEEDED);
    assert_int_equal(judge_kid(2), COGMIG_KEYS_NEEDED);
    for (int i = 0; i < 3; i++)
        assert_int_equal(cogmig_verifier_begin_fetch(verifier, &fetches_begun[i], NULL), COGMIG_OK);
    assert_non_null(strstr(cogmig_key_fetch_url(fetches_begun[0]), "/00000001-0000"));
    assert_non_null(strstr(cogmig_key_fetch_url(fetches_begun[1]), "/00000002-0000"));
    assert_null(fetches_begun[2]);
    for (int i = 0; i < 2; i++)
        cogmig_key_fetch_free(&fetches_begun[i]);
}

/* ---- configuration ---- */

static void expect_arn(const char *arn, cogmig_status expected)
{
    cogmig_status status =
        cogmig_verifier_config_add_load_balancer(config, arn, POOL_ISSUER, NULL, &err);
    if (status != expected)
        fail_msg("%s: %s", arn, cogmig_status_name(status));
}

static void what_is_no_arn_of_a_load_balancer_is_refused(void **state)
{
    static const char *const refused[] = {
        "",
        "arn",
        ARN ":",
        ARN "/",
        ARN " ",
        "ARN:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/50dc",
        "arn:aws:elasticloadbalancing:eu-central-1:12345678901:loadbalancer/app/web/50dc",
        "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/net/web/50dc",
        "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/web/50dc",
        "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/",
        "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app//50dc",
        "arn:aws:elasticloadbalancing::123456789012:loadbalancer/app/web/50dc",
        "arn:aws:elasticloadbalancing:evil.example/:123456789012:loadbalancer/app/web/50dc",
        "arn:aws:ec2:eu-central-1:123456789012:loadbalancer/app/web/50dc",
        "arn:evil:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/50dc",
        "arn:aws.:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/50dc",
        "arn:aws:elasticloadbalancing:eu-central-1:12345678901x:loadbalancer/app/web/50dc",
    };
    char long_one[ARN_MAX_BYTES + 2];
    (void)state;
    memset(long_one, '0', sizeof long_one);
    memcpy(long_one, ARN, sizeof ARN - 1);
    long_one[ARN_MAX_BYTES + 1] = '\0';
    expect_arn(long_one, COGMIG_CONFIG_INVALID);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        expect_arn(refused[i], COGMIG_CONFIG_INVALID);
    expect_arn(ARN, COGMIG_OK);
    assert_int_equal(config->alb_count, 1);
}

static void a_load_balancer_may_have_users_of_several_issuers_and_keys_elsewhere(void **state)
{
    static const char *const given[][2] = {
        {POOL_ISSUER, "https://keys.example"}, {"https://a.example", NULL}, {POOL_ISSUER, NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
        assert_int_equal(
            cogmig_verifier_config_add_load_balancer(config, ARN, given[i][0], given[i][1], NULL),
            COGMIG_OK);
    assert_int_equal(config->alb_count, 3); /* the last is that of set_up() */
    make_verifier();
    assert_int_equal(judge(HEADER, PAYLOAD), COGMIG_OK);
    assert_int_equal(
        judge(WITH(Q("ES256"), Q(KID), Q("https://a.example"), Q("c"), Q(ARN), "1700000120"),
              "{\"sub\":\"s\"}"),
        COGMIG_OK);
}

static void keys_are_where_the_region_has_them(void **state)
{
    static const char *const expected[][2] = {
        {"aws:elasticloadbalancing:us-east-1",
         "https://public-keys.auth.elb.us-east-1.amazonaws.com"},
        {"aws-us-gov:elasticloadbalancing:us-gov-west-1",
         "https://s3-us-gov-west-1.amazonaws.com/aws-elb-public-keys-prod-us-gov-west-1"},
        {"aws-us-gov:elasticloadbalancing:us-gov-east-1",
         "https://s3-us-gov-east-1.amazonaws.com/aws-elb-public-keys-prod-us-gov-east-1"},
        {"aws-cn:elasticloadbalancing:cn-north-1",
         "https://public-keys.auth.elb.cn-north-1.amazonaws.com.cn"},
    };
    char arn[256];
    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        snprintf(arn, sizeof arn, "arn:%s:123456789012:loadbalancer/app/web/50dc", expected[i][0]);
        expect_arn(arn, COGMIG_OK);
        assert_string_equal(config->albs[config->alb_count - 1].keys_url, expected[i][1]);
    }
}

static void load_balancers_and_issuers_need_a_verifier_each(void **state)
{
    (void)state;
    assert_int_equal(cogmig_verifier_config_add_pool(config, "eu-central-1_TestPool1", NULL),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_verifier_config_add_issuer(config, "https://a.example", NULL, NULL),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_verifier_config_allow_any_issuer(config, "https://a.example", NULL),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(config->issuer_count, 0);
    cogmig_verifier_config_free(&config);
    cogmig_verifier_config_new(&config, NULL);
    assert_int_equal(cogmig_verifier_config_add_pool(config, "eu-central-1_TestPool1", NULL),
                     COGMIG_OK);
    expect_arn(ARN, COGMIG_CONFIG_INVALID);
}

static void client_has_no_default_and_token_use_no_place(void **state)
{
    (void)state;
    cogmig_verifier_free(&verifier);
    cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ANY, NULL);
    assert_int_equal(cogmig_verifier_new(config, &verifier, &err), COGMIG_CONFIG_INVALID);
    cogmig_verifier_config_free(&config);
    cogmig_verifier_config_new(&config, NULL);
    expect_arn(ARN, COGMIG_OK);
    assert_int_equal(cogmig_verifier_new(config, &verifier, &err), COGMIG_CONFIG_INCOMPLETE);
    assert_non_null(strstr(err.message, "client"));
}

static void arguments_are_checked_and_numbers_bounded(void **state)
{
    char arn[256];
    (void)state;
    assert_int_equal(cogmig_verifier_config_add_load_balancer(NULL, ARN, POOL_ISSUER, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_config_add_load_balancer(config, ARN, NULL, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_config_add_load_balancer(config, ARN, "no url", NULL, NULL),
                     COGMIG_ISSUER_INVALID);
    assert_int_equal(
        cogmig_verifier_config_add_load_balancer(config, ARN, POOL_ISSUER, "no url", NULL),
        COGMIG_JWKS_URL_INVALID);
    for (int i = 1; i < MAX_ALBS; i++) {
        snprintf(arn, sizeof arn, "%s%d", ARN, i);
        expect_arn(arn, COGMIG_OK);
    }
    expect_arn(ARN "x", COGMIG_CONFIG_INVALID);
    expect_arn(ARN, COGMIG_OK);
    assert_int_equal(cogmig_verifier_seed_keys(verifier, NULL, "{\"keys\":[]}", 11, &err),
                     COGMIG_INVALID_ARGUMENT);
    assert_non_null(strstr(err.message, "load balancers"));
    assert_int_equal(cogmig_verifier_hydrate(verifier, NULL), COGMIG_OK);
}

static void plain_http_needs_leave(void **state)
{
    (void)state;
    cogmig_verifier_free(&verifier);
    assert_int_equal(cogmig_verifier_config_add_load_balancer(config, ARN, POOL_ISSUER,
                                                              "http://localhost:1/keys", NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_new(config, &verifier, NULL), COGMIG_JWKS_URL_INVALID);
    cogmig_verifier_config_allow_plain_http(config, NULL);
    make_verifier();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_token_of_the_load_balancer_is_accepted),
        TEST(a_key_is_fetched_once),
        TEST(the_payload_need_not_repeat_issuer_and_expiry),
        TEST(padding_is_as_load_balancers_write_it_and_no_other),
        TEST(any_byte_that_is_changed_is_noticed),
        TEST(only_es256_of_the_key_is_a_signature),
        TEST(other_algorithms_are_refused),
        TEST(a_kid_that_is_no_uuid_never_becomes_part_of_an_address),
        TEST(another_signer_is_refused),
        TEST(another_issuer_is_refused),
        TEST(of_a_long_name_the_beginning_is_shown),
        TEST(a_header_that_lacks_something_is_invalid),
        TEST(a_client_that_is_too_long_is_invalid),
        TEST(another_client_is_refused),
        TEST(the_expiry_of_header_and_payload_count),
        TEST(the_payload_must_be_of_that_issuer_and_name_a_user),
        TEST(all_that_is_wrong_is_counted_and_shown_after_a_good_signature),
        TEST(a_load_balancers_token_is_none_of_an_issuer),
        TEST(an_issuers_token_is_none_of_a_load_balancer),
        TEST(a_kid_that_the_region_does_not_have_is_unknown),
        TEST(the_403_of_a_region_that_gave_keys_means_unknown_and_else_an_outage),
        TEST(an_outage_is_no_refusal_and_held_keys_go_on),
        TEST(invented_kids_cost_few_fetches_and_harm_nobody_whose_key_is_held),
        TEST(the_key_that_was_used_longest_ago_makes_room),
        TEST(what_is_no_p256_key_in_pem_is_an_invalid_response),
        TEST(a_key_of_another_kind_and_the_same_length_is_none),
        TEST(lines_of_the_pem_may_end_in_any_way),
        TEST(a_caller_who_fetches_is_told_the_address_of_the_key),
        TEST(keys_are_handed_out_one_after_the_other),
        TEST(what_is_no_arn_of_a_load_balancer_is_refused),
        TEST(a_load_balancer_may_have_users_of_several_issuers_and_keys_elsewhere),
        TEST(keys_are_where_the_region_has_them),
        TEST(load_balancers_and_issuers_need_a_verifier_each),
        TEST(client_has_no_default_and_token_use_no_place),
        TEST(arguments_are_checked_and_numbers_bounded),
        TEST(plain_http_needs_leave),
    };
    return cmocka_run_group_tests_name("token: load balancers", tests, make_keys, free_keys);
}
