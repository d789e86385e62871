/* SPDX-License-Identifier: Apache-2.0
 * libcurl against a server that misbehaves: run by tests/support/jwks_server.py. */
#include "base/clock.h"
#include "cmocka_all.h"
#include "keyset/fetch.h"
#include "keyset/keyset.h"
#include "keyset/policy.h"
#include "status/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct cogmig_error err;
enum {
    PATIENT_MS = 60000 /* where it is not about time: a busy machine must not decide */
};

static cogmig_keyset *keyset;
static struct fetched fetched;
static const char *etag; /* to ask with; NULL for none */

static const char *server(const char *name)
{
    const char *value = getenv(name);
    if (value == NULL)
        fail_msg("%s is not set: tests/support/jwks_server.py runs this test.", name);
    return value;
}

static int tear_down(void **state)
{
    (void)state;
    cogmig_keyset_free(&keyset);
    etag = NULL;
    return 0;
}

static cogmig_status get_with(const struct fetcher *fetcher, const char *where, const char *path)
{
    char url[1024];
    snprintf(url, sizeof url, "%s%s", server(where), path);
    cogmig_error_clear(&err);
    cogmig_keyset_free(&keyset);
    fetched = (struct fetched){.keyset = NULL};
    cogmig_status status = fetch_keyset(fetcher, url, etag, &fetched, &err);
    keyset = fetched.keyset;
    assert_int_equal(err.status, status);
    assert_true(etag != NULL || (keyset != NULL) == (status == COGMIG_OK));
    return status;
}

static cogmig_status get(const char *where, const char *path)
{
    struct fetcher fetcher = {.timeout_ms = PATIENT_MS};
    fetcher.libcurl.plain_http = strncmp(server(where), "http:", 5) == 0;
    fetcher.libcurl.ca_file = server("JWKS_CA");
    return get_with(&fetcher, where, path);
}

static void expect(const char *path, cogmig_status status, int32_t upstream, const char *code)
{
    assert_string_equal(cogmig_status_name(get("JWKS_HTTP", path)), cogmig_status_name(status));
    assert_int_equal(err.upstream, upstream);
    assert_string_equal(err.upstream_code, code);
    assert_int_equal(cogmig_status_kind(status), COGMIG_KIND_UNAVAILABLE);
}

static void a_good_document_is_read(void **state)
{
    (void)state;
    assert_int_equal(get("JWKS_HTTP", "/good"), COGMIG_OK);
    assert_int_equal(cogmig_keyset_size(keyset), 1);
    assert_string_equal(cogmig_keyset_kid(keyset, 0), "served");
}

static void the_content_type_is_not_judged(void **state)
{
    (void)state;
    assert_int_equal(get("JWKS_HTTP", "/wrong-content-type"), COGMIG_OK);
}

static void neither_cookies_nor_compression_are_offered(void **state)
{
    (void)state;
    assert_int_equal(get("JWKS_HTTP", "/echo"), COGMIG_OK);
    const char *headers = cogmig_keyset_kid(keyset, 0);
    assert_non_null(strstr(headers, "user-agent: libcogmig/"));
    assert_null(strstr(headers, "cookie"));
    assert_null(strstr(headers, "accept-encoding"));
    assert_null(strstr(headers, "authorization"));
}

static void a_200_without_keys_is_an_invalid_response(void **state)
{
    static const char *const paths[] = {"/html", "/no-keys", "/empty", "/gzip",
                                        "/longer-than-announced"};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        expect(paths[i], COGMIG_JWKS_RESPONSE_INVALID, COGMIG_UPSTREAM_NONE, "");
}

static void the_message_names_the_address_without_query_and_what_came(void **state)
{
    (void)state;
    assert_int_equal(get("JWKS_HTTP", "/html?key=secret"), COGMIG_JWKS_RESPONSE_INVALID);
    assert_non_null(strstr(err.message, "/html answered 200"));
    assert_non_null(strstr(err.message, "<!DOCTYPE html>"));
    assert_null(strstr(err.message, "secret"));
}

static void of_a_long_address_the_beginning_is_named(void **state)
{
    (void)state;
    char path[401];
    memset(path, 'x', sizeof path - 1);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    assert_int_equal(get("JWKS_CLOSED", path), COGMIG_JWKS_UNREACHABLE);
    path[256] = '\0';
    assert_null(strstr(err.message, path));
    path[200] = '\0';
    assert_non_null(strstr(err.message, path));
}

static void an_http_status_other_than_200_is_named(void **state)
{
    (void)state;
    expect("/error-500", COGMIG_JWKS_HTTP_STATUS, COGMIG_UPSTREAM_HTTP, "500");
    expect("/error-403-large", COGMIG_JWKS_HTTP_STATUS, COGMIG_UPSTREAM_HTTP, "403");
    expect("/not-modified", COGMIG_JWKS_HTTP_STATUS, COGMIG_UPSTREAM_HTTP, "304");
}

