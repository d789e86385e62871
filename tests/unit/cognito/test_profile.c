/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "cognito/profile.h"

#define TEST(function) cmocka_unit_test(function)

static const char file[] = "# a comment\n"
                           "aws_access_key_id = before-any-profile\n"
                           "[default]\r\n"
                           "aws_access_key_id=AKIDDEFAULT\r\n"
                           "aws_secret_access_key = a/b+c==\r\n"
                           "\n"
                           "[profile  other ]\n"
                           "; aws_access_key_id = commented\n"
                           "#aws_access_key_id = commented\n"
                           "s3 =\n"
                           "  aws_access_key_id = nested\n"
                           "aws_access_key_id   =   AKIDOTHER   \n"
                           "aws_session_token =\n"
                           "[last]\n"
                           "aws_access_key_id = AKIDLAST";

static void expect(const char *profile, const char *key, const char *value)
{
    assert_true(span_equal_text(profile_value(span_of(file), profile, key), value));
}

static void a_profile_is_found_by_its_name(void **state)
{
    (void)state;
    expect("default", "aws_access_key_id", "AKIDDEFAULT");
    expect("last", "aws_access_key_id", "AKIDLAST");
}

static void in_the_config_file_it_is_called_profile_name(void **state)
{
    (void)state;
    expect("other", "aws_access_key_id", "AKIDOTHER");
}

static void a_value_may_hold_equals_signs_and_lines_may_end_in_crlf(void **state)
{
    (void)state;
    expect("default", "aws_secret_access_key", "a/b+c==");
}

static void what_is_not_there_or_empty_is_no_value(void **state)
{
    (void)state;
    expect("missing", "aws_access_key_id", "");
    expect("other", "aws_secret_access_key", "");
    expect("other", "aws_session_token", "");
    expect("default", "aws_session_token", "");
    expect("default", "aws_access", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_profile_is_found_by_its_name),
        TEST(in_the_config_file_it_is_called_profile_name),
        TEST(a_value_may_hold_equals_signs_and_lines_may_end_in_crlf),
        TEST(what_is_not_there_or_empty_is_no_value),
    };
    return cmocka_run_group_tests_name("cognito: profile", tests, NULL, NULL);
}
