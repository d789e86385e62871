/* SPDX-License-Identifier: Apache-2.0
 * libcurl as a whole, linked with --wrap for curl_global_init(). */
#include "adapters/libcurl_request.h"
#include "cmocka_all.h"
#include "keyset/reply.h"
#include "status/error.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

static int refusals, calls;

CURLcode __real_curl_global_init(long flags);
CURLcode __wrap_curl_global_init(long flags);

CURLcode __wrap_curl_global_init(long flags)
{
    calls++;
    return refusals-- > 0 ? CURLE_FAILED_INIT : __real_curl_global_init(flags);
}

static bool a_session_is_made(void)
{
    struct http_session *session = http_session_new();
    bool made = session != NULL;
    http_session_release(&session);
    return made;
}

static void what_failed_is_tried_again_and_what_was_done_is_not(void **state)
{
    (void)state;
    refusals = 2;
    assert_false(a_session_is_made());
    assert_false(a_session_is_made());
    assert_true(a_session_is_made());
    assert_true(a_session_is_made());
    assert_int_equal(calls, 3);
}

static struct cogmig_error err;

static cogmig_status post(const char *proxy)
{
    const struct libcurl_options options = {.plain_http = false};
    const struct http_request request = {
        .method = "POST", .url = "https://127.0.0.1:9", .body = span_of("{}")};
    struct http_reply reply = {.body = buffer_with_max(1024)};
    struct http_session *session = http_session_new();
    setenv("https_proxy", proxy, 1);
    cogmig_status status = http_exchange(session, &options, &request, 5000, &reply, &err);
    unsetenv("https_proxy");
    http_session_release(&session);
    buffer_release(&reply.body);
    return status;
}

static cogmig_status get(const char *proxy)
{
    const struct libcurl_options options = {.plain_http = false};
    struct cogmig_jwks_reply reply = reply_empty(NULL);
    setenv("https_proxy", proxy, 1);
    cogmig_status status = libcurl_get(&options, "https://127.0.0.1:9", 5000, &reply, &err);
    unsetenv("https_proxy");
    reply_release(&reply);
    return status;
}

static void expect_no_password(const char *proxy)
{
    if (strstr(err.message, "sec") != NULL || strstr(err.message, "HTTPS_PROXY") == NULL)
        fail_msg("%s: %s", proxy, err.message);
}

#define LONG "a-token-that-is-longer-than-what-libcurl-keeps-of-an-error-with-those-beside-it"

/* libcurl repeats an address that it cannot read. */
static void a_proxys_password_is_not_in_the_message(void **state)
{
    static const char *const proxies[] = {
        "http://user:sec/ret@127.0.0.1:9", "http://user:sec#ret@127.0.0.1:9",
        "http://user:sec ret@127.0.0.1:9", "ftp://user:secret@127.0.0.1:9",
        "http://user:sec/" LONG LONG LONG LONG "@127.0.0.1:9"};
    (void)state;
    for (size_t i = 0; i < sizeof proxies / sizeof proxies[0]; i++) {
        assert_int_equal(post(proxies[i]), COGMIG_COGNITO_UNREACHABLE);
        expect_no_password(proxies[i]);
        assert_int_equal(get(proxies[i]), COGMIG_JWKS_UNREACHABLE);
        expect_no_password(proxies[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_failed_is_tried_again_and_what_was_done_is_not),
        cmocka_unit_test(a_proxys_password_is_not_in_the_message),
    };
    return cmocka_run_group_tests_name("libcurl", tests, NULL, NULL);
}
