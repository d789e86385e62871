/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "status/error.h"
#include "token/issuer.h"

#include <string.h>

static struct cogmig_error err;

static void expect_issuer(const char *id, enum issuer_family family, const char *region,
                          const char *name)
{
    struct issuer issuer;
    assert_int_equal(issuer_of_pool(id, family, region, &issuer, NULL), COGMIG_OK);
    assert_string_equal(issuer.name, name);
    assert_true(strncmp(issuer.jwks_url, name, strlen(name)) == 0);
    assert_string_equal(issuer.jwks_url + strlen(name), "/.well-known/jwks.json");
    assert_string_equal(issuer.pool_id, id);
    issuer_release(&issuer);
}

static void expect_pool(const char *id, const char *name)
{
    expect_issuer(id, ISSUER_ORIGINAL, NULL, name);
}

static void the_issuer_follows_from_region_and_partition(void **state)
{
    (void)state;
    expect_pool("eu-central-1_AbCdEfGhI",
                "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI");
    expect_pool("us-gov-west-1_a",
                "https://cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_a");
    expect_pool("ap-southeast-12_0",
                "https://cognito-idp.ap-southeast-12.amazonaws.com/ap-southeast-12_0");
    expect_pool("cn-north-1_X", "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_X");
    expect_pool("eusc-de-east-1_X",
                "https://cognito-idp.eusc-de-east-1.amazonaws.eu/eusc-de-east-1_X");
    expect_pool("us-iso-east-1_X", "https://cognito-idp.us-iso-east-1.c2s.ic.gov/us-iso-east-1_X");
    expect_pool("us-isob-east-1_X",
                "https://cognito-idp.us-isob-east-1.sc2s.sgov.gov/us-isob-east-1_X");
    expect_pool("eu-isoe-west-1_X",
                "https://cognito-idp.eu-isoe-west-1.cloud.adc-e.uk/eu-isoe-west-1_X");
    expect_pool("us-isof-south-1_X",
                "https://cognito-idp.us-isof-south-1.csp.hci.ic.gov/us-isof-south-1_X");
}

static void the_updated_issuer_has_a_host_of_its_own(void **state)
{
    (void)state;
    expect_issuer("eu-central-1_AbC", ISSUER_UPDATED, NULL,
                  "https://issuer-cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC");
    expect_issuer("cn-north-1_X", ISSUER_UPDATED, NULL,
                  "https://issuer-cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_X");
}

static void a_replica_names_its_own_region_and_the_pool(void **state)
{
    (void)state;
    expect_issuer("eu-central-1_AbC", ISSUER_ORIGINAL, "eu-west-1",
                  "https://cognito-idp.eu-west-1.amazonaws.com/eu-central-1_AbC");
    expect_issuer("eu-central-1_AbC", ISSUER_UPDATED, "eu-west-1",
                  "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-central-1_AbC");
}

static void what_cannot_be_a_region_is_refused(void **state)
{
    static const char *const refused[] = {"",
                                          "eu",
                                          "eu-west",
                                          "eu-west-1/",
                                          "eu-west-1.evil.example/x-1",
                                          "EU-WEST-1",
                                          "eu-west-1 ",
                                          "eu-west-1_AbC",
                                          "-1",
                                          "eu-west-1#-1",
                                          "eu--1",
                                          "eu-west-1\n-1",
                                          "eu-we{t-1",
                                          "eu-west-123",
                                          "eu-west-a1"};
    char long_one[] = "eu-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-1"; /* 56 bytes */
    struct issuer issuer;
    (void)state;
    assert_int_equal(issuer_of_pool("eu-central-1_AbC", ISSUER_ORIGINAL, long_one, &issuer, NULL),
                     COGMIG_CONFIG_INVALID);
    memcpy(long_one + strlen(long_one) - 3, "-1", sizeof "-1"); /* one byte less */
    assert_int_equal(issuer_of_pool("eu-central-1_AbC", ISSUER_ORIGINAL, long_one, &issuer, NULL),
                     COGMIG_OK);
    issuer_release(&issuer);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (issuer_of_pool("eu-central-1_AbC", ISSUER_ORIGINAL, refused[i], &issuer, NULL) !=
            COGMIG_CONFIG_INVALID)
            fail_msg("\"%s\" was not refused.", refused[i]);
}

