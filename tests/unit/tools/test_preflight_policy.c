/* SPDX-License-Identifier: Apache-2.0
 * Who may invoke a function: IAM User Guide, "Policy evaluation logic". */
#include "cmocka_all.h"
#include "preflight_policy.h"

#include <stdio.h>
#include <string.h>

#define POOL "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_AbCdEfGhI"
#define OF_COGNITO "\"Principal\":{\"Service\":\"cognito-idp.amazonaws.com\"},"
#define OF_ALL "\"Principal\":\"*\","
#define INVOKE "\"Action\":\"lambda:InvokeFunction\","
#define IF(what) "\"Condition\":{" what "}"
#define ALLOW                                                                                      \
    "{\"Effect\":\"Allow\"," OF_COGNITO INVOKE IF("\"ArnLike\":{\"AWS:SourceArn\":\"" POOL         \
                                                  "\"}") "}"

static const struct caller pool = {POOL, "123456789012"};

/* statements  JSON; told of where it is not as expected */
static void expect_of(const char *statements, const struct caller *caller, enum permission expected)
{
    char text[4096];
    const char *key = NULL;
    snprintf(text, sizeof text, "{\"Statement\":[%s]}", statements);
    json_t *policy = json_loads(text, 0, NULL);
    assert_non_null(policy);
    enum permission permission = policy_permission(policy, caller, &key);
    if (permission != expected)
        fail_msg("%d instead of %d: %s", permission, expected, statements);
    assert_true((permission == PERMISSION_UNKNOWN) <= (key != NULL));
    json_decref(policy);
}

struct example {
    const char *rest; /* of the statement, behind its effect */
    enum permission expected;
};

static void expect_beside(const char *effect, const struct example *examples, size_t count)
{
    char statements[4096];
    for (size_t i = 0; i < count; i++) {
        snprintf(statements, sizeof statements, "%s,{\"Effect\":\"%s\",%s}", ALLOW, effect,
                 examples[i].rest);
        expect_of(statements, &pool, examples[i].expected);
        snprintf(statements, sizeof statements, "{\"Effect\":\"%s\",%s},%s", effect,
                 examples[i].rest, ALLOW);
        expect_of(statements, &pool, examples[i].expected);
    }
}

static void a_statement_that_denies_goes_before_all_that_allow(void **state)
{
    static const struct example denied[] = {
        {OF_ALL INVOKE IF(""), PERMISSION_DENIED},
        {OF_ALL "\"Action\":[\"lambda:GetFunction\",\"lambda:*\"]", PERMISSION_DENIED},
        {OF_ALL "\"Action\":\"*\"", PERMISSION_DENIED},
        {OF_ALL "\"Action\":\"LAMBDA:invoke*\"", PERMISSION_DENIED},
        {"\"Principal\":{\"AWS\":\"*\"}," INVOKE IF(""), PERMISSION_DENIED},
        {"\"Principal\":{\"Service\":[\"events.amazonaws.com\",\"cognito-idp.amazonaws.com\"]}"
         "," INVOKE IF(""),
         PERMISSION_DENIED},
        {"\"NotPrincipal\":{\"Service\":\"events.amazonaws.com\"}," INVOKE IF(""),
         PERMISSION_DENIED},
        {OF_ALL "\"NotAction\":\"lambda:GetFunction\"", PERMISSION_DENIED},
        {OF_COGNITO INVOKE IF(
             "\"ArnLike\":{\"AWS:SourceArn\":\"arn:aws:cognito-idp:*:*:userpool/*\"}"),
         PERMISSION_DENIED},
        {OF_COGNITO INVOKE IF("\"StringNotEquals\":{\"AWS:SourceAccount\":\"1\"}"),
         PERMISSION_DENIED},
        {OF_COGNITO INVOKE IF("\"ForAnyValue:StringNotLikeIfExists\":{\"aws:sourcearn\":\"x*\"}"),
         PERMISSION_DENIED},
    };
    (void)state;
    expect_beside("Deny", denied, sizeof denied / sizeof denied[0]);
}

