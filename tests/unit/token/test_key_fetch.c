/* SPDX-License-Identifier: Apache-2.0
 * A verifier that never blocks: the caller fetches, and the policy is the same. */
#include "base/buffer.h"
#include "base/memory.h"
#include "cmocka_all.h"
#include "keyset/policy.h"
#include "signer.h"
#include "status/error.h"
#include "token/config.h"

#include <cogmig/verifier.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    TIMEOUT_MS = 3000,
    MINUTE_MS = 60 * 1000
};

static const char issuer[] = "https://issuer.example";
static const char other_issuer[] = "https://other.example";

static struct signer *signer;
static char *jwks, *jwks_without;
static cogmig_verifier_config *config;
static cogmig_verifier *verifier;
static struct cogmig_error err;
static int64_t now_ms;

static int64_t steady_ms(void)
{
    return now_ms;
}

static int64_t clock_2023(void *user_data)
{
    (void)user_data;
    return 1700000000 + now_ms / 1000;
}

static int make_keys(void **state)
{
    (void)state;
    struct buffer with = buffer_with_max(4096), without = buffer_with_max(4096);
    signer = signer_new(2048, 65537);
    signer_add_jwks(signer, "k", &with);
    signer_add_jwks(signer, "another", &without);
    jwks = buffer_take(&with, NULL);
    jwks_without = buffer_take(&without, NULL);
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    signer_free(signer);
    memory_free(jwks);
    memory_free(jwks_without);
    return 0;
}

static void make_verifier(void)
{
    cogmig_verifier_free(&verifier);
    assert_int_equal(cogmig_verifier_new(config, &verifier, NULL), COGMIG_OK);
}

static int set_up(void **state)
{
    (void)state;
    now_ms = 1000000;
    cogmig_verifier_config_new(&config, NULL);
    cogmig_verifier_config_add_issuer(config, issuer, NULL, NULL);
    cogmig_verifier_config_add_issuer(config, other_issuer, NULL, NULL);
    cogmig_verifier_config_add_client(config, "c", NULL);
    cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ACCESS, NULL);
    cogmig_verifier_config_set_clock(config, clock_2023, NULL, NULL);
    cogmig_verifier_config_set_non_blocking(config, NULL);
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

static cogmig_status ask_of(const char *of, const char *kid)
{
    char header[64], payload[256];
    struct buffer token = buffer_with_max(4096);
    snprintf(header, sizeof header, "{\"alg\":\"RS256\",\"kid\":\"%s\"}", kid);
    snprintf(payload, sizeof payload,
             "{\"iss\":\"%s\",\"sub\":\"s\",\"token_use\":\"access\",\"client_id\":\"c\","
             "\"exp\":1800000000}",
             of);
    signer_add_token(signer, header, payload, &token);
    cogmig_status status = cogmig_verifier_verify(verifier, token.bytes, token.len, NULL, &err);
    buffer_release(&token);
    return status;
}

static cogmig_status ask(const char *kid)
{
    return ask_of(issuer, kid);
}

static cogmig_key_fetch *begin(void)
{
    cogmig_key_fetch *fetch = NULL;
    assert_int_equal(cogmig_verifier_begin_fetch(verifier, &fetch, NULL), COGMIG_OK);
    return fetch;
}

static cogmig_key_fetch *must_begin(void)
{
    cogmig_key_fetch *fetch = begin();
    assert_non_null(fetch);
    return fetch;
}

static cogmig_status answer(cogmig_key_fetch *fetch, int32_t http_status, const char *body)
{
    cogmig_jwks_reply *reply = cogmig_key_fetch_reply(fetch);
    cogmig_jwks_reply_set_http_status(reply, http_status);
    cogmig_jwks_reply_set_etag(reply, "\"v1\"");
    assert_int_equal(cogmig_jwks_reply_append(reply, body, strlen(body)), COGMIG_OK);
    cogmig_status status = cogmig_key_fetch_end(&fetch, COGMIG_OK, &err);
    assert_null(fetch);
    assert_int_equal(err.status, status);
    return status;
}

static void get_keys(void)
{
    assert_int_equal(ask("k"), COGMIG_KEYS_NEEDED);
    assert_int_equal(answer(must_begin(), 200, jwks), COGMIG_OK);
    assert_int_equal(ask("k"), COGMIG_OK);
}

/* ---- the way through ---- */

