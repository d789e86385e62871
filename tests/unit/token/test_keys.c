/* SPDX-License-Identifier: Apache-2.0
 * The keys of all issuers of a verifier: fetched at once, counted. */
#include "base/buffer.h"
#include "base/memory.h"
#include "cmocka_all.h"
#include "signer.h"
#include "status/error.h"
#include "token/config.h"

#include <cogmig/memory.h>
#include <cogmig/verifier.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *jwks;
static cogmig_verifier_config *config;
static cogmig_verifier *verifier;
static struct cogmig_error err;

static int64_t now_ms;
static int32_t original_status, updated_status; /* of the two hosts of a pool */
static int32_t of_second_pool;                  /* of both hosts of that pool, if not 0 */
static bool asks_itself;
static int fetches;

static int64_t steady_ms(void)
{
    return now_ms;
}

static cogmig_status serve(void *user_data, const char *url, int32_t timeout_ms,
                           cogmig_jwks_reply *reply)
{
    (void)user_data;
    (void)timeout_ms;
    bool updated = strstr(url, "//issuer-cognito-idp.") != NULL;
    int32_t http_status = updated ? updated_status : original_status;
    if (of_second_pool != 0 && strstr(url, "/eu-central-1_TestPool2/") != NULL)
        http_status = of_second_pool;
    fetches++;
    if (asks_itself)
        assert_int_equal(cogmig_verifier_hydrate(verifier, NULL), COGMIG_INVALID_ARGUMENT);
    cogmig_jwks_reply_set_etag(reply, "\"v1\"");
    if (http_status == 200 && cogmig_jwks_reply_if_none_match(reply) != NULL)
        http_status = 304;
    cogmig_jwks_reply_set_http_status(reply, http_status);
    return cogmig_jwks_reply_append(reply, jwks, strlen(jwks));
}

static int make_keys(void **state)
{
    (void)state;
    struct signer *signer = signer_new(2048, 65537);
    struct buffer document = buffer_with_max(4096);
    signer_add_jwks(signer, "k", &document);
    signer_free(signer);
    jwks = buffer_take(&document, NULL);
    return jwks == NULL;
}

static int free_keys(void **state)
{
    (void)state;
    memory_free(jwks);
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    now_ms = 1000000;
    original_status = updated_status = 200;
    of_second_pool = 0;
    asks_itself = false;
    fetches = 0;
    if (cogmig_verifier_config_new(&config, NULL) != COGMIG_OK)
        return -1;
    cogmig_verifier_config_allow_any_client(config, NULL);
    cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ANY, NULL);
    cogmig_verifier_config_set_fetch(config, serve, NULL, NULL);
    cogmig_verifier_config_add_pool(config, "eu-central-1_TestPool1", NULL);
    config->steady_ms = steady_ms;
    return cogmig_verifier_new(config, &verifier, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    cogmig_verifier_config_free(&config);
    cogmig_verifier_free(&verifier);
    return 0;
}

static void expect_outage(cogmig_status status, const char *http_status)
{
    assert_int_equal(cogmig_verifier_hydrate(verifier, &err), status);
    assert_int_equal(err.status, status);
    assert_string_equal(err.upstream_code, http_status);
}

static void all_issuers_are_asked_at_once(void **state)
{
    (void)state;
    assert_int_equal(cogmig_verifier_hydrate(verifier, &err), COGMIG_OK);
    assert_int_equal(err.status, COGMIG_OK);
    assert_int_equal(fetches, 2);
}

static void an_unused_issuer_is_no_error_when_the_pool_has_another(void **state)
{
    (void)state;
    updated_status = 403;
    assert_int_equal(cogmig_verifier_hydrate(verifier, &err), COGMIG_OK);
    assert_int_equal(err.status, COGMIG_OK);
    original_status = 404;
    updated_status = 200;
    assert_int_equal(cogmig_verifier_hydrate(verifier, &err), COGMIG_OK);
}

