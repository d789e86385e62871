/* SPDX-License-Identifier: Apache-2.0
 * Every call of verifier.h, claims.h and keyset.h with each allocation refused in turn. */
#include "api_server.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "cmocka_all.h"
#include "keyset/policy.h"
#include "refusal.h"
#include "signer.h"
#include "status/error.h"
#include "token/config.h"

#include <cogmig/memory.h>
#include <cogmig/verifier.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char issuer[] = "https://issuer.example";
static const char of_rsa[] = "{\"alg\":\"RS256\",\"kid\":\"r\"}";
static const char of_curve[] = "{\"alg\":\"ES256\",\"kid\":\"e\"}";

#define ARN                                                                                        \
    "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"
#define BALANCED_KID "12345678-1234-1234-1234-123456789abc"
static const char of_balancer[] = "{\"alg\":\"ES256\",\"kid\":\"" BALANCED_KID
                                  "\",\"iss\":\"https://issuer.example\",\"client\":\"c\","
                                  "\"signer\":\"" ARN "\",\"exp\":4000000000}";

static const char *server;
static struct signer *rsa, *curve;
static char *jwks, *pem, *rs256, *es256, *balanced, *unknown_kid, *expired;
static char folder[] = "/tmp/cogmig-oom-XXXXXX";
static char jwks_file[64], key_file[64];

static cogmig_verifier_config *config, *demanding; /* the second asks for all that there is */
static cogmig_verifier *seeded, *empty, *waiting;  /* with keys, without, and never blocking */
static cogmig_verifier *behind_balancer;
static cogmig_keyset *keyset;
static struct cogmig_error err;
static int64_t now_ms;

/* ---- what all worlds share ---- */

/* A load balancer pads. */
static void add_part(struct buffer *bytes, struct span part, bool padded)
{
    size_t before = bytes->len;
    add_base64url(bytes, part);
    while (padded && (bytes->len - before) % 4 != 0)
        buffer_add_byte(bytes, '=');
}

static char *token(const char *header, const char *exp, const struct signer *signer,
                   const char *way)
{
    struct buffer bytes = buffer_with_max(8192), signature = buffer_with_max(1024);
    bool padded = header == of_balancer;
    char payload[512];
    snprintf(payload, sizeof payload,
             "{\"iss\":\"%s\",\"sub\":\"s\",%s\"scope\":\"openid email\",\"name\":\"\\u00e9\","
             "\"cognito:groups\":[\"a\",\"b\"],\"nonce\":\"n\",\"exp\":%s}",
             issuer, padded ? "" : "\"token_use\":\"access\",\"client_id\":\"c\",", exp);
    add_part(&bytes, span_of(header), padded);
    buffer_add_byte(&bytes, '.');
    add_part(&bytes, span_of(payload), padded);
    signer_sign(signer, way, (struct span){bytes.bytes, bytes.len}, &signature);
    buffer_add_byte(&bytes, '.');
    add_part(&bytes, (struct span){signature.bytes, signature.len}, padded);
    buffer_release(&signature);
    return buffer_take(&bytes, NULL);
}

static char *document(void)
{
    struct buffer json = buffer_with_max(8192);
    buffer_add_text(&json, "{\"keys\":[");
    signer_add_jwk_for(rsa, "r", "RS256", &json);
    buffer_add_byte(&json, ',');
    signer_add_jwk_for(curve, "e", "ES256", &json);
    buffer_add_text(&json, "]}");
    return buffer_take(&json, NULL);
}

static char *pem_of_curve(void)
{
    struct buffer text = buffer_with_max(4096);
    signer_add_pem(curve, &text);
    return buffer_take(&text, NULL);
}

static void make_files(void)
{
    assert_non_null(mkdtemp(folder));
    snprintf(jwks_file, sizeof jwks_file, "%s/jwks.json", folder);
    snprintf(key_file, sizeof key_file, "%s/keys", folder);
    FILE *file = fopen(jwks_file, "w");
    assert_non_null(file);
    fputs(jwks, file);
    fclose(file);
}