static void a_token_waits_for_the_keys_that_the_caller_fetches(void **state)
{
    (void)state;
    assert_null(begin());
    assert_int_equal(ask("k"), COGMIG_KEYS_NEEDED);
    assert_int_equal(cogmig_status_kind(COGMIG_KEYS_NEEDED), COGMIG_KIND_UNAVAILABLE);
    cogmig_key_fetch *fetch = must_begin();
    assert_string_equal(cogmig_key_fetch_url(fetch),
                        "https://issuer.example/.well-known/jwks.json");
    assert_int_equal(cogmig_key_fetch_timeout_ms(fetch), TIMEOUT_MS);
    assert_null(cogmig_jwks_reply_if_none_match(cogmig_key_fetch_reply(fetch)));
    assert_int_equal(answer(fetch, 200, jwks), COGMIG_OK);
    assert_int_equal(ask("k"), COGMIG_OK);
    assert_null(begin());
}

static void seeded_keys_need_no_fetch(void **state)
{
    (void)state;
    assert_int_equal(cogmig_verifier_seed_keys(verifier, issuer, jwks, strlen(jwks), NULL),
                     COGMIG_OK);
    assert_int_equal(ask("k"), COGMIG_OK);
    assert_null(begin());
}

static void each_issuer_has_its_own_fetch(void **state)
{
    (void)state;
    assert_int_equal(ask("k"), COGMIG_KEYS_NEEDED);
    assert_int_equal(ask_of(other_issuer, "k"), COGMIG_KEYS_NEEDED);
    cogmig_key_fetch *first = must_begin(), *second = must_begin();
    assert_string_not_equal(cogmig_key_fetch_url(first), cogmig_key_fetch_url(second));
    assert_null(begin());
    cogmig_key_fetch_free(&first);
    cogmig_key_fetch_free(&second);
    assert_null(second);
}

static void hydrating_asks_for_all(void **state)
{
    (void)state;
    assert_int_equal(cogmig_verifier_hydrate(verifier, &err), COGMIG_KEYS_NEEDED);
    assert_int_equal(answer(must_begin(), 200, jwks), COGMIG_OK);
    assert_int_equal(answer(must_begin(), 200, jwks), COGMIG_OK);
    assert_null(begin());
    assert_int_equal(ask_of(other_issuer, "k"), COGMIG_OK);
}

/* ---- the same policy ---- */

static void one_fetch_is_on_its_way_whoever_waits(void **state)
{
    (void)state;
    assert_int_equal(ask("k"), COGMIG_KEYS_NEEDED);
    cogmig_key_fetch *fetch = must_begin();
    assert_int_equal(ask("k"), COGMIG_KEYS_NEEDED);
    assert_int_equal(ask("nobody"), COGMIG_KEYS_NEEDED);
    assert_null(begin());
    assert_int_equal(answer(fetch, 200, jwks), COGMIG_OK);
    assert_int_equal(ask("k"), COGMIG_OK);
}

static void unknown_kids_share_one_fetch_per_cool_down(void **state)
{
    (void)state;
    get_keys();
    for (int i = 0; i < 100; i++)
        assert_int_equal(ask("nobody"), COGMIG_TOKEN_KEY_UNKNOWN);
    assert_null(begin());
    now_ms += UNKNOWN_KID_COOL_DOWN_MS;
    assert_int_equal(ask("nobody"), COGMIG_KEYS_NEEDED);
    assert_int_equal(answer(must_begin(), 200, jwks), COGMIG_OK);
    assert_int_equal(ask("nobody"), COGMIG_TOKEN_KEY_UNKNOWN);
}

static void a_failed_fetch_is_an_outage_until_the_back_off_is_over(void **state)
{
    (void)state;
    assert_int_equal(ask("k"), COGMIG_KEYS_NEEDED);
    assert_int_equal(answer(must_begin(), 503, ""), COGMIG_JWKS_HTTP_STATUS);
    assert_string_equal(err.upstream_code, "503");
    assert_int_equal(ask("k"), COGMIG_JWKS_HTTP_STATUS);
    assert_null(begin());
    now_ms += BACK_OFF_FIRST_MS;
    assert_int_equal(ask("k"), COGMIG_KEYS_NEEDED);
    assert_int_equal(answer(must_begin(), 200, jwks), COGMIG_OK);
    assert_int_equal(ask("k"), COGMIG_OK);
}

static void an_answer_without_keys_wipes_nothing(void **state)
{
    (void)state;
    get_keys();
    now_ms += 10 * MINUTE_MS;
    assert_int_equal(ask("k"), COGMIG_KEYS_NEEDED);
    assert_int_equal(answer(must_begin(), 200, "{\"keys\":[]}"), COGMIG_JWKS_RESPONSE_INVALID);
    assert_int_equal(ask("k"), COGMIG_OK);
}