static void the_issuers_of_one_pool_are_kin(void **state)
{
    struct issuer original, replica, other, url;
    (void)state;
    assert_int_equal(issuer_of_pool("eu-central-1_A", ISSUER_ORIGINAL, NULL, &original, NULL),
                     COGMIG_OK);
    assert_int_equal(issuer_of_pool("eu-central-1_A", ISSUER_UPDATED, "eu-west-1", &replica, NULL),
                     COGMIG_OK);
    assert_int_equal(issuer_of_pool("eu-central-1_B", ISSUER_ORIGINAL, NULL, &other, NULL),
                     COGMIG_OK);
    assert_int_equal(issuer_from_url("https://a.example", NULL, &url, NULL), COGMIG_OK);
    assert_true(issuer_is_kin(&original, &replica));
    assert_false(issuer_is_kin(&original, &other));
    assert_false(issuer_is_kin(&original, &url));
    assert_true(issuer_is_kin(&url, &url));
    issuer_release(&original);
    issuer_release(&replica);
    issuer_release(&other);
    issuer_release(&url);
}

static void what_cannot_be_a_pool_id_is_refused(void **state)
{
    static const char *const refused[] = {
        "",
        "_",
        "eu-central-1",
        "eu-central-1_",
        "_AbC",
        "eu_AbC",
        "eu-1_AbC",
        "eu-central_AbC",
        "eu-central-_AbC",
        "eu--1_AbC",
        "-eu-central-1_AbC",
        "eu-central-1-_AbC",
        "EU-central-1_AbC",
        "eu-central-123_AbC",
        "eu-central-1_Ab-C",
        "eu-central-1_Ab_C",
        "eu-central-1_AbC ",
        " eu-central-1_AbC",
        "eu-central-1_AbC/",
        "eu-central-1_AbC\n",
        "eu-central-1.evil.example#_A",
        "eu-central-1/_AbC",
        "eu-central-1_\xC3\xA4",
        "eu-central-1_AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGhIjKlMnOpQr"};
    struct issuer issuer;
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (issuer_of_pool(refused[i], ISSUER_ORIGINAL, NULL, &issuer, NULL) !=
            COGMIG_POOL_ID_INVALID)
            fail_msg("\"%s\" was not refused.", refused[i]);
}

static void the_id_of_an_emulators_pool_is_refused_with_the_way_out(void **state)
{
    struct issuer issuer;
    (void)state;
    assert_int_equal(issuer_of_pool("local_2xyz", ISSUER_ORIGINAL, NULL, &issuer, &err),
                     COGMIG_POOL_ID_INVALID);
    assert_non_null(strstr(err.message, "cogmig_verifier_config_add_issuer"));
}

static void an_issuer_has_its_keys_at_the_well_known_place_unless_told_otherwise(void **state)
{
    struct issuer issuer;
    (void)state;
    assert_int_equal(issuer_from_url("https://a.example/x/", NULL, &issuer, NULL), COGMIG_OK);
    assert_string_equal(issuer.name, "https://a.example/x/");
    assert_string_equal(issuer.jwks_url, "https://a.example/x/.well-known/jwks.json");
    assert_null(issuer.pool_id);
    issuer_release(&issuer);
    assert_int_equal(
        issuer_from_url("http://a.example", "https://b.example/keys?v=1", &issuer, NULL),
        COGMIG_OK);
    assert_string_equal(issuer.jwks_url, "https://b.example/keys?v=1");
    assert_false(issuer_needs_plain_http(issuer.jwks_url));
    issuer_release(&issuer);
}

