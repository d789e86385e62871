/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "cmocka_all.h"
#include "keyset/keyset.h"
#include "keyset/source.h"
#include "signer.h"
#include "status/error.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- a clock, a server and a source under the test's control ---- */

static _Atomic int64_t now_ms;
static atomic_int threads_started;

static int64_t steady_ms(void)
{
    return now_ms;
}

struct server {
    cogmig_status returns;
    int32_t http_status;
    const char *body;
    int64_t takes_ms; /* by the clock above */
    int awaits_threads;
    useconds_t sleeps_us;
    int64_t max_age_s; /* 0: not said */
    const char *etag;
    char if_none_match[64];
    struct key_source *asks; /* a source to ask from within the fetch */
    const char *asks_for;
    cogmig_status answer;
    atomic_int fetches;
    char url[128];
};

static cogmig_status ask(struct key_source *source, const char *kid, cogmig_error *err);

static cogmig_status serve(void *user_data, const char *url, int32_t timeout_ms,
                           cogmig_jwks_reply *reply)
{
    struct server *server = user_data;
    assert_int_equal(timeout_ms, 1234);
    server->fetches++;
    now_ms += server->takes_ms;
    while (threads_started < server->awaits_threads)
        usleep(1000);
    usleep(server->sleeps_us);
    snprintf(server->url, sizeof server->url, "%s", url);
    if (server->asks != NULL)
        server->answer = ask(server->asks, server->asks_for, NULL);
    const char *known = cogmig_jwks_reply_if_none_match(reply);
    snprintf(server->if_none_match, sizeof server->if_none_match, "%s", known == NULL ? "" : known);
    cogmig_jwks_reply_set_http_status(reply, server->http_status);
    if (server->max_age_s > 0)
        cogmig_jwks_reply_set_max_age_s(reply, server->max_age_s);
    cogmig_jwks_reply_set_etag(reply, server->etag);
    if (server->body != NULL)
        assert_int_equal(cogmig_jwks_reply_append(reply, server->body, strlen(server->body)),
                         COGMIG_OK);
    return server->returns;
}

static char *keys_a, *keys_b; /* documents of one key each: kid a, kid b */
static struct server server;
static struct fetcher fetcher;
static struct key_source *source;
static struct cogmig_error err;

static char *make_document(const char *kid)
{
    struct signer *signer = signer_new(2048, 65537);
    struct buffer document = buffer_with_max(4096);
    signer_add_jwks(signer, kid, &document);
    signer_free(signer);
    return buffer_take(&document, NULL);
}

static int make_documents(void **state)
{
    (void)state;
    keys_a = make_document("a");
    keys_b = make_document("b");
    return keys_a == NULL || keys_b == NULL;
}

static int free_documents(void **state)
{
    (void)state;
    memory_free(keys_a);
    memory_free(keys_b);
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    now_ms = 1000000;
    memset(&server, 0, sizeof server);
    server.http_status = 200;
    server.body = keys_a;
    fetcher = (struct fetcher){.callback = serve, .user_data = &server, .timeout_ms = 1234};
    source = key_source_new("https://issuer.example/jwks.json?secret=1", &fetcher, steady_ms);
    return source == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    key_source_free(source);
    return 0;
}

static cogmig_status ask(struct key_source *of, const char *kid, cogmig_error *error)
{
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\"", kid);
    struct json_value value = {JSON_STRING, span_of(quoted)};
    cogmig_keyset *holder = NULL;
    const struct key *key = NULL;
    cogmig_status status = key_source_find(of, value, &holder, &key, error);
    assert_true((holder != NULL) == (status == COGMIG_OK));
    if (status == COGMIG_OK)
        assert_string_equal(key->kid, kid);
    keyset_release(&holder);
    return status;
}

static void seed(const char *document)
{
    cogmig_keyset *keyset = NULL;
    assert_int_equal(cogmig_keyset_parse(document, strlen(document), &keyset, NULL), COGMIG_OK);
    key_source_seed(source, keyset);
    cogmig_keyset_free(&keyset);
}

/* ---- when a fetch happens, and when not ---- */

static void the_first_token_fetches_and_later_ones_do_not(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++)
        assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
    assert_int_equal(server.fetches, 1);
    assert_string_equal(server.url, "https://issuer.example/jwks.json?secret=1");
}

static void seeded_keys_need_no_fetch(void **state)
{
    (void)state;
    seed(keys_a);
    assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
    assert_int_equal(server.fetches, 0);
}