/* Kept tokens too: whoever never fetches would not notice that a key was withdrawn. */
static void keys_that_are_due_are_asked_for_and_serve_meanwhile(void **state)
{
    (void)state;
    get_keys();
    now_ms += 10 * MINUTE_MS;
    assert_int_equal(ask("k"), COGMIG_KEYS_NEEDED);
    assert_int_equal(ask("k"), COGMIG_KEYS_NEEDED);
    cogmig_key_fetch *fetch = must_begin();
    assert_string_equal(cogmig_jwks_reply_if_none_match(cogmig_key_fetch_reply(fetch)), "\"v1\"");
    assert_int_equal(ask("k"), COGMIG_OK);
    assert_int_equal(answer(fetch, 304, ""), COGMIG_OK);
    assert_int_equal(ask("k"), COGMIG_OK);
    assert_null(begin());
}

static void keys_that_are_due_are_handed_out_to_a_timer_too(void **state)
{
    (void)state;
    get_keys();
    now_ms += 10 * MINUTE_MS;
    assert_int_equal(answer(must_begin(), 200, jwks_without), COGMIG_OK);
    assert_int_equal(ask("k"), COGMIG_TOKEN_KEY_UNKNOWN);
}

static void what_is_due_is_handed_out_after_the_back_off_alone(void **state)
{
    (void)state;
    get_keys();
    now_ms += 10 * MINUTE_MS;
    assert_int_equal(answer(must_begin(), 503, ""), COGMIG_JWKS_HTTP_STATUS);
    assert_null(begin());
    now_ms += BACK_OFF_FIRST_MS / 2 - 1; /* the rest is a matter of chance */
    assert_null(begin());
    now_ms += BACK_OFF_FIRST_MS / 2 + 1;
    assert_int_equal(answer(must_begin(), 200, jwks), COGMIG_OK);
}

/* What has not changed is what was asked for, and not what came meanwhile. */
static void that_nothing_changed_says_nothing_about_keys_given_meanwhile(void **state)
{
    (void)state;
    get_keys();
    now_ms += 10 * MINUTE_MS;
    cogmig_key_fetch *fetch = must_begin();
    assert_int_equal(
        cogmig_verifier_seed_keys(verifier, issuer, jwks_without, strlen(jwks_without), NULL),
        COGMIG_OK);
    answer(fetch, 304, "");
    assert_int_equal(ask("another"), COGMIG_OK);
    assert_int_equal(ask("k"), COGMIG_TOKEN_KEY_UNKNOWN);
    now_ms += UNKNOWN_KID_COOL_DOWN_MS;
    assert_int_equal(ask("k"), COGMIG_KEYS_NEEDED);
    fetch = must_begin();
    assert_null(cogmig_jwks_reply_if_none_match(cogmig_key_fetch_reply(fetch)));
    assert_int_equal(answer(fetch, 200, jwks), COGMIG_OK);
    assert_int_equal(ask("k"), COGMIG_OK);
}

/* ---- what callers may do wrong ---- */

static void an_answer_that_never_comes_blocks_nobody_for_ever(void **state)
{
    (void)state;
    assert_int_equal(ask("k"), COGMIG_KEYS_NEEDED);
    cogmig_key_fetch *lost = must_begin();
    now_ms += TIMEOUT_MS - 1;
    assert_int_equal(ask("k"), COGMIG_KEYS_NEEDED);
    now_ms += 1;
    assert_int_equal(ask("k"), COGMIG_JWKS_UNREACHABLE);
    now_ms += BACK_OFF_FIRST_MS;
    assert_int_equal(ask("k"), COGMIG_KEYS_NEEDED);
    cogmig_key_fetch *next = must_begin();
    assert_int_equal(answer(lost, 200, jwks_without), COGMIG_DEADLINE_EXCEEDED);
    assert_int_equal(answer(next, 200, jwks), COGMIG_OK);
    assert_int_equal(ask("k"), COGMIG_OK);
}

static void a_late_answer_changes_nothing_even_if_nobody_asked_meanwhile(void **state)
{
    (void)state;
    assert_int_equal(ask("k"), COGMIG_KEYS_NEEDED);
    cogmig_key_fetch *fetch = must_begin();
    now_ms += TIMEOUT_MS;
    assert_int_equal(answer(fetch, 200, jwks), COGMIG_DEADLINE_EXCEEDED);
    assert_int_equal(ask("k"), COGMIG_JWKS_UNREACHABLE);
}

static void a_fetch_given_up_is_a_failed_one(void **state)
{
    (void)state;
    assert_int_equal(ask("k"), COGMIG_KEYS_NEEDED);
    cogmig_key_fetch *fetch = must_begin();
    cogmig_key_fetch_free(&fetch);
    assert_int_equal(ask("k"), COGMIG_JWKS_UNREACHABLE);
    assert_int_equal(cogmig_verifier_get_counter(verifier, COGMIG_COUNTER_FETCH_FAILURES), 1);
}

