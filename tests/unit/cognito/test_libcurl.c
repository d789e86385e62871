/* SPDX-License-Identifier: Apache-2.0
 * libcurl as a whole, linked with --wrap for curl_global_init(). */
#include "adapters/libcurl_request.h"
#include "cmocka_all.h"

#include <curl/curl.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_failed_is_tried_again_and_what_was_done_is_not),
    };
    return cmocka_run_group_tests_name("libcurl", tests, NULL, NULL);
}
