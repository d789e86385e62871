/* SPDX-License-Identifier: Apache-2.0
 * Configuration, seeding and what surrounds the judgement of a token. */
#include "base/buffer.h"
#include "base/memory.h"
#include "cmocka_all.h"
#include "signer.h"
#include "status/error.h"
#include "token/config.h"

#include <cogmig/verifier.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char pool[] = "eu-central-1_TestPool1";
static const char pool_issuer[] =
    "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_TestPool1";
static const char header[] = "{\"kid\":\"k\",\"alg\":\"RS256\"}";
static const char claims_of_pool[] =
    "{\"iss\":\"https:\\/\\/cognito-idp.eu-central-1.amazonaws.com\\/eu-central-1_TestPool1\","
    "\"sub\":\"s\",\"token_use\":\"access\",\"client_id\":\"c\",\"exp\":1700003600}";

static struct signer *signer;
static char *jwks, *token;
static cogmig_verifier_config *config;
static cogmig_verifier *verifier;
static struct cogmig_error err;

static int make_keys(void **state)
{
    (void)state;
    struct buffer document = buffer_with_max(4096), bytes = buffer_with_max(4096);
    signer = signer_new(2048, 65537);
    signer_add_jwks(signer, "k", &document);
    signer_add_token(signer, header, claims_of_pool, &bytes);
    jwks = buffer_take(&document, NULL);
    token = buffer_take(&bytes, NULL);
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    signer_free(signer);
    memory_free(jwks);
    memory_free(token);
    return 0;
}

static int64_t clock_2023(void *user_data)
{
    (void)user_data;
    return 1700000000;
}

static cogmig_status never_fetch(void *user_data, const char *url, int32_t timeout_ms,
                                 cogmig_jwks_reply *reply)
{
    (void)user_data;
    (void)url;
    (void)timeout_ms;
    (void)reply;
    return COGMIG_JWKS_UNREACHABLE;
}