static void an_issuer_is_unused_only_beside_one_of_its_own_pool(void **state)
{
    (void)state;
    cogmig_verifier_free(&verifier);
    assert_int_equal(cogmig_verifier_config_add_pool(config, "eu-central-1_TestPool2", NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_new(config, &verifier, NULL), COGMIG_OK);
    updated_status = 404;
    assert_int_equal(cogmig_verifier_hydrate(verifier, &err), COGMIG_OK);
    of_second_pool = 404;
    expect_outage(COGMIG_JWKS_HTTP_STATUS, "404");
}

static void a_pool_that_nobody_serves_is_an_outage(void **state)
{
    (void)state;
    original_status = 404;
    updated_status = 403;
    expect_outage(COGMIG_JWKS_HTTP_STATUS, "404");
}

static void a_host_that_fails_otherwise_is_an_outage_though_the_other_answers(void **state)
{
    (void)state;
    updated_status = 500;
    expect_outage(COGMIG_JWKS_HTTP_STATUS, "500");
}

static void it_fetches_again_whenever_it_is_called(void **state)
{
    (void)state;
    original_status = 500;
    expect_outage(COGMIG_JWKS_HTTP_STATUS, "500");
    original_status = 200;
    assert_int_equal(cogmig_verifier_hydrate(verifier, NULL), COGMIG_OK);
    assert_int_equal(fetches, 4);
}

static void a_fetch_function_that_hydrates_its_own_verifier_is_told_so(void **state)
{
    (void)state;
    asks_itself = true;
    assert_int_equal(cogmig_verifier_hydrate(verifier, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_hydrate(NULL, NULL), COGMIG_INVALID_ARGUMENT);
}

/* ---- counters ---- */

static cogmig_status ask_for(const char *kid)
{
    struct signer *stranger = signer_new(2048, 65537);
    struct buffer header = buffer_with_max(256), token = buffer_with_max(4096);
    buffer_add_text(&header, "{\"alg\":\"RS256\",\"kid\":\"");
    buffer_add_text(&header, kid);
    buffer_add_text(&header, "\"}");
    signer_add_token(stranger, header.bytes,
                     "{\"iss\":\"https://cognito-idp.eu-central-1.amazonaws.com/"
                     "eu-central-1_TestPool1\"}",
                     &token);
    cogmig_status status = cogmig_verifier_verify(verifier, token.bytes, token.len, NULL, NULL);
    signer_free(stranger);
    buffer_release(&header);
    buffer_release(&token);
    return status;
}

static void expect_counters(const uint64_t expected[6])
{
    for (int32_t counter = COGMIG_COUNTER_FETCHES; counter <= COGMIG_COUNTER_STALE_KEY_USES;
         counter++)
        assert_int_equal(cogmig_verifier_get_counter(verifier, counter), expected[counter - 1]);
}

static void everything_that_happens_to_keys_is_counted(void **state)
{
    (void)state;
    expect_counters((const uint64_t[]){0, 0, 0, 0, 0, 0});
    assert_int_equal(cogmig_verifier_hydrate(verifier, NULL), COGMIG_OK);
    expect_counters((const uint64_t[]){2, 0, 0, 0, 0, 0});
    assert_int_equal(cogmig_verifier_hydrate(verifier, NULL), COGMIG_OK);
    expect_counters((const uint64_t[]){4, 0, 2, 0, 0, 0});
    assert_int_equal(ask_for("nobody"), COGMIG_TOKEN_KEY_UNKNOWN);
    expect_counters((const uint64_t[]){4, 0, 2, 0, 1, 0});
    assert_int_equal(cogmig_verifier_seed_keys(verifier, NULL, jwks, strlen(jwks), NULL),
                     COGMIG_OK);
    expect_counters((const uint64_t[]){4, 0, 2, 2, 1, 0});
}

static void stale_keys_that_serve_are_counted(void **state)
{
    (void)state;
    assert_int_equal(cogmig_verifier_hydrate(verifier, NULL), COGMIG_OK);
    original_status = 500;
    assert_int_equal(ask_for("k"), COGMIG_TOKEN_SIGNATURE_INVALID);
    now_ms += 3600 * 1000;
    assert_int_equal(ask_for("k"), COGMIG_TOKEN_SIGNATURE_INVALID);
    assert_int_equal(ask_for("k"), COGMIG_TOKEN_SIGNATURE_INVALID);
    expect_counters((const uint64_t[]){3, 1, 0, 0, 0, 2});
}

static uint64_t counter(int32_t number)
{
    return cogmig_verifier_get_counter(verifier, number);
}

static void fetches_that_are_withheld_are_counted(void **state)
{
    (void)state;
    assert_int_equal(ask_for("nobody"), COGMIG_TOKEN_KEY_UNKNOWN);
    assert_int_equal(counter(COGMIG_COUNTER_FETCHES_WITHHELD), 0);
    assert_int_equal(ask_for("nobody"), COGMIG_TOKEN_KEY_UNKNOWN);
    assert_int_equal(counter(COGMIG_COUNTER_FETCHES_WITHHELD), 1);
}

/* ---- in and out ---- */

static void keys_that_were_taken_out_can_be_given_again(void **state)
{
    (void)state;
    char *out = NULL, *again = NULL;
    size_t len = 0;
    assert_int_equal(cogmig_verifier_hydrate(verifier, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_export_keys(verifier, NULL, &out, &len, NULL), COGMIG_OK);
    assert_int_equal(strlen(out), len);
    cogmig_verifier_free(&verifier);
    assert_int_equal(cogmig_verifier_new(config, &verifier, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_seed_keys(verifier, NULL, out, len, NULL), COGMIG_OK);
    fetches = 0;
    assert_int_equal(ask_for("k"), COGMIG_TOKEN_SIGNATURE_INVALID);
    assert_int_equal(fetches, 0);
    assert_int_equal(cogmig_verifier_export_keys(verifier, NULL, &again, NULL, NULL), COGMIG_OK);
    assert_string_equal(again, out);
    cogmig_free(again);
    cogmig_free(out);
}

static void of_a_pool_those_of_the_issuer_that_is_used_are_taken_out(void **state)
{
    (void)state;
    char *out = NULL;
    original_status = 404;
    assert_int_equal(cogmig_verifier_hydrate(verifier, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_export_keys(verifier, NULL, &out, NULL, NULL), COGMIG_OK);
    cogmig_free(out);
    assert_int_equal(cogmig_verifier_export_keys(verifier,
                                                 "https://cognito-idp.eu-central-1.amazonaws.com/"
                                                 "eu-central-1_TestPool1",
                                                 &out, NULL, &err),
                     COGMIG_KEYS_NEEDED);
    assert_null(out);
}

static void what_is_not_held_cannot_be_taken_out(void **state)
{
    (void)state;
    char *out = NULL;
    assert_int_equal(cogmig_verifier_export_keys(verifier, NULL, &out, NULL, &err),
                     COGMIG_KEYS_NEEDED);
    assert_int_equal(cogmig_verifier_export_keys(verifier, "https://x.example", &out, NULL, NULL),
                     COGMIG_ISSUER_UNKNOWN);
    assert_int_equal(cogmig_verifier_export_keys(NULL, NULL, &out, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_export_keys(verifier, NULL, NULL, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
}

/* ---- the key file ---- */

static int64_t clock_2023(void *user_data)
{
    (void)user_data;
    return 1700000000;
}

static void keys_are_kept_in_a_file_for_the_next_verifier(void **state)
{
    (void)state;
    char folder[] = "/tmp/cogmig-keys-XXXXXX", path[sizeof folder + 8];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/keys", folder);
    assert_int_equal(cogmig_verifier_config_set_key_file(config, path, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_clock(config, clock_2023, NULL, NULL), COGMIG_OK);
    for (int i = 0; i < 2; i++) {
        cogmig_verifier_free(&verifier);
        assert_int_equal(cogmig_verifier_new(config, &verifier, NULL), COGMIG_OK);
        assert_int_equal(counter(COGMIG_COUNTER_KEY_FILE_READS), i);
        assert_int_equal(ask_for("k"), COGMIG_TOKEN_SIGNATURE_INVALID);
        assert_int_equal(counter(COGMIG_COUNTER_KEY_FILE_WRITES), i == 0);
    }
    assert_int_equal(fetches, 1);
    assert_int_equal(cogmig_verifier_check_key_file(verifier, &err), COGMIG_OK);
    assert_int_equal(chmod(path, 0644), 0);
    cogmig_verifier_free(&verifier);
    assert_int_equal(cogmig_verifier_new(config, &verifier, NULL), COGMIG_OK);
    assert_int_equal(counter(COGMIG_COUNTER_KEY_FILE_REFUSALS), 2); /* one for each issuer */
    assert_int_equal(cogmig_verifier_check_key_file(verifier, &err), COGMIG_KEY_FILE_REFUSED);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(ask_for("k"), COGMIG_TOKEN_SIGNATURE_INVALID);
    assert_int_equal(counter(COGMIG_COUNTER_KEY_FILE_WRITE_FAILURES), 1);
    assert_int_equal(cogmig_verifier_check_key_file(verifier, &err), COGMIG_FILE_UNWRITABLE);
}

static void a_key_file_needs_a_path(void **state)
{
    (void)state;
    assert_int_equal(cogmig_verifier_config_set_key_file(config, "", NULL), COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_verifier_config_set_key_file(config, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_check_key_file(verifier, &err), COGMIG_CONFIG_INCOMPLETE);
    assert_int_equal(cogmig_verifier_check_key_file(NULL, NULL), COGMIG_INVALID_ARGUMENT);
}

static void a_counter_that_is_not_known_is_zero(void **state)
{
    (void)state;
    assert_int_equal(cogmig_verifier_hydrate(verifier, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_get_counter(verifier, 0), 0);
    assert_int_equal(cogmig_verifier_get_counter(verifier, -1), 0);
    assert_int_equal(cogmig_verifier_get_counter(verifier, 1000), 0);
    assert_int_equal(cogmig_verifier_get_counter(NULL, COGMIG_COUNTER_FETCHES), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(all_issuers_are_asked_at_once),
        TEST(an_unused_issuer_is_no_error_when_the_pool_has_another),
        TEST(an_issuer_is_unused_only_beside_one_of_its_own_pool),
        TEST(a_pool_that_nobody_serves_is_an_outage),
        TEST(a_host_that_fails_otherwise_is_an_outage_though_the_other_answers),
        TEST(it_fetches_again_whenever_it_is_called),
        TEST(a_fetch_function_that_hydrates_its_own_verifier_is_told_so),
        TEST(everything_that_happens_to_keys_is_counted),
        TEST(stale_keys_that_serve_are_counted),
        TEST(fetches_that_are_withheld_are_counted),
        TEST(keys_that_were_taken_out_can_be_given_again),
        TEST(of_a_pool_those_of_the_issuer_that_is_used_are_taken_out),
        TEST(what_is_not_held_cannot_be_taken_out),
        TEST(keys_are_kept_in_a_file_for_the_next_verifier),
        TEST(a_key_file_needs_a_path),
        TEST(a_counter_that_is_not_known_is_zero),
    };
    return cmocka_run_group_tests_name("token: keys", tests, make_keys, free_keys);
}