static void an_address_may_have_a_port(void **state)
{
    (void)state;
    static const char *const urls[] = {"https://a.example:1", "https://a.example:65535/x",
                                       "http://127.0.0.1:9229/local_1", "https://[::1]/x",
                                       "https://[2001:db8::1]:8443"};
    struct issuer issuer;
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        assert_int_equal(issuer_from_url(urls[i], urls[i], &issuer, NULL), COGMIG_OK);
        issuer_release(&issuer);
    }
}

static const char *const no_urls[] = {"",
                                      "a.example",
                                      "https://",
                                      "https:///x",
                                      "https:/a.example",
                                      "HTTPS://a.example",
                                      "ftp://a.example",
                                      "file:///etc/passwd",
                                      "https://user@a.example",
                                      "https://u:p@a.example/x",
                                      "https://a.example/#x",
                                      "https://:443",
                                      "https://a.example:",
                                      "https://a.example:0",
                                      "https://a.example:65536/x",
                                      "https://a.example:100000",
                                      "https://a.example:443x",
                                      "https://a.example:1:2",
                                      "https://[::1",
                                      "https://[]:443",
                                      "https://[::1]443",
                                      "https://[::1]:port",
                                      "https://a.example/ x",
                                      "https://a.example\r\nX: y",
                                      "https://a.example/\x7F",
                                      "https://\xC3\xA4.example",
                                      "https://a.example/\"",
                                      " https://a.example"};

static void what_cannot_be_an_issuer_or_a_jwks_address_is_refused(void **state)
{
    struct issuer issuer;
    (void)state;
    for (size_t i = 0; i < sizeof no_urls / sizeof no_urls[0]; i++) {
        if (issuer_from_url(no_urls[i], NULL, &issuer, NULL) != COGMIG_ISSUER_INVALID)
            fail_msg("The issuer \"%s\" was not refused.", no_urls[i]);
        if (issuer_from_url("https://a.example", no_urls[i], &issuer, NULL) !=
            COGMIG_JWKS_URL_INVALID)
            fail_msg("The JWKS address \"%s\" was not refused.", no_urls[i]);
    }
    assert_int_equal(issuer_from_url("https://a.example?x", NULL, &issuer, NULL),
                     COGMIG_ISSUER_INVALID);
}

static void urls_are_bounded(void **state)
{
    static char url[JWKS_URL_MAX_BYTES + 2];
    struct issuer issuer;
    (void)state;
    memset(url, 'a', sizeof url - 1);
    memcpy(url, "https://", 8);
    assert_int_equal(issuer_from_url("https://a.example", url, &issuer, NULL),
                     COGMIG_JWKS_URL_INVALID);
    assert_int_equal(issuer_from_url(url, NULL, &issuer, NULL), COGMIG_ISSUER_INVALID);
    url[JWKS_URL_MAX_BYTES] = '\0';
    assert_int_equal(issuer_from_url("https://a.example", url, &issuer, NULL), COGMIG_OK);
    issuer_release(&issuer);
    url[ISSUER_MAX_BYTES] = '\0';
    assert_int_equal(issuer_from_url(url, NULL, &issuer, NULL), COGMIG_OK);
    issuer_release(&issuer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_issuer_follows_from_region_and_partition),
        cmocka_unit_test(the_updated_issuer_has_a_host_of_its_own),
        cmocka_unit_test(a_replica_names_its_own_region_and_the_pool),
        cmocka_unit_test(what_cannot_be_a_region_is_refused),
        cmocka_unit_test(the_issuers_of_one_pool_are_kin),
        cmocka_unit_test(what_cannot_be_a_pool_id_is_refused),
        cmocka_unit_test(the_id_of_an_emulators_pool_is_refused_with_the_way_out),
        cmocka_unit_test(an_issuer_has_its_keys_at_the_well_known_place_unless_told_otherwise),
        cmocka_unit_test(an_address_may_have_a_port),
        cmocka_unit_test(what_cannot_be_an_issuer_or_a_jwks_address_is_refused),
        cmocka_unit_test(urls_are_bounded),
    };
    return cmocka_run_group_tests_name("token: issuer", tests, NULL, NULL);
}