static void a_fetch_outlives_the_verifier(void **state)
{
    (void)state;
    assert_int_equal(ask("k"), COGMIG_KEYS_NEEDED);
    cogmig_key_fetch *fetch = must_begin();
    cogmig_verifier_free(&verifier);
    assert_null(verifier);
    assert_string_equal(cogmig_key_fetch_url(fetch),
                        "https://issuer.example/.well-known/jwks.json");
    assert_int_equal(answer(fetch, 200, jwks), COGMIG_OK);
}

static cogmig_status never_called(void *user_data, const char *url, int32_t timeout_ms,
                                  cogmig_jwks_reply *reply)
{
    (void)user_data, (void)url, (void)timeout_ms, (void)reply;
    fail_msg("A verifier that never blocks called a fetch function.");
    return COGMIG_JWKS_UNREACHABLE;
}

static void a_fetch_function_beside_it_is_refused(void **state)
{
    (void)state;
    cogmig_verifier_free(&verifier);
    cogmig_verifier_config_set_fetch(config, never_called, NULL, NULL);
    assert_int_equal(cogmig_verifier_new(config, &verifier, NULL), COGMIG_CONFIG_INVALID);
    assert_null(verifier);
}

static void missing_arguments_are_refused(void **state)
{
    (void)state;
    cogmig_key_fetch *fetch = NULL;
    assert_int_equal(cogmig_verifier_config_set_non_blocking(NULL, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_begin_fetch(NULL, &fetch, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verifier_begin_fetch(verifier, NULL, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_key_fetch_end(&fetch, COGMIG_OK, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_key_fetch_end(NULL, COGMIG_OK, NULL), COGMIG_INVALID_ARGUMENT);
    cogmig_key_fetch_free(&fetch);
    cogmig_key_fetch_free(NULL);
    assert_null(cogmig_key_fetch_url(NULL));
    assert_null(cogmig_key_fetch_reply(NULL));
    assert_int_equal(cogmig_key_fetch_timeout_ms(NULL), 0);
}

static void a_verifier_that_fetches_by_itself_hands_nothing_out(void **state)
{
    (void)state;
    cogmig_key_fetch *fetch = NULL;
    config->fetcher.by_caller = false;
    make_verifier();
    assert_int_equal(cogmig_verifier_begin_fetch(verifier, &fetch, &err), COGMIG_INVALID_ARGUMENT);
    assert_null(fetch);
}

/* ---- with a key file ---- */

static void what_the_caller_fetched_is_there_at_the_next_start(void **state)
{
    (void)state;
    char folder[] = "/tmp/cogmig-fetch-XXXXXX", path[sizeof folder + 8];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/keys", folder);
    assert_int_equal(cogmig_verifier_config_set_key_file(config, path, NULL), COGMIG_OK);
    make_verifier();
    get_keys();
    make_verifier();
    assert_int_equal(ask("k"), COGMIG_OK);
    assert_null(begin());
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_token_waits_for_the_keys_that_the_caller_fetches),
        TEST(seeded_keys_need_no_fetch),
        TEST(each_issuer_has_its_own_fetch),
        TEST(hydrating_asks_for_all),
        TEST(one_fetch_is_on_its_way_whoever_waits),
        TEST(unknown_kids_share_one_fetch_per_cool_down),
        TEST(a_failed_fetch_is_an_outage_until_the_back_off_is_over),
        TEST(an_answer_without_keys_wipes_nothing),
        TEST(keys_that_are_due_are_asked_for_and_serve_meanwhile),
        TEST(keys_that_are_due_are_handed_out_to_a_timer_too),
        TEST(what_is_due_is_handed_out_after_the_back_off_alone),
        TEST(that_nothing_changed_says_nothing_about_keys_given_meanwhile),
        TEST(an_answer_that_never_comes_blocks_nobody_for_ever),
        TEST(a_late_answer_changes_nothing_even_if_nobody_asked_meanwhile),
        TEST(a_fetch_given_up_is_a_failed_one),
        TEST(a_fetch_outlives_the_verifier),
        TEST(a_fetch_function_beside_it_is_refused),
        TEST(missing_arguments_are_refused),
        TEST(a_verifier_that_fetches_by_itself_hands_nothing_out),
        TEST(what_the_caller_fetched_is_there_at_the_next_start),
    };
    return cmocka_run_group_tests_name("token: key fetch", tests, make_keys, free_keys);
}