static int make_tokens(void **state)
{
    (void)state;
    rsa = signer_new(2048, 65537);
    curve = signer_new_of_curve("P-256");
    jwks = document();
    rs256 = token(of_rsa, "4000000000", rsa, "rs256");
    pem = pem_of_curve();
    balanced = token(of_balancer, "4000000000", curve, "ecdsa-sha256");
    es256 = token(of_curve, "4000000000", curve, "ecdsa-sha256");
    unknown_kid = token("{\"alg\":\"RS256\",\"kid\":\"x\"}", "4000000000", rsa, "rs256");
    expired = token(of_rsa, "1", rsa, "rs256");
    setenv("COGNITO_ISSUER", issuer, 1);
    setenv("COGNITO_CLIENT_ID", "c", 1);
    make_files();
    return 0;
}

static int release_tokens(void **state)
{
    (void)state;
    unlink(jwks_file);
    unlink(key_file);
    rmdir(folder);
    char *texts[] = {jwks, pem, rs256, es256, balanced, unknown_kid, expired};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        memory_free(texts[i]);
    signer_free(rsa);
    signer_free(curve);
    return 0;
}

static cogmig_status serve(void *user_data, const char *url, int32_t timeout_ms,
                           cogmig_jwks_reply *reply)
{
    (void)user_data, (void)timeout_ms;
    const char *body = strstr(url, BALANCED_KID) != NULL ? pem : jwks;
    cogmig_jwks_reply_set_http_status(reply, 200);
    cogmig_jwks_reply_set_etag(reply, "\"v1\"");
    return cogmig_jwks_reply_append(reply, body, strlen(body));
}

static cogmig_status accept(void *user_data, const cogmig_claims *claims, cogmig_error *error)
{
    (void)user_data, (void)claims, (void)error;
    return COGMIG_OK;
}

static int64_t steady_ms(void)
{
    return now_ms;
}