static void what_is_denied_to_others_is_not_denied_here(void **state)
{
    static const struct example others[] = {
        {"\"Principal\":{\"Service\":\"events.amazonaws.com\"}," INVOKE IF(""), PERMISSION_GIVEN},
        {"\"Principal\":{\"AWS\":\"arn:aws:iam::123456789012:root\"}," INVOKE IF(""),
         PERMISSION_GIVEN},
        {"\"NotPrincipal\":{\"Service\":\"cognito-idp.amazonaws.com\"}," INVOKE IF(""),
         PERMISSION_GIVEN},
        {OF_ALL "\"Action\":\"lambda:InvokeFunctionUrl\"", PERMISSION_GIVEN},
        {OF_ALL "\"NotAction\":[\"lambda:InvokeFunction\"]", PERMISSION_GIVEN},
        {OF_ALL INVOKE IF("\"ArnNotLike\":{\"AWS:SourceArn\":\"" POOL "\"}"), PERMISSION_GIVEN},
        {OF_ALL INVOKE IF("\"ArnEquals\":{\"AWS:SourceArn\":\"" POOL "x\"}"), PERMISSION_GIVEN},
        {OF_ALL INVOKE IF("\"Bool\":{\"aws:SecureTransport\":\"false\"}"), PERMISSION_GIVEN},
        {OF_ALL INVOKE IF(
             "\"StringNotEqualsIgnoreCase\":{\"AWS:SourceAccount\":[\"1\",\"123456789012\"]}"),
         PERMISSION_GIVEN},
        {OF_ALL INVOKE IF("\"IpAddress\":{\"aws:SourceIp\":\"192.0.2.1\"},"
                          "\"StringEquals\":{\"AWS:SourceAccount\":\"1\"}"),
         PERMISSION_GIVEN},
    };
    (void)state;
    expect_beside("Deny", others, sizeof others / sizeof others[0]);
}

static void what_aws_alone_knows_is_unknown(void **state)
{
    static const struct example unknown[] = {
        {OF_ALL INVOKE IF("\"IpAddress\":{\"aws:SourceIp\":\"192.0.2.1\"}"), PERMISSION_UNKNOWN},
        {OF_ALL INVOKE IF("\"StringEquals\":{\"aws:PrincipalOrgID\":\"o-1\"}"), PERMISSION_UNKNOWN},
        {OF_ALL INVOKE IF("\"StringSounds\":{\"AWS:SourceAccount\":\"1\"}"), PERMISSION_UNKNOWN},
    };
    (void)state;
    expect_beside("Deny", unknown, sizeof unknown / sizeof unknown[0]);
    expect_of("{\"Effect\":\"Allow\"," OF_COGNITO INVOKE IF(
                  "\"StringEquals\":{\"aws:PrincipalOrgID\":\"o-1\"}") "}",
              &pool, PERMISSION_UNKNOWN);
}

static void all_conditions_of_a_statement_must_hold(void **state)
{
    (void)state;
    expect_of("{\"Effect\":\"Allow\"," OF_COGNITO INVOKE IF(
                  "\"ArnLike\":{\"AWS:SourceArn\":\"" POOL "\"},"
                  "\"StringEquals\":{\"AWS:SourceAccount\":\"210987654321\"}") "}",
              &pool, PERMISSION_OTHERS);
    expect_of("{\"Effect\":\"Allow\"," OF_COGNITO INVOKE IF(
                  "\"ArnLike\":{\"AWS:SourceArn\":[\"" POOL "x\",\"" POOL "\"]},"
                  "\"StringEquals\":{\"AWS:SourceAccount\":\"123456789012\"}") "}",
              &pool, PERMISSION_GIVEN);
    expect_of("", &pool, PERMISSION_NONE);
    expect_of("{\"Effect\":\"allow\"," OF_COGNITO INVOKE IF("") "}", &pool, PERMISSION_NONE);
    expect_of("17,\"a\",[],{\"Effect\":5,\"Principal\":[],\"Action\":{}}", &pool, PERMISSION_NONE);
}

static void a_pool_whose_arn_is_not_known_is_the_one_that_is_meant(void **state)
{
    static const struct caller emulated = {NULL, NULL};
    (void)state;
    expect_of(ALLOW, &emulated, PERMISSION_GIVEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_statement_that_denies_goes_before_all_that_allow),
        cmocka_unit_test(what_is_denied_to_others_is_not_denied_here),
        cmocka_unit_test(what_aws_alone_knows_is_unknown),
        cmocka_unit_test(all_conditions_of_a_statement_must_hold),
        cmocka_unit_test(a_pool_whose_arn_is_not_known_is_the_one_that_is_meant),
    };
    return cmocka_run_group_tests_name("tools: preflight policy", tests, NULL, NULL);
}
