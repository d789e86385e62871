/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "cognito/function_arn.h"

#define TEST(function) cmocka_unit_test(function)

static void expect(const char *arn, const char *function, const char *region, const char *qualifier)
{
    struct function_arn read;
    assert_true(function_arn_read(arn, &read));
    assert_true(span_equal_text(read.function, function));
    assert_true(span_equal_text(read.region, region));
    assert_true(span_equal_text(read.qualifier, qualifier));
}

static void function_region_and_qualifier_are_told_apart(void **state)
{
    static const char function[] = "arn:aws:lambda:eu-central-1:123456789012:function:a-b_C1";
    (void)state;
    expect(function, function, "eu-central-1", "");
    expect("arn:aws:lambda:eu-central-1:123456789012:function:a-b_C1:prod", function,
           "eu-central-1", "prod");
    expect("arn:aws:lambda:eu-central-1:123456789012:function:a-b_C1:$LATEST", function,
           "eu-central-1", "");
    expect("arn:aws-cn:lambda:cn-north-1:123456789012:function:f:7",
           "arn:aws-cn:lambda:cn-north-1:123456789012:function:f", "cn-north-1", "7");
}

static void what_could_lead_elsewhere_is_no_function(void **state)
{
    static const char *const wrong[] = {
        "",
        "cogmig",
        "arn:aws:lambda:eu-central-1:123456789012:function",
        "arn:aws:lambda:eu-central-1:123456789012:function:",
        "arn:aws:lambda:eu-central-1:123456789012:layer:f",
        "arn:aws:kms:eu-central-1:123456789012:function:f",
        "arn:aws:lambda:local:123456789012:function:f",
        "arn:aws:lambda:evil.example/-1:123456789012:function:f",
        "arn:aws:lambda:eu-central-1:account:function:f",
        "arn:aws:lambda:eu-central-1:123456789012:function:f/../g",
        "arn:aws:lambda:eu-central-1:123456789012:function:f?x=1",
        "arn:aws:lambda:eu-central-1:123456789012:function:f:a&b",
        "arn:aws:lambda:eu-central-1:123456789012:function:f:a:b",
        "arn:aws:lambda:eu-central-1:123456789012:function:f\r\nx: y",
    };
    struct function_arn read;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(function_arn_read(wrong[i], &read));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(function_region_and_qualifier_are_told_apart),
        TEST(what_could_lead_elsewhere_is_no_function),
    };
    return cmocka_run_group_tests_name("cognito: functions' names", tests, NULL, NULL);
}
