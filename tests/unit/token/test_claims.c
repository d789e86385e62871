/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "cmocka_all.h"
#include "signer.h"
#include "token/claims.h"

#include <cogmig/claims.h>
#include <string.h>

static cogmig_claims *read_claims(const char *json)
{
    cogmig_claims *claims = NULL;
    struct buffer payload = buffer_with_max(65536);
    add_base64url(&payload, span_of(json));
    assert_int_equal(claims_read((struct span){payload.bytes, payload.len}, &claims, NULL),
                     COGMIG_OK);
    assert_null(claims->fault.reason);
    buffer_release(&payload);
    return claims;
}

static void expect_text(const cogmig_claims *claims, const char *name, const char *expected)
{
    const char *text = NULL;
    assert_int_equal(cogmig_claims_get_string(claims, name, &text, NULL), COGMIG_OK);
    assert_string_equal(text, expected);
}

static void expect_no_text(const cogmig_claims *claims, const char *name)
{
    const char *text = name;
    assert_int_equal(cogmig_claims_get_string(claims, name, &text, NULL), COGMIG_CLAIM_NOT_FOUND);
    assert_null(text);
}

static void strings_are_unescaped(void **state)
{
    (void)state;
    cogmig_claims *claims =
        read_claims("{\"iss\":\"https:\\/\\/x\",\"custom:tenant\":\"a\\u00e4\\ud83d\\ude00\\n\","
                    "\"\\u0061b\":\"escaped name\",\"empty\":\"\"}");
    assert_string_equal(cogmig_claims_issuer(claims), "https://x");
    expect_text(claims, "custom:tenant", "a\xC3\xA4\xF0\x9F\x98\x80\n");
    expect_text(claims, "ab", "escaped name");
    expect_text(claims, "empty", "");
    cogmig_claims_free(&claims);
}

static void what_is_no_string_is_not_found(void **state)
{
    (void)state;
    cogmig_claims *claims =
        read_claims("{\"n\":1,\"b\":true,\"z\":null,\"o\":{\"inner\":\"x\"},\"a\":[\"x\"],"
                    "\"nul\":\"a\\u0000b\",\"nul-first\":\"\\u0000\"}");
    static const char *const names[] = {"n",   "b",         "z",     "o", "a",
                                        "nul", "nul-first", "inner", "x", ""};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        expect_no_text(claims, names[i]);
    cogmig_claims_free(&claims);
}

static void missing_arguments_are_refused(void **state)
{
    (void)state;
    const char *text = "";
    cogmig_claims *claims = read_claims("{}");
    assert_int_equal(cogmig_claims_get_string(NULL, "a", &text, NULL), COGMIG_INVALID_ARGUMENT);
    assert_null(text);
    assert_int_equal(cogmig_claims_get_string(claims, NULL, &text, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_claims_get_string(claims, "a", NULL, NULL), COGMIG_INVALID_ARGUMENT);
    cogmig_claims_free(&claims);
    cogmig_claims_free(&claims);
    cogmig_claims_free(NULL);
}

static void expect_legacy_id(const char *json, const char *expected)
{
    cogmig_claims *claims = read_claims(json);
    if (expected == NULL)
        assert_null(cogmig_claims_legacy_id(claims));
    else
        assert_string_equal(cogmig_claims_legacy_id(claims), expected);
    cogmig_claims_free(&claims);
}

static void the_legacy_id_is_the_custom_attribute_or_what_a_trigger_put_there(void **state)
{
    (void)state;
    expect_legacy_id("{\"custom:legacy_id\":\"1\",\"legacy_id\":\"2\"}", "1");
    expect_legacy_id("{\"legacy_id\":\"2\",\"custom:legacy_id\":\"1\"}", "1");
    expect_legacy_id("{\"legacy_id\":\"2\"}", "2");
    expect_legacy_id("{\"custom:legacy_id\":\"\",\"legacy_id\":\"2\"}", "2");
    expect_legacy_id("{\"custom:legacy_id\":\"\"}", NULL);
    expect_legacy_id("{\"custom:legacy_id\":7}", NULL);
    expect_legacy_id("{\"custom:legacy_id\":\"1\\u00002\"}", NULL);
    expect_legacy_id("{\"nested\":{\"custom:legacy_id\":\"1\"}}", NULL);
    expect_legacy_id("{}", NULL);
}

static bool email_verified(const char *json)
{
    cogmig_claims *claims = read_claims(json);
    bool verified = cogmig_claims_email_verified(claims);
    cogmig_claims_free(&claims);
    return verified;
}

static void an_email_is_verified_by_true_and_by_the_text_true_alone(void **state)
{
    (void)state;
    assert_true(email_verified("{\"email_verified\":true}"));
    assert_true(email_verified("{\"email_verified\":\"true\"}"));
    assert_false(email_verified("{\"email_verified\":false}"));
    assert_false(email_verified("{\"email_verified\":\"false\"}"));
    assert_false(email_verified("{\"email_verified\":\"TRUE\"}"));
    assert_false(email_verified("{\"email_verified\":\"true\\u0000\"}"));
    assert_false(email_verified("{\"email_verified\":1}"));
    assert_false(email_verified("{\"email_verified\":null}"));
    assert_false(email_verified("{\"email_verified\":[true]}"));
    assert_false(email_verified("{}"));
}

static void the_user_name_is_that_of_the_token_use(void **state)
{
    (void)state;
    cogmig_claims *claims =
        read_claims("{\"cognito:username\":\"of-id\",\"username\":\"of-access\"}");
    claims->token_use = COGMIG_TOKEN_USE_ID;
    assert_string_equal(cogmig_claims_username(claims), "of-id");
    claims->token_use = COGMIG_TOKEN_USE_ACCESS;
    assert_string_equal(cogmig_claims_username(claims), "of-access");
    cogmig_claims_free(&claims);
}

static void the_payload_is_there_as_the_issuer_wrote_it(void **state)
{
    (void)state;
    static const char json[] = " { \"iss\" : \"https:\\/\\/x\" } ";
    cogmig_claims *claims = read_claims(json);
    size_t len = 0;
    assert_string_equal(cogmig_claims_json(claims, &len), json);
    assert_int_equal(len, strlen(json));
    assert_string_equal(cogmig_claims_json(claims, NULL), json);
    cogmig_claims_free(&claims);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_unescaped),
        cmocka_unit_test(what_is_no_string_is_not_found),
        cmocka_unit_test(missing_arguments_are_refused),
        cmocka_unit_test(the_legacy_id_is_the_custom_attribute_or_what_a_trigger_put_there),
        cmocka_unit_test(an_email_is_verified_by_true_and_by_the_text_true_alone),
        cmocka_unit_test(the_user_name_is_that_of_the_token_use),
        cmocka_unit_test(the_payload_is_there_as_the_issuer_wrote_it),
    };
    return cmocka_run_group_tests_name("token: claims", tests, NULL, NULL);
}
