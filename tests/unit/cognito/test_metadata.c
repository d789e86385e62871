/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "cognito/metadata.h"

#define TEST(function) cmocka_unit_test(function)

static void an_expiry_is_read_as_utc(void **state)
{
    (void)state;
    assert_int_equal(metadata_expiry_s("2015-08-30T12:36:00Z"), 1440938160);
    assert_int_equal(metadata_expiry_s("2015-08-30T12:36:00.123Z"), 1440938160);
    assert_int_equal(metadata_expiry_s("2015-08-30T12:36:00"), 0);
    assert_int_equal(metadata_expiry_s("soon"), 0);
    assert_int_equal(metadata_expiry_s(""), 0);
}

/* promise 62 */
static void a_token_goes_to_this_machine_or_over_tls_alone(void **state)
{
    (void)state;
    assert_true(metadata_url_is_allowed("http://127.0.0.1:8080/credentials"));
    assert_true(metadata_url_is_allowed("http://localhost/credentials"));
    assert_true(metadata_url_is_allowed("http://169.254.170.2/v2/credentials"));
    assert_true(metadata_url_is_allowed("http://169.254.170.23/v1/credentials"));
    assert_true(metadata_url_is_allowed("http://[fd00:ec2::23]/v1/credentials"));
    assert_true(metadata_url_is_allowed("https://anywhere.example/credentials"));
    assert_false(metadata_url_is_allowed("http://anywhere.example/credentials"));
    assert_false(metadata_url_is_allowed("http://localhost.example/credentials"));
    assert_false(metadata_url_is_allowed("http://127.0.0.1@anywhere.example/"));
    assert_false(metadata_url_is_allowed("http://127.0.0.1:80@anywhere.example/"));
    assert_false(metadata_url_is_allowed("http://localhost:@anywhere.example/"));
    assert_true(metadata_url_is_allowed("http://[::1]:8080"));
    assert_false(metadata_url_is_allowed("https:///credentials"));
    assert_false(metadata_url_is_allowed("http://169.254.170.20/"));
    assert_false(metadata_url_is_allowed("file:///etc/passwd"));
}

static void credentials_without_an_expiry_never_expire(void **state)
{
    const struct credentials lasting = {.expires_at_s = 0}, passing = {.expires_at_s = 1000};
    (void)state;
    assert_false(credentials_expire_within(&lasting, 2000, 300));
    assert_true(credentials_expire_within(&passing, 700, 300));
    assert_false(credentials_expire_within(&passing, 699, 300));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_expiry_is_read_as_utc),
        TEST(a_token_goes_to_this_machine_or_over_tls_alone),
        TEST(credentials_without_an_expiry_never_expire),
    };
    return cmocka_run_group_tests_name("cognito: metadata", tests, NULL, NULL);
}