/* promise 19 */
static void unknown_kids_share_one_fetch_per_cool_down(void **state)
{
    (void)state;
    for (int i = 0; i < 10000; i++) {
        char kid[16];
        snprintf(kid, sizeof kid, "kid-%d", i);
        assert_int_equal(ask(source, kid, NULL), COGMIG_TOKEN_KEY_UNKNOWN);
    }
    assert_int_equal(server.fetches, 1);
}

static void the_cool_down_counts_from_the_beginning_of_the_fetch(void **state)
{
    (void)state;
    server.takes_ms = 20000;
    assert_int_equal(ask(source, "nobody", NULL), COGMIG_TOKEN_KEY_UNKNOWN);
    now_ms += 9999;
    assert_int_equal(ask(source, "nobody", NULL), COGMIG_TOKEN_KEY_UNKNOWN);
    assert_int_equal(server.fetches, 1);
    now_ms += 1;
    assert_int_equal(ask(source, "nobody", NULL), COGMIG_TOKEN_KEY_UNKNOWN);
    assert_int_equal(server.fetches, 2);
}

static void a_rotated_key_is_found_by_one_fetch(void **state)
{
    (void)state;
    seed(keys_a);
    server.body = keys_b;
    assert_int_equal(ask(source, "b", NULL), COGMIG_OK);
    assert_int_equal(server.fetches, 1);
}

/* promise 15 */
static void a_withdrawn_key_is_unknown_after_the_next_fetch(void **state)
{
    (void)state;
    seed(keys_a);
    server.body = keys_b;
    assert_int_equal(ask(source, "b", NULL), COGMIG_OK);
    assert_int_equal(ask(source, "a", NULL), COGMIG_TOKEN_KEY_UNKNOWN);
}

static void a_key_in_use_outlives_its_withdrawal(void **state)
{
    (void)state;
    seed(keys_a);
    struct json_value kid = {JSON_STRING, span_of("\"a\"")};
    cogmig_keyset *holder = NULL;
    const struct key *key = NULL;
    assert_int_equal(key_source_find(source, kid, &holder, &key, NULL), COGMIG_OK);
    seed(keys_b);
    assert_string_equal(key->kid, "a");
    keyset_release(&holder);
}

static void a_fetch_function_that_asks_its_own_verifier_is_told_so(void **state)
{
    (void)state;
    server.asks = source;
    server.asks_for = "nobody";
    assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
    assert_int_equal(server.answer, COGMIG_INVALID_ARGUMENT);
    assert_int_equal(server.fetches, 1);
}

/* ---- failures ---- */

static void expect_outage(cogmig_status status, int32_t upstream, const char *code)
{
    assert_int_equal(ask(source, "nobody", &err), status);
    assert_int_equal(err.status, status);
    assert_int_equal(err.upstream, upstream);
    assert_string_equal(err.upstream_code, code);
    assert_null(strstr(err.message, "secret"));
}

/* promise 17 */
static void a_failed_fetch_leaves_held_keys_in_use(void **state)
{
    (void)state;
    seed(keys_a);
    server.http_status = 500;
    expect_outage(COGMIG_JWKS_HTTP_STATUS, COGMIG_UPSTREAM_HTTP, "500");
    assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
}

static void during_the_back_off_of_a_failed_fetch_the_outage_is_reported_again(void **state)
{
    (void)state;
    server.http_status = 503;
    expect_outage(COGMIG_JWKS_HTTP_STATUS, COGMIG_UPSTREAM_HTTP, "503");
    server.http_status = 200;
    now_ms += BACK_OFF_FIRST_MS / 2 - 1;
    expect_outage(COGMIG_JWKS_HTTP_STATUS, COGMIG_UPSTREAM_HTTP, "503");
    assert_int_equal(server.fetches, 1);
    now_ms += BACK_OFF_FIRST_MS / 2 + 1;
    assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
    assert_int_equal(server.fetches, 2);
}

static void every_http_status_but_200_is_a_failure(void **state)
{
    static const int32_t refused[] = {0,   201, 204, 206, 301, 302, 304,
                                      307, 403, 404, 500, 502, 599};
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        server.http_status = refused[i];
        assert_int_equal(ask(source, "a", &err), COGMIG_JWKS_HTTP_STATUS);
        now_ms += BACK_OFF_MAX_MS;
    }
}

