/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "cognito/profile.h"

#include <string.h>

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

static void expect_in(const char *text, enum profile_file kind, const char *profile,
                      const char *key, const char *value)
{
    struct span found = profile_value(span_of(text), kind, profile, key);
    if (!span_equal_text(found, value))
        fail_msg("%s of %s is \"%.*s\", not \"%s\"", key, profile, (int)found.len,
                 found.len == 0 ? "" : found.bytes, value);
}

static void expect(const char *profile, const char *key, const char *value)
{
    enum profile_file kind = strcmp(profile, "last") == 0 ? CREDENTIALS_FILE : CONFIG_FILE;
    expect_in(file, kind, profile, key, value);
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

/* botocore: sections of the config file are "profile name", those of the credentials file names. */
static void each_file_has_headers_of_its_own(void **state)
{
    static const char both[] = "[profile a]\nk = of-config\n[a]\nk = of-credentials\n"
                               "[profile default]\nk = of-default\n[profiles]\nk = of-none\n"
                               "[profile \"with blank\"]\nk = of-quoted\n";
    (void)state;
    expect_in(both, CONFIG_FILE, "a", "k", "of-config");
    expect_in(both, CREDENTIALS_FILE, "a", "k", "of-credentials");
    expect_in(both, CONFIG_FILE, "default", "k", "of-default");
    expect_in(both, CREDENTIALS_FILE, "default", "k", "");
    expect_in(both, CONFIG_FILE, "s", "k", "");
    expect_in(both, CONFIG_FILE, "profiles", "k", "");
    expect_in(both, CONFIG_FILE, "with blank", "k", "of-quoted");
    assert_true(profile_is_in(span_of(both), CREDENTIALS_FILE, "profiles"));
    assert_false(profile_is_in(span_of("[b]\n"), CONFIG_FILE, "b"));
    assert_false(profile_is_in(span_of("[profile]\n[pro\n["), CONFIG_FILE, "b"));
}

/* Python's configparser, which the AWS CLI reads the files with. */
static void keys_are_written_as_the_aws_cli_takes_them(void **state)
{
    static const char text[] = "\xEF\xBB\xBF[default]\n"
                               "\tAws_Access_Key_Id\t: AKID=:1\n"
                               "\taws_secret_access_key\t=\tsecret\t\n"
                               "\t\taws_session_token = of-the-key-above\n"
                               "# a comment\n\n"
                               "\t\t[other]\n"
                               "  region = somewhere\n"
                               "[last]\n"
                               "  [indented]\n"
                               "    k = of-indented\n";
    (void)state;
    expect_in(text, CREDENTIALS_FILE, "default", "aws_access_key_id", "AKID=:1");
    expect_in(text, CREDENTIALS_FILE, "default", "aws_secret_access_key", "secret");
    expect_in(text, CREDENTIALS_FILE, "default", "aws_session_token", "");
    expect_in(text, CREDENTIALS_FILE, "other", "region", "");
    expect_in(text, CREDENTIALS_FILE, "default", "region", "");
    expect_in(text, CREDENTIALS_FILE, "indented", "k", "of-indented");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_profile_is_found_by_its_name),
        TEST(in_the_config_file_it_is_called_profile_name),
        TEST(a_value_may_hold_equals_signs_and_lines_may_end_in_crlf),
        TEST(what_is_not_there_or_empty_is_no_value),
        TEST(each_file_has_headers_of_its_own),
        TEST(keys_are_written_as_the_aws_cli_takes_them),
    };
    return cmocka_run_group_tests_name("cognito: profile", tests, NULL, NULL);
}
