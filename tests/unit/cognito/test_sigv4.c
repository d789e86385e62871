/* SPDX-License-Identifier: Apache-2.0
 * Signatures against those that AWS published (aws-sig-v4-test-suite), and SECRET_HASH. */
#include "cmocka_all.h"
#include "cognito/secret_hash.h"
#include "cognito/sigv4.h"

#include <stdio.h>
#include <string.h>

#define TEST(function) cmocka_unit_test(function)

static const char date[] = "20150830T123600Z";
static const struct http_header host = {"host", "example.amazonaws.com"};
static const struct http_header dated = {"x-amz-date", date};
static char key_id[] = "AKIDEXAMPLE", secret[] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
static const struct credentials example = {.access_key_id = key_id, .secret_access_key = secret};

static void expect_signed(const struct sigv4_request *request, const char *names,
                          const char *signature)
{
    const struct sigv4_scope scope = {date, "us-east-1", "service"};
    char authorization[SIGV4_MAX_AUTHORIZATION], expected[SIGV4_MAX_AUTHORIZATION];
    snprintf(expected, sizeof expected,
             "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
             "SignedHeaders=%s, Signature=%s",
             names, signature);
    assert_int_equal(sigv4_sign(&scope, request, &example, authorization), COGMIG_OK);
    assert_string_equal(authorization, expected);
}

static void expect(const struct http_header *headers, size_t count, const char *body,
                   const char *names, const char *signature)
{
    const struct sigv4_request request = {"POST", "/", "", headers, count, span_of(body)};
    expect_signed(&request, names, signature);
}

static void expect_get(const char *path, const char *query, const char *signature)
{
    const struct http_header headers[] = {host, dated};
    const struct sigv4_request request = {"GET", path, query, headers, 2, span_of("")};
    expect_signed(&request, "host;x-amz-date", signature);
}

static void get_vanilla_and_unreserved(void **state)
{
    (void)state;
    expect_get("/", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    expect_get("/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "",
               "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f");
}

static void get_vanilla_query_order_key_case(void **state)
{
    (void)state;
    expect_get("/", "Param1=value1&Param2=value2",
               "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
}

static void post_vanilla(void **state)
{
    (void)state;
    const struct http_header headers[] = {host, dated};
    expect(headers, 2, "", "host;x-amz-date",
           "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
}

static void post_header_key_sort_and_value_case(void **state)
{
    (void)state;
    const struct http_header headers[] = {host, {"my-header1", "value1"}, dated};
    const struct http_header upper[] = {host, {"my-header1", "VALUE1"}, dated};
    expect(headers, 3, "", "host;my-header1;x-amz-date",
           "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c");
    expect(upper, 3, "", "host;my-header1;x-amz-date",
           "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d");
}

static void post_x_www_form_urlencoded(void **state)
{
    (void)state;
    const struct http_header headers[] = {
        {"content-type", "application/x-www-form-urlencoded"}, host, dated};
    expect(headers, 3, "Param1=value1", "content-type;host;x-amz-date",
           "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");
}

static void post_sts_header_before(void **state)
{
    static const char token[] =
        "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfp"
        "SPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQ"
        "DYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+s"
        "cqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";
    (void)state;
    const struct http_header headers[] = {host, dated, {"x-amz-security-token", token}};
    expect(headers, 3, "", "host;x-amz-date;x-amz-security-token",
           "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead");
}

static void the_date_is_utc_in_the_basic_format(void **state)
{
    char text[SIGV4_DATE_SIZE];
    (void)state;
    sigv4_date(1440938160, text);
    assert_string_equal(text, date);
}

static void a_header_that_is_too_long_is_told(void **state)
{
    static char long_value[40000];
    char authorization[SIGV4_MAX_AUTHORIZATION];
    const struct sigv4_scope scope = {date, "us-east-1", "service"};
    const struct http_header headers[] = {host, {"x", long_value}};
    (void)state;
    memset(long_value, 'x', sizeof long_value - 1);
    const struct sigv4_request request = {"POST", "/", "", headers, 2, span_of("")};
    assert_int_equal(sigv4_sign(&scope, &request, &example, authorization), COGMIG_CONFIG_INVALID);
}

/* Computed with Python's hmac from the rule of the Developer Guide. */
static void secret_hash_is_base64_of_the_hmac_of_name_and_client(void **state)
{
    char text[SECRET_HASH_SIZE];
    (void)state;
    assert_true(secret_hash("janedoe@example.com", "1example23456789",
                            "1example2secret3value4567890abcdef", text));
    assert_string_equal(text, "qH31KcUEg+DOEg6sjC0BKm+neLxSvJpYOtz/xPjqEAY=");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(get_vanilla_and_unreserved),
        TEST(get_vanilla_query_order_key_case),
        TEST(post_vanilla),
        TEST(post_header_key_sort_and_value_case),
        TEST(post_x_www_form_urlencoded),
        TEST(post_sts_header_before),
        TEST(the_date_is_utc_in_the_basic_format),
        TEST(a_header_that_is_too_long_is_told),
        TEST(secret_hash_is_base64_of_the_hmac_of_name_and_client),
    };
    return cmocka_run_group_tests_name("cognito: signatures", tests, NULL, NULL);
}