/* promise 17 */
static void a_200_without_keys_is_a_failure_and_wipes_nothing(void **state)
{
    static const char *const bodies[] = {NULL,
                                         "",
                                         "{\"keys\":[]}",
                                         "{\"keys\":{}}",
                                         "[]",
                                         "{\"message\":\"Forbidden\"}",
                                         "<html>Sign in</html>"};
    (void)state;
    seed(keys_a);
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        server.body = bodies[i];
        expect_outage(COGMIG_JWKS_RESPONSE_INVALID, COGMIG_UPSTREAM_NONE, "");
        assert_non_null(strstr(err.message, "https://issuer.example/jwks.json answered 200"));
        assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
        now_ms += BACK_OFF_MAX_MS;
    }
    assert_non_null(strstr(err.message, "<html>Sign in</html>"));
}

static void an_outage_that_a_callback_names_is_passed_on(void **state)
{
    (void)state;
    server.returns = COGMIG_JWKS_UNREACHABLE;
    expect_outage(COGMIG_JWKS_UNREACHABLE, COGMIG_UPSTREAM_CALLBACK, "203");
}

static void any_other_status_of_a_callback_stops(void **state)
{
    (void)state;
    server.returns = COGMIG_TOKEN_EXPIRED;
    expect_outage(COGMIG_STOPPED_BY_CALLBACK, COGMIG_UPSTREAM_CALLBACK, "313");
}

static cogmig_status serve_too_much(void *user_data, const char *url, int32_t timeout_ms,
                                    cogmig_jwks_reply *reply)
{
    static const char chunk[64 * 1024];
    (void)url;
    (void)timeout_ms;
    cogmig_jwks_reply_set_http_status(reply, 200);
    for (int i = 0; i < 4; i++)
        assert_int_equal(cogmig_jwks_reply_append(reply, chunk, sizeof chunk), COGMIG_OK);
    *(cogmig_status *)user_data = cogmig_jwks_reply_append(reply, chunk, 1);
    return COGMIG_OK;
}

static void a_body_over_256_kib_is_refused_even_if_the_callback_does_not_care(void **state)
{
    (void)state;
    cogmig_status appended = COGMIG_OK;
    fetcher.callback = serve_too_much;
    fetcher.user_data = &appended;
    expect_outage(COGMIG_JWKS_RESPONSE_INVALID, COGMIG_UPSTREAM_NONE, "");
    assert_int_equal(appended, COGMIG_JWKS_RESPONSE_INVALID);
}

/* ---- age ---- */

enum {
    MINUTE_MS = 60 * 1000,
    HOUR_MS = 60 * MINUTE_MS
};

static void keys_are_asked_for_again_when_their_time_is_over(void **state)
{
    (void)state;
    assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
    now_ms += 10 * MINUTE_MS - 1;
    assert_true(key_source_is_settled(source, now_ms));
    assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
    assert_int_equal(server.fetches, 1);
    now_ms += 1;
    assert_false(key_source_is_settled(source, now_ms));
    assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
    assert_int_equal(server.fetches, 2);
    assert_true(key_source_is_settled(source, now_ms));
}

static void max_age_says_when(void **state)
{
    (void)state;
    server.max_age_s = 7200;
    assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
    now_ms += 2 * HOUR_MS - 1;
    assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
    assert_int_equal(server.fetches, 1);
    now_ms += 1;
    assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
    assert_int_equal(server.fetches, 2);
}

static void a_key_that_was_withdrawn_in_silence_ends_when_its_time_is_over(void **state)
{
    (void)state;
    assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
    server.body = keys_b;
    now_ms += 10 * MINUTE_MS;
    assert_int_equal(ask(source, "a", NULL), COGMIG_TOKEN_KEY_UNKNOWN);
}

/* promise 18 */
static void stale_keys_serve_for_a_day_and_then_it_is_an_outage(void **state)
{
    (void)state;
    assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
    int64_t fetched_at_ms = now_ms;
    server.http_status = 500;
    now_ms += 24 * HOUR_MS - 1;
    assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
    assert_int_equal(server.fetches, 2);
    assert_true(key_source_is_settled(source, now_ms));
    now_ms = fetched_at_ms + 24 * HOUR_MS;
    assert_false(key_source_is_settled(source, now_ms));
    assert_int_equal(ask(source, "a", &err), COGMIG_JWKS_HTTP_STATUS);
    now_ms += MINUTE_MS;
    server.http_status = 200;
    assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
}