static int set_up(void **state)
{
    (void)state;
    if (cogmig_verifier_config_new(&config, NULL) != COGMIG_OK)
        return -1;
    cogmig_verifier_config_set_clock(config, clock_2023, NULL, NULL);
    cogmig_verifier_config_set_fetch(config, never_fetch, NULL, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cogmig_verifier_config_free(&config);
    cogmig_verifier_free(&verifier);
    return config != NULL || verifier != NULL;
}

static void add_client_and_use(void)
{
    assert_int_equal(cogmig_verifier_config_add_client(config, "c", NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ACCESS, NULL),
                     COGMIG_OK);
}

static void make_pool_verifier(void)
{
    add_client_and_use();
    assert_int_equal(cogmig_verifier_config_add_pool(config, pool, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_new(config, &verifier, NULL), COGMIG_OK);
}

/* ---- what must be said ---- */

static void expect_incomplete(const char *word)
{
    assert_int_equal(cogmig_verifier_new(config, &verifier, &err), COGMIG_CONFIG_INCOMPLETE);
    assert_null(verifier);
    assert_non_null(strstr(err.message, word));
}

/* promise 21 */
static void issuer_client_and_token_use_have_no_default(void **state)
{
    (void)state;
    expect_incomplete("issuer");
    assert_int_equal(cogmig_verifier_config_add_pool(config, pool, NULL), COGMIG_OK);
    expect_incomplete("client");
    assert_int_equal(cogmig_verifier_config_allow_any_client(config, NULL), COGMIG_OK);
    expect_incomplete("token use");
    assert_int_equal(cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ANY, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_new(config, &verifier, NULL), COGMIG_OK);
}

/* promise 20 */
static void plain_http_needs_leave(void **state)
{
    (void)state;
    add_client_and_use();
    assert_int_equal(
        cogmig_verifier_config_add_issuer(config, "http://localhost:9229/local_1", NULL, NULL),
        COGMIG_OK);
    assert_int_equal(cogmig_verifier_new(config, &verifier, &err), COGMIG_JWKS_URL_INVALID);
    assert_null(verifier);
    assert_int_equal(cogmig_verifier_config_allow_plain_http(config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_new(config, &verifier, NULL), COGMIG_OK);
}

static void numbers_out_of_range_are_refused(void **state)
{
    (void)state;
    static const int32_t leeways[] = {INT32_MIN, -1, 301, INT32_MAX};
    static const int32_t timeouts[] = {INT32_MIN, -1, 0, 60001, INT32_MAX};
    static const int32_t uses[] = {INT32_MIN, -1, 0, 4, INT32_MAX};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(cogmig_verifier_config_set_leeway_s(config, leeways[i], NULL),
                         COGMIG_CONFIG_INVALID);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(cogmig_verifier_config_set_fetch_timeout_ms(config, timeouts[i], NULL),
                         COGMIG_CONFIG_INVALID);
        assert_int_equal(cogmig_verifier_config_set_token_use(config, uses[i], NULL),
                         COGMIG_INVALID_ARGUMENT);
    }
    assert_int_equal(config->rules.leeway_s, 0);
    assert_int_equal(config->rules.token_use, 0);
    assert_int_equal(config->fetcher.timeout_ms, 3000);
}

static void clients_are_bounded_in_size_and_number(void **state)
{
    (void)state;
    char long_id[CLIENT_ID_MAX_BYTES + 2];
    memset(long_id, 'c', sizeof long_id - 1);
    long_id[sizeof long_id - 1] = '\0';
    assert_int_equal(cogmig_verifier_config_add_client(config, "", NULL), COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_verifier_config_add_client(config, long_id, NULL),
                     COGMIG_CONFIG_INVALID);
    for (int i = 0; i < MAX_CLIENTS; i++)
        assert_int_equal(cogmig_verifier_config_add_client(config, long_id + 1, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_client(config, "c", NULL), COGMIG_CONFIG_INVALID);
}

static void issuers_are_bounded_in_number_and_the_same_twice_is_once(void **state)
{
    (void)state;
    for (int i = 0; i < MAX_ISSUERS; i++) {
        char url[64];
        snprintf(url, sizeof url, "https://issuer-%d.example", i);
        assert_int_equal(cogmig_verifier_config_add_issuer(config, url, NULL, NULL), COGMIG_OK);
        assert_int_equal(cogmig_verifier_config_add_issuer(config, url, NULL, NULL), COGMIG_OK);
    }
    assert_int_equal(config->issuer_count, MAX_ISSUERS);
    assert_int_equal(cogmig_verifier_config_add_pool(config, pool, NULL), COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_verifier_config_add_issuer(config, "https://issuer-0.example",
                                                       "https://elsewhere.example/keys", NULL),
                     COGMIG_CONFIG_INVALID);
}

static void of_a_pool_both_issuers_are_trusted_or_none(void **state)
{
    static const char updated[] =
        "https://issuer-cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC";
    (void)state;
    assert_int_equal(
        cogmig_verifier_config_add_issuer(config, updated, "https://a.example/keys", NULL),
        COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_pool(config, "eu-central-1_AbC", NULL),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(config->issuer_count, 1);
    for (size_t i = 1; i < MAX_ISSUERS - 1; i++) {
        char url[64];
        snprintf(url, sizeof url, "https://issuer-%zu.example", i);
        assert_int_equal(cogmig_verifier_config_add_issuer(config, url, NULL, NULL), COGMIG_OK);
    }
    assert_int_equal(cogmig_verifier_config_add_pool(config, pool, NULL), COGMIG_CONFIG_INVALID);
    assert_int_equal(config->issuer_count, MAX_ISSUERS - 1);
}

static void an_issuer_is_a_pools_or_an_urls(void **state)
{
    (void)state;
    assert_int_equal(cogmig_verifier_config_add_pool(config, pool, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_pool(config, pool, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_issuer(config, pool_issuer, NULL, NULL),
                     COGMIG_CONFIG_INVALID);
}

static void missing_arguments_are_refused(void **state)
{
    (void)state;
    assert_int_equal(cogmig_verifier_config_new(NULL, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_config_add_pool(NULL, pool, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_config_add_pool(config, NULL, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_config_add_issuer(config, NULL, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_config_add_client(config, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_config_set_ca_file(config, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_config_allow_any_client(NULL, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_config_allow_plain_http(NULL, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_new(NULL, &verifier, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_new(config, NULL, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_verify(NULL, "x", 1, NULL, NULL), COGMIG_INVALID_ARGUMENT);
    make_pool_verifier();
    assert_int_equal(cogmig_verifier_verify(verifier, NULL, 0, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    cogmig_verifier_config_free(NULL);
    cogmig_verifier_free(NULL);
}

/* ---- any issuer ---- */

static void make_verifier_for_any_issuer(void)
{
    assert_int_equal(
        cogmig_verifier_config_allow_any_issuer(config, "https://keys.example/jwks?a=1", NULL),
        COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_client(config, "c", NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ANY, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_new(config, &verifier, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_seed_keys(verifier, NULL, jwks, strlen(jwks), NULL),
                     COGMIG_OK);
}

static cogmig_status judge_payload(const struct signer *by, const char *payload)
{
    struct buffer bytes = buffer_with_max(4096);
    signer_add_token(by, header, payload, &bytes);
    cogmig_status status = cogmig_verifier_verify(verifier, bytes.bytes, bytes.len, NULL, &err);
    buffer_release(&bytes);
    return status;
}

static void whoever_waives_the_issuer_accepts_any_name_and_none(void **state)
{
    (void)state;
    cogmig_claims *claims = NULL;
    make_verifier_for_any_issuer();
    assert_int_equal(cogmig_verifier_verify(verifier, token, strlen(token), &claims, NULL),
                     COGMIG_OK);
    assert_string_equal(cogmig_claims_issuer(claims), pool_issuer);
    cogmig_claims_free(&claims);
    assert_int_equal(judge_payload(signer, "{\"sub\":\"s\",\"aud\":\"c\",\"exp\":1700003600}"),
                     COGMIG_OK);
    assert_int_equal(
        judge_payload(signer, "{\"iss\":1,\"sub\":\"s\",\"aud\":\"c\",\"exp\":1700003600}"),
        COGMIG_TOKEN_CLAIM_INVALID);
    assert_int_equal(judge_payload(signer, "[]"), COGMIG_TOKEN_PAYLOAD_INVALID);
}

static void whoever_waives_the_issuer_waives_nothing_else(void **state)
{
    (void)state;
    struct signer *stranger = signer_new(2048, 65537);
    make_verifier_for_any_issuer();
    assert_int_equal(judge_payload(stranger, claims_of_pool), COGMIG_TOKEN_SIGNATURE_INVALID);
    assert_int_equal(judge_payload(signer, "{\"sub\":\"s\",\"aud\":\"d\",\"exp\":1700003600}"),
                     COGMIG_TOKEN_CLIENT_REFUSED);
    assert_int_equal(judge_payload(signer, "{\"sub\":\"s\",\"aud\":\"c\",\"exp\":1700000000}"),
                     COGMIG_TOKEN_EXPIRED);
    signer_free(stranger);
}

static void any_issuer_stands_alone(void **state)
{
    (void)state;
    static const char url[] = "https://keys.example/jwks";
    assert_int_equal(cogmig_verifier_config_allow_any_issuer(NULL, url, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_config_allow_any_issuer(config, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_config_allow_any_issuer(config, "keys.example", NULL),
                     COGMIG_JWKS_URL_INVALID);
    assert_int_equal(cogmig_verifier_config_allow_any_issuer(config, url, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_allow_any_issuer(config, url, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_allow_any_issuer(config, "https://b.example", NULL),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_verifier_config_add_pool(config, pool, NULL), COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_verifier_config_add_issuer(config, url, url, NULL),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(
        cogmig_verifier_config_set_issuer_algorithms(config, url, COGMIG_ALGORITHM_ES256, NULL),
        COGMIG_OK);
    cogmig_verifier_config_free(&config);
    assert_int_equal(cogmig_verifier_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_pool(config, pool, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_allow_any_issuer(config, url, NULL),
                     COGMIG_CONFIG_INVALID);
}

/* ---- a verifier of its own ---- */

static void a_verifier_keeps_nothing_of_its_configuration(void **state)
{
    (void)state;
    char id[sizeof pool], client[] = "c";
    memcpy(id, pool, sizeof id);
    assert_int_equal(cogmig_verifier_config_add_pool(config, id, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_client(config, client, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ACCESS, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_ca_file(config, "/a", NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_ca_file(config, "/b", NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_new(config, &verifier, NULL), COGMIG_OK);
    memset(id, 'x', sizeof id - 1);
    client[0] = 'x';
    cogmig_verifier_config_free(&config);
    assert_int_equal(cogmig_verifier_seed_keys(verifier, pool_issuer, jwks, strlen(jwks), NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_verify(verifier, token, strlen(token), NULL, NULL), COGMIG_OK);
}

/* promise 56 */
static void claims_outlive_the_verifier(void **state)
{
    (void)state;
    cogmig_claims *claims = NULL;
    make_pool_verifier();
    assert_int_equal(cogmig_verifier_seed_keys(verifier, NULL, jwks, strlen(jwks), NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_verify(verifier, token, strlen(token), &claims, NULL),
                     COGMIG_OK);
    cogmig_verifier_free(&verifier);
    cogmig_verifier_config_free(&config);
    assert_string_equal(cogmig_claims_client_id(claims), "c");
    assert_string_equal(cogmig_claims_issuer(claims), pool_issuer);
    cogmig_claims_free(&claims);
    assert_null(claims);
}

/* promise 1 */
static void an_outage_is_no_refusal(void **state)
{
    (void)state;
    cogmig_claims *claims = (cogmig_claims *)&err;
    make_pool_verifier();
    cogmig_status status = cogmig_verifier_verify(verifier, token, strlen(token), &claims, &err);
    assert_int_equal(status, COGMIG_JWKS_UNREACHABLE);
    assert_int_equal(cogmig_status_kind(status), COGMIG_KIND_UNAVAILABLE);
    assert_null(claims);
}

/* ---- seeding ---- */

static void keys_are_seeded_for_a_named_issuer(void **state)
{
    (void)state;
    assert_int_equal(cogmig_verifier_config_add_issuer(config, "https://a.example", NULL, NULL),
                     COGMIG_OK);
    make_pool_verifier();
    assert_int_equal(cogmig_verifier_seed_keys(verifier, NULL, jwks, strlen(jwks), &err),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(
        cogmig_verifier_seed_keys(verifier, "https://b.example", jwks, strlen(jwks), &err),
        COGMIG_ISSUER_UNKNOWN);
    assert_int_equal(
        cogmig_verifier_seed_keys(verifier, "https://a.example", jwks, strlen(jwks), NULL),
        COGMIG_OK);
    assert_int_equal(cogmig_verifier_verify(verifier, token, strlen(token), NULL, NULL),
                     COGMIG_JWKS_UNREACHABLE); /* the keys of one issuer are not another's */
    assert_int_equal(cogmig_verifier_seed_keys(verifier, pool_issuer, jwks, strlen(jwks), NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_verify(verifier, token, strlen(token), NULL, NULL), COGMIG_OK);
}

static void a_bad_seed_changes_nothing(void **state)
{
    (void)state;
    make_pool_verifier();
    assert_int_equal(cogmig_verifier_seed_keys(verifier, NULL, jwks, strlen(jwks), NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_seed_keys(verifier, NULL, "{\"keys\":[]}", 11, NULL),
                     COGMIG_JWKS_NO_USABLE_KEY);
    assert_int_equal(cogmig_verifier_seed_keys(verifier, NULL, "<html>", 6, NULL),
                     COGMIG_JWKS_MALFORMED);
    assert_int_equal(cogmig_verifier_verify(verifier, token, strlen(token), NULL, NULL), COGMIG_OK);
}

static void keys_are_seeded_from_a_file(void **state)
{
    (void)state;
    char path[] = "/tmp/cogmig-jwks-XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, jwks, strlen(jwks)), strlen(jwks));
    close(descriptor);
    make_pool_verifier();
    cogmig_status status = cogmig_verifier_seed_keys_from_file(verifier, NULL, path, NULL);
    unlink(path);
    assert_int_equal(status, COGMIG_OK);
    assert_int_equal(cogmig_verifier_verify(verifier, token, strlen(token), NULL, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_seed_keys_from_file(verifier, NULL, path, &err),
                     COGMIG_FILE_UNREADABLE);
    assert_string_equal(err.upstream_code, "2");
}

/* ---- the short ways to a verifier ---- */

static void one_call_makes_a_verifier_for_a_pool(void **state)
{
    (void)state;
    assert_int_equal(cogmig_verifier_new_for_pool(pool, "c", COGMIG_TOKEN_USE_ID, &verifier, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_seed_keys(verifier, pool_issuer, jwks, strlen(jwks), NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_verify(verifier, token, strlen(token), NULL, NULL),
                     COGMIG_TOKEN_USE_REFUSED);
    cogmig_verifier_free(&verifier);
    assert_int_equal(cogmig_verifier_new_for_pool("local_1", "c", 1, &verifier, NULL),
                     COGMIG_POOL_ID_INVALID);
    assert_int_equal(cogmig_verifier_new_for_pool(pool, "", 1, &verifier, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_new_for_pool(pool, "c", 0, &verifier, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_null(verifier);
}

static void set_environment(const char *pool_id, const char *issuer, const char *client,
                            const char *plain_http)
{
    setenv("COGNITO_USER_POOL_ID", pool_id, 1);
    setenv("COGNITO_ISSUER", issuer, 1);
    setenv("COGNITO_CLIENT_ID", client, 1);
    setenv("COGMIG_ALLOW_PLAIN_HTTP", plain_http, 1);
}

static void expect_from_environment(cogmig_status expected)
{
    cogmig_verifier_free(&verifier);
    assert_int_equal(cogmig_verifier_new_from_env(COGMIG_TOKEN_USE_ACCESS, &verifier, &err),
                     expected);
    assert_true((verifier != NULL) == (expected == COGMIG_OK));
}

static void the_environment_names_pool_and_clients(void **state)
{
    static const char *const lists[] = {"a, b ,c", "a b\tc", " c  b,a ", "c"};
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        set_environment(pool, "", lists[i], "");
        expect_from_environment(COGMIG_OK);
        assert_int_equal(cogmig_verifier_seed_keys(verifier, pool_issuer, jwks, strlen(jwks), NULL),
                         COGMIG_OK);
        /* judged by the system's clock: long expired, but the client was the right one */
        assert_int_equal(cogmig_verifier_verify(verifier, token, strlen(token), NULL, NULL),
                         COGMIG_TOKEN_EXPIRED);
    }
}

static void the_issuer_wins_over_the_pool(void **state)
{
    (void)state;
    set_environment(pool, "https://a.example", "c", "0");
    expect_from_environment(COGMIG_OK);
    assert_int_equal(
        cogmig_verifier_seed_keys(verifier, "https://a.example", jwks, strlen(jwks), NULL),
        COGMIG_OK);
    assert_int_equal(cogmig_verifier_seed_keys(verifier, pool_issuer, jwks, strlen(jwks), NULL),
                     COGMIG_ISSUER_UNKNOWN);
}

static void an_environment_that_lacks_or_garbles_something_is_refused(void **state)
{
    (void)state;
    set_environment("", "", "c", "");
    expect_from_environment(COGMIG_CONFIG_INCOMPLETE);
    set_environment(pool, "", "", "");
    expect_from_environment(COGMIG_CONFIG_INCOMPLETE);
    set_environment(pool, "", "a,,b", "");
    expect_from_environment(COGMIG_CONFIG_INVALID);
    set_environment(pool, "", "c", "yes");
    expect_from_environment(COGMIG_CONFIG_INVALID);
    set_environment("pool", "", "c", "");
    expect_from_environment(COGMIG_POOL_ID_INVALID);
    set_environment("", "localhost", "c", "");
    expect_from_environment(COGMIG_ISSUER_INVALID);
    set_environment("", "http://localhost:9229/local_1", "c", "");
    expect_from_environment(COGMIG_JWKS_URL_INVALID);
    set_environment("", "http://localhost:9229/local_1", "c", "1");
    expect_from_environment(COGMIG_OK);
}

/* ---- the issuers of a pool ---- */

struct hosts {
    const char *answers; /* part of the one address that has keys */
    int32_t others;      /* HTTP status of all others */
    int fetches;
};

static cogmig_status fetch_from_hosts(void *user_data, const char *url, int32_t timeout_ms,
                                      cogmig_jwks_reply *reply)
{
    struct hosts *hosts = user_data;
    (void)timeout_ms;
    hosts->fetches++;
    if (strstr(url, hosts->answers) == NULL) {
        cogmig_jwks_reply_set_http_status(reply, hosts->others);
        return COGMIG_OK;
    }
    cogmig_jwks_reply_set_http_status(reply, 200);
    return cogmig_jwks_reply_append(reply, jwks, strlen(jwks));
}

static cogmig_status verify_of(const char *host, const char *pool_id, const char *signed_with)
{
    char payload[512];
    struct buffer bytes = buffer_with_max(4096);
    snprintf(payload, sizeof payload,
             "{\"iss\":\"https://%s/%s\",\"sub\":\"s\",\"token_use\":\"access\","
             "\"client_id\":\"c\",\"exp\":1700003600}",
             host, pool_id);
    signer_add_token(signer, signed_with, payload, &bytes);
    cogmig_status status = cogmig_verifier_verify(verifier, bytes.bytes, bytes.len, NULL, &err);
    buffer_release(&bytes);
    return status;
}

static cogmig_status verify_from(const char *host)
{
    return verify_of(host, pool, header);
}

static const char original[] = "cognito-idp.eu-central-1.amazonaws.com";
static const char updated[] = "issuer-cognito-idp.eu-central-1.amazonaws.com";
static const char replica[] = "cognito-idp.eu-west-1.amazonaws.com";

static void both_issuers_of_a_pool_are_trusted_each_with_its_own_keys(void **state)
{
    (void)state;
    struct hosts hosts = {"amazonaws.com", 404, 0};
    cogmig_verifier_config_set_fetch(config, fetch_from_hosts, &hosts, NULL);
    make_pool_verifier();
    assert_int_equal(verify_from(original), COGMIG_OK);
    assert_int_equal(hosts.fetches, 1);
    assert_int_equal(verify_from(updated), COGMIG_OK);
    assert_int_equal(hosts.fetches, 2);
    assert_int_equal(verify_from(replica), COGMIG_TOKEN_ISSUER_REFUSED);
    assert_int_equal(hosts.fetches, 2);
}

static void a_replica_is_trusted_when_its_region_was_added(void **state)
{
    (void)state;
    struct hosts hosts = {"/eu-central-1_TestPool1", 404, 0};
    cogmig_verifier_config_set_fetch(config, fetch_from_hosts, &hosts, NULL);
    assert_int_equal(cogmig_verifier_config_add_pool_region(config, pool, "eu-west-1", NULL),
                     COGMIG_OK);
    make_pool_verifier();
    assert_int_equal(verify_from(replica), COGMIG_OK);
    assert_int_equal(verify_from("cognito-idp.eu-west-2.amazonaws.com"),
                     COGMIG_TOKEN_ISSUER_REFUSED);
}

static void an_unused_issuer_that_answers_403_or_404_is_no_outage(void **state)
{
    (void)state;
    static const int32_t statuses[] = {403, 404};
    for (size_t i = 0; i < 2; i++) {
        struct hosts hosts = {"//cognito-idp", statuses[i], 0};
        cogmig_verifier_config_set_fetch(config, fetch_from_hosts, &hosts, NULL);
        make_pool_verifier();
        assert_int_equal(verify_from(original), COGMIG_OK);
        assert_int_equal(verify_from(updated), COGMIG_TOKEN_ISSUER_REFUSED);
        assert_int_equal(cogmig_error_status(&err), COGMIG_TOKEN_ISSUER_REFUSED);
        assert_int_equal(verify_from(updated), COGMIG_TOKEN_ISSUER_REFUSED);
        assert_int_equal(hosts.fetches, 2);
        cogmig_verifier_free(&verifier);
    }
}

static void any_other_answer_of_an_issuer_stays_an_outage(void **state)
{
    (void)state;
    struct hosts broken = {"//cognito-idp", 503, 0}, absent = {"nowhere", 404, 0};
    cogmig_verifier_config_set_fetch(config, fetch_from_hosts, &broken, NULL);
    make_pool_verifier();
    assert_int_equal(verify_from(original), COGMIG_OK);
    assert_int_equal(verify_from(updated), COGMIG_JWKS_HTTP_STATUS);
    cogmig_verifier_free(&verifier);
    cogmig_verifier_config_set_fetch(config, fetch_from_hosts, &absent, NULL);
    make_pool_verifier();
    assert_int_equal(verify_from(original), COGMIG_JWKS_HTTP_STATUS);
    assert_int_equal(verify_from(updated), COGMIG_JWKS_HTTP_STATUS);
}

static void whether_an_issuer_is_unused_is_seen_by_its_own_pool(void **state)
{
    (void)state;
    static const char other[] = "eu-central-1_TestPool2";
    struct hosts hosts = {"//cognito-idp.eu-central-1.amazonaws.com/eu-central-1_TestPool1", 404,
                          0};
    cogmig_verifier_config_set_fetch(config, fetch_from_hosts, &hosts, NULL);
    assert_int_equal(cogmig_verifier_config_add_pool(config, other, NULL), COGMIG_OK);
    make_pool_verifier();
    assert_int_equal(verify_from(original), COGMIG_OK);
    assert_int_equal(verify_of(original, other, header), COGMIG_JWKS_HTTP_STATUS);
    assert_int_equal(verify_from(updated), COGMIG_TOKEN_ISSUER_REFUSED);
}

static void an_issuer_whose_keys_are_held_is_in_use(void **state)
{
    (void)state;
    struct hosts absent = {"nowhere", 404, 0};
    cogmig_verifier_config_set_fetch(config, fetch_from_hosts, &absent, NULL);
    make_pool_verifier();
    assert_int_equal(cogmig_verifier_seed_keys(verifier, NULL, jwks, strlen(jwks), NULL),
                     COGMIG_OK);
    assert_int_equal(verify_of(updated, pool, "{\"alg\":\"RS256\",\"kid\":\"unheard-of\"}"),
                     COGMIG_JWKS_HTTP_STATUS);
    assert_int_equal(absent.fetches, 1);
}

static void keys_seeded_without_a_name_are_those_of_the_whole_pool(void **state)
{
    (void)state;
    assert_int_equal(cogmig_verifier_config_add_pool_region(config, pool, "eu-west-1", NULL),
                     COGMIG_OK);
    make_pool_verifier();
    assert_int_equal(cogmig_verifier_seed_keys(verifier, NULL, jwks, strlen(jwks), NULL),
                     COGMIG_OK);
    assert_int_equal(verify_from(original), COGMIG_OK);
    assert_int_equal(verify_from(updated), COGMIG_OK);
    assert_int_equal(verify_from(replica), COGMIG_OK);
}

static void a_region_must_be_one(void **state)
{
    (void)state;
    assert_int_equal(cogmig_verifier_config_add_pool_region(config, pool, "mars", NULL),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_verifier_config_add_pool_region(config, "mars", "eu-west-1", NULL),
                     COGMIG_POOL_ID_INVALID);
    assert_int_equal(cogmig_verifier_config_add_pool_region(config, pool, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(config->issuer_count, 0);
}

static void algorithms_are_said_for_issuers_added_by_url(void **state)
{
    (void)state;
    static const char generic[] = "https://a.example";
    assert_int_equal(
        cogmig_verifier_config_set_issuer_algorithms(config, generic, COGMIG_ALGORITHM_ES256, NULL),
        COGMIG_ISSUER_UNKNOWN);
    assert_int_equal(cogmig_verifier_config_add_pool(config, pool, NULL), COGMIG_OK);
    assert_int_equal(
        cogmig_verifier_config_set_issuer_algorithms(
            config, pool_issuer, COGMIG_ALGORITHM_RS256 | COGMIG_ALGORITHM_RS512, NULL),
        COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_verifier_config_set_issuer_algorithms(config, pool_issuer,
                                                                  COGMIG_ALGORITHM_RS256, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_issuer(config, generic, NULL, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_issuer_algorithms(config, generic, 0, NULL),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_verifier_config_set_issuer_algorithms(config, generic, 1024, NULL),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_verifier_config_set_issuer_algorithms(NULL, generic, 1, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_config_set_issuer_algorithms(config, NULL, 1, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(
        cogmig_verifier_config_set_issuer_algorithms(config, generic, COGMIG_ALGORITHM_ES256, NULL),
        COGMIG_OK);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(issuer_client_and_token_use_have_no_default),
        TEST(plain_http_needs_leave),
        TEST(numbers_out_of_range_are_refused),
        TEST(clients_are_bounded_in_size_and_number),
        TEST(issuers_are_bounded_in_number_and_the_same_twice_is_once),
        TEST(of_a_pool_both_issuers_are_trusted_or_none),
        TEST(an_issuer_is_a_pools_or_an_urls),
        TEST(missing_arguments_are_refused),
        TEST(both_issuers_of_a_pool_are_trusted_each_with_its_own_keys),
        TEST(a_replica_is_trusted_when_its_region_was_added),
        TEST(an_unused_issuer_that_answers_403_or_404_is_no_outage),
        TEST(any_other_answer_of_an_issuer_stays_an_outage),
        TEST(whether_an_issuer_is_unused_is_seen_by_its_own_pool),
        TEST(an_issuer_whose_keys_are_held_is_in_use),
        TEST(keys_seeded_without_a_name_are_those_of_the_whole_pool),
        TEST(a_region_must_be_one),
        TEST(algorithms_are_said_for_issuers_added_by_url),
        TEST(whoever_waives_the_issuer_accepts_any_name_and_none),
        TEST(whoever_waives_the_issuer_waives_nothing_else),
        TEST(any_issuer_stands_alone),
        TEST(a_verifier_keeps_nothing_of_its_configuration),
        TEST(claims_outlive_the_verifier),
        TEST(an_outage_is_no_refusal),
        TEST(keys_are_seeded_for_a_named_issuer),
        TEST(a_bad_seed_changes_nothing),
        TEST(keys_are_seeded_from_a_file),
        TEST(one_call_makes_a_verifier_for_a_pool),
        TEST(the_environment_names_pool_and_clients),
        TEST(the_issuer_wins_over_the_pool),
        TEST(an_environment_that_lacks_or_garbles_something_is_refused),
    };
    return cmocka_run_group_tests_name("token: verifier", tests, make_keys, free_keys);
}