static cogmig_verifier_config *new_config(bool non_blocking)
{
    cogmig_verifier_config *made = NULL;
    uint32_t algorithms = COGMIG_ALGORITHM_RS256 | COGMIG_ALGORITHM_ES256;
    assert_int_equal(cogmig_verifier_config_new(&made, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_issuer(made, issuer, NULL, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_issuer_algorithms(made, issuer, algorithms, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_client(made, "c", NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_token_use(made, COGMIG_TOKEN_USE_ANY, NULL),
                     COGMIG_OK);
    assert_int_equal(non_blocking ? cogmig_verifier_config_set_non_blocking(made, NULL)
                                  : cogmig_verifier_config_set_fetch(made, serve, NULL, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_check(made, accept, NULL, NULL), COGMIG_OK);
    made->steady_ms = steady_ms;
    return made;
}

static cogmig_verifier *new_verifier(bool non_blocking)
{
    cogmig_verifier_config *own = new_config(non_blocking);
    cogmig_verifier *made = NULL;
    assert_int_equal(cogmig_verifier_new(own, &made, NULL), COGMIG_OK);
    cogmig_verifier_config_free(&own);
    return made;
}

static cogmig_verifier *new_balanced_verifier(void)
{
    cogmig_verifier_config *own = NULL;
    cogmig_verifier *made = NULL;
    assert_int_equal(cogmig_verifier_config_new(&own, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_load_balancer(own, ARN, issuer, NULL, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_client(own, "c", NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_fetch(own, serve, NULL, NULL), COGMIG_OK);
    own->steady_ms = steady_ms;
    assert_int_equal(cogmig_verifier_new(own, &made, NULL), COGMIG_OK);
    cogmig_verifier_config_free(&own);
    return made;
}

static cogmig_verifier_config *new_demanding_config(void)
{
    cogmig_verifier_config *made = new_config(false);
    assert_int_equal(cogmig_verifier_config_require_any_group(made, "a", NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_require_group(made, "b", NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_require_any_scope(made, "openid", NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_require_scope(made, "email", NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_require_claim(made, "name", NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_ca_file(made, jwks_file, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_key_file(made, key_file, NULL), COGMIG_OK);
    return made;
}

static void make_world(void)
{
    demanding = new_demanding_config();
    behind_balancer = new_balanced_verifier();
    config = new_config(false);
    seeded = new_verifier(false);
    empty = new_verifier(false);
    waiting = new_verifier(true);
    assert_int_equal(cogmig_verifier_seed_keys(seeded, issuer, jwks, strlen(jwks), NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_keyset_parse(jwks, strlen(jwks), &keyset, NULL), COGMIG_OK);
    cogmig_error_clear(&err);
}

static cogmig_status verify(cogmig_verifier *verifier, const char *jwt)
{
    cogmig_claims *claims = NULL;
    cogmig_status status = cogmig_verifier_verify(verifier, jwt, strlen(jwt), &claims, &err);
    assert_int_equal(status == COGMIG_OK, claims != NULL);
    assert_int_equal(cogmig_error_status(&err), status);
    if (status == COGMIG_OK)
        assert_string_equal(cogmig_claims_sub(claims), "s");
    cogmig_claims_free(&claims);
    return status;
}

static void check_world(void)
{
    cogmig_verifier *made = NULL;
    assert_int_equal(verify(seeded, rs256), COGMIG_OK);
    assert_int_equal(verify(seeded, rs256), COGMIG_OK);
    assert_int_equal(verify(seeded, expired), COGMIG_TOKEN_EXPIRED);
    assert_true(cogmig_verifier_get_counter(seeded, COGMIG_COUNTER_CACHE_HITS) > 0);
    assert_int_equal(cogmig_keyset_verify_jws(keyset, rs256, strlen(rs256), NULL, NULL, &err),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_new(config, &made, NULL), COGMIG_OK);
    cogmig_verifier_free(&made);
}

static void release_world(void)
{
    cogmig_verifier_config_free(&config);
    cogmig_verifier_config_free(&demanding);
    cogmig_verifier_free(&seeded);
    cogmig_verifier_free(&empty);
    cogmig_verifier_free(&waiting);
    cogmig_verifier_free(&behind_balancer);
    cogmig_keyset_free(&keyset);
}

/* A fetch that failed is not begun again at once. */
static void wait_for_back_off(void)
{
    now_ms += BACK_OFF_MAX_MS;
}

static const struct world world = {make_world, check_world, wait_for_back_off, release_world};

/* ---- configuration ---- */

MAKES(make_config, verifier_config, cogmig_verifier_config_new(&made, &err))

static cogmig_status add_pool(void)
{
    return cogmig_verifier_config_add_pool(config, "eu-central-1_Example01", &err);
}

static cogmig_status add_pool_region(void)
{
    return cogmig_verifier_config_add_pool_region(config, "eu-central-1_Example01", "eu-west-1",
                                                  &err);
}

static cogmig_status add_issuer(void)
{
    return cogmig_verifier_config_add_issuer(config, "https://other.example",
                                             "https://other.example/keys", &err);
}

static cogmig_status add_load_balancer(void)
{
    cogmig_verifier_config *own = NULL;
    cogmig_status status = cogmig_verifier_config_new(&own, &err);
    if (status == COGMIG_OK)
        status = cogmig_verifier_config_add_load_balancer(own, ARN, issuer, NULL, &err);
    cogmig_verifier_config_free(&own);
    return status;
}

static cogmig_status add_client(void)
{
    return cogmig_verifier_config_add_client(config, "d", &err);
}

static cogmig_status require_any_group(void)
{
    return cogmig_verifier_config_require_any_group(config, "a", &err);
}

static cogmig_status require_group(void)
{
    return cogmig_verifier_config_require_group(config, "a", &err);
}

static cogmig_status require_any_scope(void)
{
    return cogmig_verifier_config_require_any_scope(config, "openid", &err);
}

static cogmig_status require_scope(void)
{
    return cogmig_verifier_config_require_scope(config, "openid", &err);
}

static cogmig_status require_claim(void)
{
    return cogmig_verifier_config_require_claim(config, "name", &err);
}

static cogmig_status require_claim_text(void)
{
    return cogmig_verifier_config_require_claim_text(config, "nonce", "n", &err);
}

static cogmig_status set_ca_file(void)
{
    return cogmig_verifier_config_set_ca_file(config, jwks_file, &err);
}

static cogmig_status set_key_file(void)
{
    return cogmig_verifier_config_set_key_file(config, key_file, &err);
}

static int64_t tell_time(void *user_data)
{
    (void)user_data;
    return 1700000000;
}

static cogmig_status set_limits(void)
{
    cogmig_status status = cogmig_verifier_config_allow_any_client(config, &err);
    if (status == COGMIG_OK)
        status = cogmig_verifier_config_allow_plain_http(config, &err);
    if (status == COGMIG_OK)
        status = cogmig_verifier_config_set_cache_bytes(config, 1 << 16, &err);
    if (status == COGMIG_OK)
        status = cogmig_verifier_config_set_clock(config, tell_time, NULL, &err);
    if (status == COGMIG_OK)
        status = cogmig_verifier_config_set_fetch_timeout_ms(config, 1000, &err);
    if (status == COGMIG_OK)
        status = cogmig_verifier_config_set_leeway_s(config, 1, &err);
    if (status == COGMIG_OK)
        status = cogmig_verifier_config_set_max_age_s(config, 3600, &err);
    if (status == COGMIG_OK)
        status = cogmig_verifier_config_set_min_remaining_s(config, 10, &err);
    return status;
}

/* ---- verifiers ---- */

MAKES(make_verifier, verifier, cogmig_verifier_new(config, &made, &err))

MAKES(make_demanding_verifier, verifier, cogmig_verifier_new(demanding, &made, &err))

MAKES(make_for_pool, verifier,
      cogmig_verifier_new_for_pool("eu-central-1_Example01", "c", COGMIG_TOKEN_USE_ANY, &made,
                                   &err))

MAKES(make_from_env, verifier, cogmig_verifier_new_from_env(COGMIG_TOKEN_USE_ANY, &made, &err))

static cogmig_status seed_keys(void)
{
    return cogmig_verifier_seed_keys(seeded, issuer, jwks, strlen(jwks), &err);
}

static cogmig_status seed_keys_from_file(void)
{
    return cogmig_verifier_seed_keys_from_file(seeded, issuer, jwks_file, &err);
}

static cogmig_status export_keys(void)
{
    char *exported = NULL;
    size_t len = 0;
    cogmig_status status = cogmig_verifier_export_keys(seeded, issuer, &exported, &len, &err);
    assert_int_equal(status == COGMIG_OK, exported != NULL);
    cogmig_free(exported);
    return status;
}

static cogmig_status check_key_file(void)
{
    return cogmig_verifier_check_key_file(seeded, &err);
}

static cogmig_status hydrate(void)
{
    return cogmig_verifier_hydrate(empty, &err);
}

/* A key file is written, and read by the next one. Without memory it is as if there were none. */
static cogmig_status share_key_file(void)
{
    cogmig_verifier_config *sharing = NULL;
    cogmig_verifier *made = NULL;
    cogmig_status status = cogmig_verifier_config_new(&sharing, &err);
    if (status == COGMIG_OK)
        status = cogmig_verifier_config_add_issuer(sharing, issuer, NULL, &err);
    if (status == COGMIG_OK)
        status = cogmig_verifier_config_add_client(sharing, "c", &err);
    if (status == COGMIG_OK)
        status = cogmig_verifier_config_set_token_use(sharing, COGMIG_TOKEN_USE_ANY, &err);
    if (status == COGMIG_OK)
        status = cogmig_verifier_config_set_fetch(sharing, serve, NULL, &err);
    if (status == COGMIG_OK)
        status = cogmig_verifier_config_set_key_file(sharing, key_file, &err);
    if (status == COGMIG_OK)
        status = cogmig_verifier_new(sharing, &made, &err);
    if (status == COGMIG_OK)
        status = verify(made, rs256);
    if (status == COGMIG_OK)
        status = cogmig_verifier_hydrate(made, &err);
    cogmig_verifier_free(&made);
    cogmig_verifier_config_free(&sharing);
    return status;
}

/* ---- tokens ---- */

static cogmig_status verify_rs256(void)
{
    return verify(seeded, rs256);
}

/* What a getter reads is there: it takes no memory that could be refused. */
static void check_texts(const cogmig_claims *claims)
{
    const char *text = NULL;
    assert_string_equal(cogmig_claims_issuer(claims), issuer);
    assert_string_equal(cogmig_claims_name(claims), "\xC3\xA9");
    assert_string_equal(cogmig_claims_nonce(claims), "n");
    assert_string_equal(cogmig_claims_scope(claims), "openid email");
    assert_true(cogmig_claims_has_scope(claims, "email"));
    assert_int_equal(cogmig_claims_group_count(claims), 2);
    assert_string_equal(cogmig_claims_group_at(claims, 1), "b");
    assert_true(cogmig_claims_in_group(claims, "a"));
    assert_int_equal(cogmig_claims_get_string(claims, "nonce", &text, &err), COGMIG_OK);
    assert_string_equal(text, "n");
    assert_int_equal(cogmig_claims_get_string_at(claims, "cognito:groups", 0, &text, &err),
                     COGMIG_OK);
    assert_string_equal(text, "a");
    assert_non_null(strstr(cogmig_claims_json(claims, NULL), "\"nonce\":\"n\""));
}

static void check_numbers(const cogmig_claims *claims)
{
    int64_t integer = 0;
    size_t count = 0;
    bool flag;
    assert_int_equal(cogmig_claims_token_use(claims), COGMIG_TOKEN_USE_ACCESS);
    assert_int_equal(cogmig_claims_expires_at_s(claims), 4000000000);
    assert_int_equal(cogmig_claims_get_integer(claims, "exp", &integer, &err), COGMIG_OK);
    assert_int_equal(integer, 4000000000);
    assert_int_equal(cogmig_claims_get_count(claims, "cognito:groups", &count, &err), COGMIG_OK);
    assert_int_equal(count, 2);
    assert_int_equal(cogmig_claims_get_bool(claims, "none", &flag, &err), COGMIG_CLAIM_NOT_FOUND);
    assert_int_equal(cogmig_claims_issued_at_s(claims), 0);
    assert_int_equal(cogmig_claims_auth_time_s(claims), 0);
    assert_int_equal(cogmig_claims_version(claims), 0);
}

static void check_absent(const cogmig_claims *claims)
{
    assert_null(cogmig_claims_legacy_id(claims));
    assert_null(cogmig_claims_username(claims));
    assert_null(cogmig_claims_email(claims));
    assert_null(cogmig_claims_phone_number(claims));
    assert_null(cogmig_claims_jti(claims));
    assert_null(cogmig_claims_origin_jti(claims));
    assert_null(cogmig_claims_event_id(claims));
    assert_null(cogmig_claims_device_key(claims));
    assert_false(cogmig_claims_email_verified(claims));
    assert_false(cogmig_claims_phone_number_verified(claims));
}

static cogmig_status read_claims(void)
{
    cogmig_claims *claims = NULL;
    cogmig_status status = cogmig_verifier_verify(seeded, rs256, strlen(rs256), &claims, &err);
    if (status == COGMIG_OK) {
        check_texts(claims);
        check_numbers(claims);
        check_absent(claims);
    }
    cogmig_claims_free(&claims);
    return status;
}

static cogmig_status verify_es256(void)
{
    return verify(seeded, es256);
}

static cogmig_status verify_fetching(void)
{
    return verify(empty, rs256);
}

static cogmig_status verify_balanced(void)
{
    return verify(behind_balancer, balanced);
}

static cogmig_status verify_expired(void)
{
    return verify(seeded, expired);
}

static cogmig_status verify_changed(void)
{
    char changed[4096];
    snprintf(changed, sizeof changed, "%s", rs256);
    char *last = strrchr(changed, '.') + 100;
    *last = *last == 'A' ? 'B' : 'A';
    return verify(seeded, changed);
}

static cogmig_status verify_unknown_kid(void)
{
    return verify(empty, unknown_kid);
}

static cogmig_status verify_with_nonce(void)
{
    cogmig_claims *claims = NULL;
    cogmig_status status =
        cogmig_verifier_verify_with_nonce(seeded, rs256, strlen(rs256), "n", &claims, &err);
    cogmig_claims_free(&claims);
    return status;
}

static cogmig_status explain_refusal(void)
{
    char *payload = NULL;
    cogmig_status status =
        cogmig_verifier_explain_refusal(seeded, expired, strlen(expired), &payload, NULL, &err);
    assert_int_equal(status == COGMIG_TOKEN_EXPIRED, payload != NULL);
    cogmig_free(payload);
    return status;
}

/* Whatever becomes of it, the fetch is over. */
static cogmig_status fetch_for(cogmig_verifier *verifier)
{
    cogmig_key_fetch *fetch = NULL;
    cogmig_status status = cogmig_verifier_begin_fetch(verifier, &fetch, &err);
    if (status != COGMIG_OK)
        return status;
    assert_non_null(fetch);
    assert_non_null(strstr(cogmig_key_fetch_url(fetch), issuer));
    assert_true(cogmig_key_fetch_timeout_ms(fetch) > 0);
    cogmig_jwks_reply *reply = cogmig_key_fetch_reply(fetch);
    assert_null(cogmig_jwks_reply_if_none_match(reply));
    cogmig_jwks_reply_set_max_age_s(reply, 600);
    cogmig_jwks_reply_set_http_status(reply, 200);
    status = cogmig_jwks_reply_append(reply, jwks, strlen(jwks));
    if (status != COGMIG_OK) {
        cogmig_key_fetch_free(&fetch);
        return status;
    }
    status = cogmig_key_fetch_end(&fetch, COGMIG_OK, &err);
    assert_null(fetch);
    return status;
}

static cogmig_status verify_without_blocking(void)
{
    cogmig_status status = verify(waiting, rs256);
    if (status == COGMIG_KEYS_NEEDED)
        status = fetch_for(waiting);
    return status == COGMIG_OK ? verify(waiting, rs256) : status;
}

static cogmig_status forget(void)
{
    cogmig_status status = cogmig_verifier_forget_token(seeded, rs256, strlen(rs256), &err);
    return status == COGMIG_OK ? cogmig_verifier_forget_all(seeded, &err) : status;
}

static cogmig_status resize_cache(void)
{
    return cogmig_verifier_resize_cache(seeded, 1 << 20, &err);
}

/* ---- key sets ---- */

static cogmig_status parse(void)
{
    cogmig_keyset *parsed = NULL;
    cogmig_status status = cogmig_keyset_parse(jwks, strlen(jwks), &parsed, &err);
    assert_int_equal(status == COGMIG_OK, parsed != NULL);
    if (status == COGMIG_OK) {
        assert_int_equal(cogmig_keyset_size(parsed), 1); /* that of RS256 */
        assert_string_equal(cogmig_keyset_kid(parsed, 0), "r");
    }
    cogmig_keyset_free(&parsed);
    return status;
}

static cogmig_status parse_file(void)
{
    cogmig_keyset *parsed = NULL;
    cogmig_status status = cogmig_keyset_parse_file(jwks_file, &parsed, &err);
    cogmig_keyset_free(&parsed);
    return status;
}

static cogmig_status verify_jws(void)
{
    char *payload = NULL;
    size_t len = 0;
    cogmig_status status =
        cogmig_keyset_verify_jws(keyset, rs256, strlen(rs256), &payload, &len, &err);
    assert_int_equal(status == COGMIG_OK, payload != NULL);
    cogmig_free(payload);
    return status;
}

/* promise 4 */
static void no_refused_allocation_does_harm(void **state)
{
    static const struct step steps[] = {
        STEP(make_config, OK),
        STEP(add_pool, OK),
        STEP(add_pool_region, OK),
        STEP(add_issuer, OK),
        STEP(add_load_balancer, OK),
        STEP(add_client, OK),
        STEP(require_any_group, OK),
        STEP(require_group, OK),
        STEP(require_any_scope, OK),
        STEP(require_scope, OK),
        STEP(require_claim, OK),
        STEP(require_claim_text, OK),
        STEP(set_limits, OK),
        STEP(set_ca_file, OK),
        STEP(set_key_file, OK),
        STEP(make_verifier, OK),
        STEP(make_demanding_verifier, OK),
        STEP(make_for_pool, OK),
        STEP(make_from_env, OK),
        STEP(seed_keys, OK),
        STEP(seed_keys_from_file, OK),
        STEP(export_keys, OK),
        STEP(check_key_file, CONFIG_INCOMPLETE),
        STEP(hydrate, OK),
        STEP(share_key_file, OK),
        STEP(verify_rs256, OK),
        STEP(read_claims, OK),
        STEP(verify_es256, OK),
        STEP(verify_fetching, OK),
        STEP(verify_balanced, OK),
        STEP(verify_expired, TOKEN_EXPIRED),
        STEP(verify_changed, TOKEN_SIGNATURE_INVALID),
        STEP(verify_unknown_kid, TOKEN_KEY_UNKNOWN),
        STEP(verify_with_nonce, OK),
        STEP(explain_refusal, TOKEN_EXPIRED),
        STEP(verify_without_blocking, OK),
        STEP(forget, OK),
        STEP(resize_cache, OK),
        STEP(parse, OK),
        STEP(parse_file, OK),
        STEP(verify_jws, OK),
    };
    (void)state;
    sweep(&world, steps, sizeof steps / sizeof steps[0]);
}

/* ---- keys that are fetched by the library itself ---- */

static cogmig_verifier *fetching;

static void make_fetching(void)
{
    cogmig_verifier_config *own = NULL;
    char url[128];
    snprintf(url, sizeof url, "%s/jwks.json", server);
    assert_int_equal(cogmig_verifier_config_new(&own, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_allow_plain_http(own, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_issuer(own, issuer, url, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_client(own, "c", NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_token_use(own, COGMIG_TOKEN_USE_ANY, NULL),
                     COGMIG_OK);
    own->steady_ms = steady_ms;
    assert_int_equal(cogmig_verifier_new(own, &fetching, NULL), COGMIG_OK);
    cogmig_verifier_config_free(&own);
}

static void check_fetching(void)
{
    assert_int_equal(verify(fetching, rs256), COGMIG_OK);
}

static void release_fetching(void)
{
    cogmig_verifier_free(&fetching);
}

static cogmig_status fetch_and_verify(void)
{
    return verify(fetching, rs256);
}

/* promises 1, 4 */
static void memory_that_libcurl_is_refused_is_an_outage(void **state)
{
    static const struct world of_fetching = {make_fetching, check_fetching, wait_for_back_off,
                                             release_fetching};
    static const struct step steps[] = {STEP(fetch_and_verify, OK)};
    const struct api_answer answers[] = {{"/jwks.json", 200, jwks}};
    (void)state;
    server = api_server_start(answers, 1);
    refusal_include_libcurl();
    sweep(&of_fetching, steps, 1);
    api_server_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_refused_allocation_does_harm),
        cmocka_unit_test(memory_that_libcurl_is_refused_is_an_outage),
    };
    refusal_prepare();
    refusal_prepare_libcurl();
    return cmocka_run_group_tests_name("tokens", tests, make_tokens, release_tokens);
}