static void seeded_keys_do_not_age_until_others_were_fetched(void **state)
{
    (void)state;
    seed(keys_a);
    now_ms += 1000 * (int64_t)HOUR_MS;
    assert_true(key_source_is_settled(source, now_ms));
    assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
    assert_int_equal(server.fetches, 0);
    assert_int_equal(ask(source, "nobody", NULL), COGMIG_TOKEN_KEY_UNKNOWN);
    now_ms += 10 * MINUTE_MS;
    assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
    assert_int_equal(server.fetches, 2);
}

static void a_304_keeps_the_keys_and_starts_their_time_anew(void **state)
{
    (void)state;
    server.etag = "\"v1\"";
    assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
    assert_string_equal(server.if_none_match, "");
    server = (struct server){.http_status = 304, .fetches = 1};
    for (int i = 2; i < 5; i++) {
        now_ms += 10 * MINUTE_MS;
        assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
        assert_int_equal(server.fetches, i);
        assert_string_equal(server.if_none_match, "\"v1\"");
    }
}

static void a_304_to_a_question_without_etag_is_a_failure(void **state)
{
    (void)state;
    server.etag = "\"v1\"";
    assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
    seed(keys_b);
    now_ms += UNKNOWN_KID_COOL_DOWN_MS;
    server.http_status = 304;
    expect_outage(COGMIG_JWKS_HTTP_STATUS, COGMIG_UPSTREAM_HTTP, "304");
    assert_string_equal(server.if_none_match, "");
}

/* ---- the life of a key ---- */

static struct key_life *life_of(const char *quoted_kid)
{
    struct json_value kid = {JSON_STRING, span_of(quoted_kid)};
    cogmig_keyset *holder = NULL;
    const struct key *key = NULL;
    assert_int_equal(key_source_find(source, kid, &holder, &key, NULL), COGMIG_OK);
    struct key_life *life = key_life_hold(key->life);
    keyset_release(&holder);
    return life;
}

static void a_key_that_comes_again_lives_on_and_one_that_does_not_has_ended(void **state)
{
    (void)state;
    assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
    struct key_life *life = life_of("\"a\"");
    seed(keys_a);
    now_ms += UNKNOWN_KID_COOL_DOWN_MS;
    assert_int_equal(ask(source, "nobody", NULL), COGMIG_TOKEN_KEY_UNKNOWN);
    assert_true(key_life_lasts(life));
    seed(keys_b);
    assert_false(key_life_lasts(life));
    seed(keys_a);
    assert_false(key_life_lasts(life));
    key_life_release(life);
}

static struct openssl_rsa_key *prepared_for(const char *quoted_kid)
{
    struct json_value kid = {JSON_STRING, span_of(quoted_kid)};
    cogmig_keyset *holder = NULL;
    const struct key *key = NULL;
    assert_int_equal(key_source_find(source, kid, &holder, &key, NULL), COGMIG_OK);
    struct openssl_rsa_key *prepared = openssl_rsa_key_hold(key->rsa);
    keyset_release(&holder);
    return prepared;
}

static void what_is_prepared_for_a_key_outlasts_the_rotation_of_others(void **state)
{
    (void)state;
    char *other_a = make_document("a");
    seed(keys_a);
    struct openssl_rsa_key *before = prepared_for("\"a\"");
    seed(keys_a);
    struct openssl_rsa_key *again = prepared_for("\"a\"");
    assert_ptr_equal(again, before);
    seed(other_a);
    struct openssl_rsa_key *other = prepared_for("\"a\"");
    assert_ptr_not_equal(other, before);
    openssl_rsa_key_free(before);
    openssl_rsa_key_free(again);
    openssl_rsa_key_free(other);
    memory_free(other_a);
}

static void another_key_under_the_same_kid_is_another_life(void **state)
{
    (void)state;
    char *other_a = make_document("a");
    seed(keys_a);
    struct key_life *life = life_of("\"a\"");
    seed(other_a);
    assert_false(key_life_lasts(life));
    key_life_release(life);
    memory_free(other_a);
}

/* ---- many at once ---- */

enum {
    THREADS = 16
};

static atomic_int answers_ok, answers_unknown;

static void *ask_for(void *kid)
{
    threads_started++;
    cogmig_status status = ask(source, kid, NULL);
    answers_ok += status == COGMIG_OK;
    answers_unknown += status == COGMIG_TOKEN_KEY_UNKNOWN;
    return NULL;
}