/* promise 20 */
static void a_redirect_is_not_followed(void **state)
{
    (void)state;
    expect("/redirect", COGMIG_JWKS_HTTP_STATUS, COGMIG_UPSTREAM_HTTP, "301");
}

/* promises 20, 57 */
static void a_body_of_10_mb_is_refused_announced_or_not(void **state)
{
    (void)state;
    expect("/10-mb", COGMIG_JWKS_RESPONSE_INVALID, COGMIG_UPSTREAM_NONE, "");
    assert_non_null(strstr(cogmig_error_message(&err), "larger than 256 KiB"));
    expect("/10-mb-unannounced", COGMIG_JWKS_RESPONSE_INVALID, COGMIG_UPSTREAM_NONE, "");
}

static void a_body_that_ends_early_is_an_outage(void **state)
{
    (void)state;
    expect("/shorter-than-announced", COGMIG_JWKS_UNREACHABLE, COGMIG_UPSTREAM_CURL, "18");
}

static void a_server_that_is_not_there_or_speaks_no_http_is_an_outage(void **state)
{
    (void)state;
    assert_int_equal(get("JWKS_CLOSED", "/good"), COGMIG_JWKS_UNREACHABLE);
    assert_string_equal(err.upstream_code, "7");
    assert_int_equal(get("JWKS_HTTP", "/hang-up"), COGMIG_JWKS_UNREACHABLE);
    assert_int_equal(get("JWKS_HTTP", "/garbage"), COGMIG_JWKS_UNREACHABLE);
}

static void a_flood_of_headers_ends(void **state)
{
    (void)state;
    assert_int_equal(cogmig_status_kind(get("JWKS_HTTP", "/header-flood")),
                     COGMIG_KIND_UNAVAILABLE);
}

static void expect_timeout(const char *path)
{
    struct fetcher fetcher = {.timeout_ms = 300, .libcurl = {.plain_http = true}};
    int64_t begin_ms = clock_steady_ms();
    assert_int_equal(get_with(&fetcher, "JWKS_HTTP", path), COGMIG_JWKS_UNREACHABLE);
    assert_string_equal(err.upstream_code, "28");
    assert_true(clock_steady_ms() - begin_ms < 3000);
}

/* promise 20 */
static void a_slow_server_is_left_when_the_time_is_over(void **state)
{
    (void)state;
    expect_timeout("/drip");
    expect_timeout("/silence");
}

static void https_with_a_known_authority_is_read(void **state)
{
    (void)state;
    assert_int_equal(get("JWKS_HTTPS", "/good"), COGMIG_OK);
}

/* promise 20 */
static void a_certificate_for_another_name_is_an_outage(void **state)
{
    (void)state;
    assert_int_equal(get("JWKS_HTTPS_OTHER", "/good"), COGMIG_JWKS_UNREACHABLE);
    assert_string_equal(err.upstream_code, "60");
}

/* promise 20 */
static void a_certificate_of_an_unknown_authority_is_an_outage(void **state)
{
    (void)state;
    struct fetcher fetcher = {.timeout_ms = PATIENT_MS};
    assert_int_equal(get_with(&fetcher, "JWKS_HTTPS", "/good"), COGMIG_JWKS_UNREACHABLE);
    assert_string_equal(err.upstream_code, "60");
}

static void a_ca_file_that_is_not_there_is_an_outage(void **state)
{
    (void)state;
    struct fetcher fetcher = {.timeout_ms = PATIENT_MS, .libcurl = {.ca_file = "/nonexistent.pem"}};
    assert_int_equal(get_with(&fetcher, "JWKS_HTTPS", "/good"), COGMIG_JWKS_UNREACHABLE);
    assert_string_equal(err.upstream_code, "77");
}

/* promise 20 */
static void plain_http_is_refused_unless_it_was_allowed(void **state)
{
    (void)state;
    struct fetcher fetcher = {.timeout_ms = PATIENT_MS};
    assert_int_equal(get_with(&fetcher, "JWKS_HTTP", "/good"), COGMIG_JWKS_UNREACHABLE);
    assert_string_equal(err.upstream_code, "1");
}

static void max_age_and_etag_are_read(void **state)
{
    (void)state;
    assert_int_equal(get("JWKS_HTTP", "/cached"), COGMIG_OK);
    assert_int_equal(fetched.max_age_s, 3600);
    assert_string_equal(fetched.etag, "W/\"v1\"");
    assert_int_equal(get("JWKS_HTTP", "/good"), COGMIG_OK);
    assert_int_equal(fetched.max_age_s, MAX_AGE_UNKNOWN);
    assert_string_equal(fetched.etag, "");
}

