/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "cmocka_all.h"
#include "cognito/endpoint.h"

#include <string.h>

#define TEST(function) cmocka_unit_test(function)

static void expect_host(const char *pool_id, const char *url)
{
    struct span region = endpoint_region(pool_id);
    assert_true(endpoint_is_pool_id(pool_id));
    assert_true(endpoint_is_known_region(region));
    char *made = endpoint_of_service("cognito-idp", region);
    assert_string_equal(made, url);
    memory_free(made);
}

static void the_host_follows_from_the_region_and_its_partition(void **state)
{
    (void)state;
    expect_host("eu-central-1_AbCdEfGhI", "https://cognito-idp.eu-central-1.amazonaws.com");
    expect_host("us-gov-west-1_AbCdEfGhI", "https://cognito-idp.us-gov-west-1.amazonaws.com");
    expect_host("cn-north-1_AbCdEfGhI", "https://cognito-idp.cn-north-1.amazonaws.com.cn");
    expect_host("eusc-de-east-1_AbCdEfGhI", "https://cognito-idp.eusc-de-east-1.amazonaws.eu");
    expect_host("us-iso-east-1_AbCdEfGhI", "https://cognito-idp.us-iso-east-1.c2s.ic.gov");
    expect_host("us-isob-east-1_AbCdEfGhI", "https://cognito-idp.us-isob-east-1.sc2s.sgov.gov");
    expect_host("eu-isoe-west-1_AbCdEfGhI", "https://cognito-idp.eu-isoe-west-1.cloud.adc-e.uk");
    expect_host("us-isof-south-1_AbCdEfGhI", "https://cognito-idp.us-isof-south-1.csp.hci.ic.gov");
}

static void an_emulators_pool_has_an_id_but_no_known_region(void **state)
{
    (void)state;
    assert_true(endpoint_is_pool_id("local_1aB2"));
    assert_false(endpoint_is_known_region(endpoint_region("local_1aB2")));
}

static void what_could_leave_the_host_is_no_pool_id(void **state)
{
    static const char *const wrong[] = {
        "",
        "_",
        "eu-central-1",
        "eu-central-1_",
        "_AbC",
        "eu-central-1_Ab/C",
        "evil.com/_AbC",
        "EU-central-1_AbC",
        "eu-central-1_AbC\n",
        "eu-central-1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(endpoint_is_pool_id(wrong[i]));
}

static void an_endpoint_is_scheme_and_host(void **state)
{
    (void)state;
    assert_true(endpoint_is_url("https://cognito-idp-fips.us-east-1.amazonaws.com"));
    assert_true(endpoint_is_url("http://127.0.0.1:9229/"));
    assert_true(endpoint_is_url("http://[::1]:9229"));
    assert_false(endpoint_is_url("https://"));
    assert_false(endpoint_is_url("ftp://host"));
    assert_false(endpoint_is_url("https://host/path"));
    assert_false(endpoint_is_url("https://user@host"));
    assert_false(endpoint_is_url("https://host?x"));
    assert_false(endpoint_is_url("https://host\r\nx: y"));
}

static void an_endpoints_port_is_one(void **state)
{
    (void)state;
    assert_true(endpoint_is_url("https://host:1"));
    assert_true(endpoint_is_url("https://host:65535/"));
    assert_true(endpoint_is_url("https://[::1]"));
    assert_false(endpoint_is_url("https://host:"));
    assert_false(endpoint_is_url("https://host:0"));
    assert_false(endpoint_is_url("https://host:65536"));
    assert_false(endpoint_is_url("https://host:4294967297"));
    assert_false(endpoint_is_url("https://host:80a"));
    assert_false(endpoint_is_url("https://:80"));
    assert_false(endpoint_is_url("https://a:80:80"));
    assert_false(endpoint_is_url("https://[::1]:0"));
}

static void expect_header(const char *url, const char *host)
{
    assert_true(span_equal_text(endpoint_host(url), host));
}

static void the_host_header_leaves_out_the_schemes_own_port(void **state)
{
    (void)state;
    expect_header("https://a.example", "a.example");
    expect_header("https://a.example:443", "a.example");
    expect_header("https://a.example:80", "a.example:80");
    expect_header("http://127.0.0.1:80/", "127.0.0.1");
    expect_header("http://127.0.0.1:9229/", "127.0.0.1:9229");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_host_follows_from_the_region_and_its_partition),
        TEST(an_emulators_pool_has_an_id_but_no_known_region),
        TEST(what_could_leave_the_host_is_no_pool_id),
        TEST(an_endpoint_is_scheme_and_host),
        TEST(an_endpoints_port_is_one),
        TEST(the_host_header_leaves_out_the_schemes_own_port),
    };
    return cmocka_run_group_tests_name("cognito: endpoint", tests, NULL, NULL);
}