static void run_threads(char *kid)
{
    pthread_t threads[THREADS];
    answers_ok = 0;
    answers_unknown = 0;
    threads_started = 0;
    server.awaits_threads = THREADS;
    server.sleeps_us = 200000; /* from their start to their waiting */
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_for, kid), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

/* promise 19 */
static void threads_that_ask_together_share_one_fetch(void **state)
{
    (void)state;
    char a[] = "a";
    run_threads(a);
    assert_int_equal(answers_ok, THREADS);
    assert_int_equal(server.fetches, 1);
}

static void whoever_waited_does_not_fetch_again_however_long_it_took(void **state)
{
    (void)state;
    char nobody[] = "nobody";
    server.takes_ms = 2 * UNKNOWN_KID_COOL_DOWN_MS;
    run_threads(nobody);
    assert_int_equal(answers_unknown, THREADS);
    assert_int_equal(server.fetches, 1);
}

static void *ask_for_a(void *unused)
{
    ask(source, "a", NULL);
    return unused;
}

/* The thread that fetches is not there in the child, and must not be waited for. */
static void a_child_forked_during_a_fetch_fetches_for_itself(void **state)
{
    (void)state;
    pthread_t thread;
    int outcome = -1;
    threads_started = 0;
    server.awaits_threads = 1; /* stands for: until the child is there */
    assert_int_equal(pthread_create(&thread, NULL, ask_for_a, NULL), 0);
    while (server.fetches == 0)
        usleep(1000);
    pid_t child = fork();
    if (child == 0) {
        alarm(20);
        threads_started = 1;
        _exit(ask(source, "a", NULL) == COGMIG_OK && server.fetches == 2 ? 0 : 1);
    }
    threads_started = 1;
    pthread_join(thread, NULL);
    assert_int_equal(waitpid(child, &outcome, 0), child);
    assert_int_equal(outcome, 0);
    assert_int_equal(server.fetches, 1);
}

static void a_refresh_keeps_nobody_who_has_a_key(void **state)
{
    (void)state;
    assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
    now_ms += 10 * MINUTE_MS;
    server.asks = source;
    server.asks_for = "a";
    assert_int_equal(ask(source, "a", NULL), COGMIG_OK);
    assert_int_equal(server.answer, COGMIG_OK);
    assert_int_equal(server.fetches, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_first_token_fetches_and_later_ones_do_not),
        TEST(seeded_keys_need_no_fetch),
        TEST(unknown_kids_share_one_fetch_per_cool_down),
        TEST(the_cool_down_counts_from_the_beginning_of_the_fetch),
        TEST(a_rotated_key_is_found_by_one_fetch),
        TEST(a_withdrawn_key_is_unknown_after_the_next_fetch),
        TEST(a_key_in_use_outlives_its_withdrawal),
        TEST(a_fetch_function_that_asks_its_own_verifier_is_told_so),
        TEST(a_failed_fetch_leaves_held_keys_in_use),
        TEST(during_the_back_off_of_a_failed_fetch_the_outage_is_reported_again),
        TEST(every_http_status_but_200_is_a_failure),
        TEST(a_200_without_keys_is_a_failure_and_wipes_nothing),
        TEST(an_outage_that_a_callback_names_is_passed_on),
        TEST(any_other_status_of_a_callback_stops),
        TEST(a_body_over_256_kib_is_refused_even_if_the_callback_does_not_care),
        TEST(keys_are_asked_for_again_when_their_time_is_over),
        TEST(max_age_says_when),
        TEST(a_key_that_was_withdrawn_in_silence_ends_when_its_time_is_over),
        TEST(stale_keys_serve_for_a_day_and_then_it_is_an_outage),
        TEST(seeded_keys_do_not_age_until_others_were_fetched),
        TEST(a_304_keeps_the_keys_and_starts_their_time_anew),
        TEST(a_304_to_a_question_without_etag_is_a_failure),
        TEST(a_key_that_comes_again_lives_on_and_one_that_does_not_has_ended),
        TEST(what_is_prepared_for_a_key_outlasts_the_rotation_of_others),
        TEST(another_key_under_the_same_kid_is_another_life),
        TEST(a_child_forked_during_a_fetch_fetches_for_itself),
        TEST(a_refresh_keeps_nobody_who_has_a_key),
        TEST(threads_that_ask_together_share_one_fetch),
        TEST(whoever_waited_does_not_fetch_again_however_long_it_took),
    };
    return cmocka_run_group_tests_name("keyset: source", tests, make_documents, free_documents);
}