/* RFC 9111 sections 4.2.1 and 5.2 */
static void of_several_max_ages_the_first_counts_in_quotes_or_without(void **state)
{
    (void)state;
    assert_int_equal(get("JWKS_HTTP", "/max-age-twice"), COGMIG_OK);
    assert_int_equal(fetched.max_age_s, 120);
    assert_int_equal(get("JWKS_HTTP", "/max-age-in-two-lines"), COGMIG_OK);
    assert_int_equal(fetched.max_age_s, 120);
    assert_int_equal(get("JWKS_HTTP", "/max-age-quoted"), COGMIG_OK);
    assert_int_equal(fetched.max_age_s, 3600);
    assert_int_equal(get("JWKS_HTTP", "/max-age-within-quotes"), COGMIG_OK);
    assert_int_equal(fetched.max_age_s, 700);
}

/* RFC 9111 sections 4.2 and 5.2.2; of Expires nothing is read. */
static void what_is_not_to_be_kept_or_lay_elsewhere_has_less_time(void **state)
{
    static const struct {
        const char *path;
        int64_t max_age_s;
    } cases[] = {{"/no-store", 0},      {"/no-cache", 0},
                 {"/aged", 600},        {"/no-cache-of-a-field", 700},
                 {"/aged-too-long", 0}, {"/expired", MAX_AGE_UNKNOWN},
                 {"/aged-twice", 600}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(get("JWKS_HTTP", cases[i].path), COGMIG_OK);
        assert_int_equal(fetched.max_age_s, cases[i].max_age_s);
    }
}

/* RFC 8297 section 2, RFC 9110 section 6.5.1 */
static void interim_responses_and_trailers_say_nothing_of_the_response(void **state)
{
    (void)state;
    assert_int_equal(get("JWKS_HTTP", "/hints-and-trailers"), COGMIG_OK);
    assert_non_null(keyset);
    assert_int_equal(fetched.max_age_s, 700);
    assert_string_equal(fetched.etag, "");
}

static void an_etag_that_still_holds_is_answered_304(void **state)
{
    (void)state;
    etag = "W/\"v1\"";
    assert_int_equal(get("JWKS_HTTP", "/cached"), COGMIG_OK);
    assert_null(keyset);
    assert_int_equal(fetched.max_age_s, 700);
    assert_string_equal(fetched.etag, etag);
    etag = "\"v2\"";
    assert_int_equal(get("JWKS_HTTP", "/cached"), COGMIG_OK);
    assert_non_null(keyset);
}

static void headers_that_make_no_sense_count_as_little_as_possible(void **state)
{
    (void)state;
    assert_int_equal(get("JWKS_HTTP", "/max-age-too-large"), COGMIG_OK);
    assert_in_range(fetched.max_age_s, 1000000000, INT64_MAX);
    assert_int_equal(get("JWKS_HTTP", "/max-age-no-number"), COGMIG_OK);
    assert_int_equal(fetched.max_age_s, 0);
    assert_int_equal(get("JWKS_HTTP", "/etag-too-long"), COGMIG_OK);
    assert_string_equal(fetched.etag, "");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_good_document_is_read),
        TEST(the_content_type_is_not_judged),
        TEST(neither_cookies_nor_compression_are_offered),
        TEST(a_200_without_keys_is_an_invalid_response),
        TEST(the_message_names_the_address_without_query_and_what_came),
        TEST(of_a_long_address_the_beginning_is_named),
        TEST(an_http_status_other_than_200_is_named),
        TEST(max_age_and_etag_are_read),
        TEST(of_several_max_ages_the_first_counts_in_quotes_or_without),
        TEST(what_is_not_to_be_kept_or_lay_elsewhere_has_less_time),
        TEST(interim_responses_and_trailers_say_nothing_of_the_response),
        TEST(an_etag_that_still_holds_is_answered_304),
        TEST(headers_that_make_no_sense_count_as_little_as_possible),
        TEST(a_redirect_is_not_followed),
        TEST(a_body_of_10_mb_is_refused_announced_or_not),
        TEST(a_body_that_ends_early_is_an_outage),
        TEST(a_server_that_is_not_there_or_speaks_no_http_is_an_outage),
        TEST(a_flood_of_headers_ends),
        TEST(a_slow_server_is_left_when_the_time_is_over),
        TEST(https_with_a_known_authority_is_read),
        TEST(a_certificate_for_another_name_is_an_outage),
        TEST(a_certificate_of_an_unknown_authority_is_an_outage),
        TEST(a_ca_file_that_is_not_there_is_an_outage),
        TEST(plain_http_is_refused_unless_it_was_allowed),
    };
    return cmocka_run_group_tests_name("keyset: fetch", tests, NULL, NULL);
}
