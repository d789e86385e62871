/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "cmocka_all.h"
#include "signer.h"
#include "token/claims.h"

#include <cogmig/claims.h>
#include <stdio.h>
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

/* ---- what only some tokens carry ---- */

static void every_claim_of_cognito_has_a_getter(void **state)
{
    (void)state;
    cogmig_claims *claims =
        read_claims("{\"jti\":\"j\",\"origin_jti\":\"o\",\"event_id\":\"e\",\"device_key\":\"d\","
                    "\"nonce\":\"n\","
                    "\"name\":\"Ann\",\"phone_number\":\"+491\",\"phone_number_verified\":\"true\","
                    "\"auth_time\":1690315979,\"version\":2,\"scope\":\"openid a\"}");
    assert_string_equal(cogmig_claims_jti(claims), "j");
    assert_string_equal(cogmig_claims_origin_jti(claims), "o");
    assert_string_equal(cogmig_claims_event_id(claims), "e");
    assert_string_equal(cogmig_claims_device_key(claims), "d");
    assert_string_equal(cogmig_claims_nonce(claims), "n");
    assert_string_equal(cogmig_claims_name(claims), "Ann");
    assert_string_equal(cogmig_claims_phone_number(claims), "+491");
    assert_true(cogmig_claims_phone_number_verified(claims));
    assert_int_equal(cogmig_claims_auth_time_s(claims), 1690315979);
    assert_int_equal(cogmig_claims_version(claims), 2);
    assert_string_equal(cogmig_claims_scope(claims), "openid a");
    cogmig_claims_free(&claims);
}

static void what_is_absent_or_of_another_type_is_nothing(void **state)
{
    (void)state;
    static const char *const payloads[] = {
        "{}", "{\"jti\":1,\"name\":[\"Ann\"],\"phone_number_verified\":1,\"auth_time\":\"1\","
              "\"version\":2.5,\"scope\":[\"a\"],\"cognito:groups\":\"a\"}"};
    for (size_t i = 0; i < 2; i++) {
        cogmig_claims *claims = read_claims(payloads[i]);
        assert_null(cogmig_claims_jti(claims));
        assert_null(cogmig_claims_name(claims));
        assert_false(cogmig_claims_phone_number_verified(claims));
        assert_int_equal(cogmig_claims_auth_time_s(claims), 0);
        assert_int_equal(cogmig_claims_version(claims), 0);
        assert_null(cogmig_claims_scope(claims));
        assert_false(cogmig_claims_has_scope(claims, "a"));
        assert_int_equal(cogmig_claims_group_count(claims), 0);
        assert_null(cogmig_claims_group_at(claims, 0));
        assert_false(cogmig_claims_in_group(claims, "a"));
        cogmig_claims_free(&claims);
    }
}

/* ---- scopes and groups ---- */

static bool has_scope(const char *scopes, const char *scope)
{
    char json[256];
    snprintf(json, sizeof json, "{\"scope\":\"%s\"}", scopes);
    cogmig_claims *claims = read_claims(json);
    bool has = cogmig_claims_has_scope(claims, scope);
    cogmig_claims_free(&claims);
    return has;
}

static void a_scope_is_a_whole_word_between_blanks(void **state)
{
    (void)state;
    assert_true(has_scope("api:read", "api:read"));
    assert_true(has_scope("openid api:read email", "api:read"));
    assert_true(has_scope("openid  email ", "email"));
    assert_true(has_scope("api:\\u0072ead", "api:read"));
    assert_true(has_scope("https:\\/\\/api.example\\/read", "https://api.example/read"));
    assert_false(has_scope("api:readall", "api:read"));
    assert_false(has_scope("api:read", "api:readall"));
    assert_false(has_scope("my-api:read", "api:read"));
    assert_false(has_scope("openid\\tapi:read", "api:read"));
    assert_false(has_scope("openid\\napi:read", "api:read"));
    assert_false(has_scope("openid,api:read", "api:read"));
    assert_false(has_scope("API:READ", "api:read"));
    assert_false(has_scope("openid email", "openid email"));
    assert_false(has_scope("api:read\\u0000", "api:read"));
    assert_false(has_scope("a  b", ""));
    assert_false(has_scope("", ""));
    assert_false(has_scope("a", NULL));
}

static void groups_are_the_texts_of_an_array(void **state)
{
    (void)state;
    cogmig_claims *claims =
        read_claims("{\"cognito:groups\":[\"admins\",7,\"a\\u0000b\",[\"inner\"],\"e\\u0075\"]}");
    assert_int_equal(cogmig_claims_group_count(claims), 5);
    assert_string_equal(cogmig_claims_group_at(claims, 0), "admins");
    assert_null(cogmig_claims_group_at(claims, 1));
    assert_null(cogmig_claims_group_at(claims, 2));
    assert_null(cogmig_claims_group_at(claims, 3));
    assert_string_equal(cogmig_claims_group_at(claims, 4), "eu");
    assert_null(cogmig_claims_group_at(claims, 5));
    assert_null(cogmig_claims_group_at(claims, SIZE_MAX));
    assert_true(cogmig_claims_in_group(claims, "eu"));
    assert_true(cogmig_claims_in_group(claims, "admins"));
    assert_false(cogmig_claims_in_group(claims, "admin"));
    assert_false(cogmig_claims_in_group(claims, "Admins"));
    assert_false(cogmig_claims_in_group(claims, "inner"));
    assert_false(cogmig_claims_in_group(claims, "a"));
    assert_false(cogmig_claims_in_group(claims, ""));
    assert_false(cogmig_claims_in_group(claims, NULL));
    cogmig_claims_free(&claims);
}

/* ---- any claim ---- */

static const char claims_of_all_types[] =
    "{\"i\":-7,\"max\":9223372036854775807,\"over\":9223372036854775808,\"f\":1.0,\"t\":true,"
    "\"no\":false,\"text\":\"true\",\"z\":null,\"o\":{\"i\":1},\"a\":[\"x\",2,\"\\u00e4\"],"
    "\"none\":[]}";

static void integers_are_whole_and_within_64_bits(void **state)
{
    (void)state;
    static const char *const others[] = {"over", "f", "t", "text", "z", "o", "a", "absent"};
    cogmig_claims *claims = read_claims(claims_of_all_types);
    int64_t integer = 5;
    assert_int_equal(cogmig_claims_get_integer(claims, "i", &integer, NULL), COGMIG_OK);
    assert_int_equal(integer, -7);
    assert_int_equal(cogmig_claims_get_integer(claims, "max", &integer, NULL), COGMIG_OK);
    assert_true(integer == INT64_MAX);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        integer = 5;
        assert_int_equal(cogmig_claims_get_integer(claims, others[i], &integer, NULL),
                         COGMIG_CLAIM_NOT_FOUND);
        assert_int_equal(integer, 0);
    }
    cogmig_claims_free(&claims);
}

static void booleans_are_true_and_false_alone(void **state)
{
    (void)state;
    static const char *const others[] = {"i", "text", "z", "o", "a", "absent"};
    cogmig_claims *claims = read_claims(claims_of_all_types);
    bool value = false;
    assert_int_equal(cogmig_claims_get_bool(claims, "t", &value, NULL), COGMIG_OK);
    assert_true(value);
    assert_int_equal(cogmig_claims_get_bool(claims, "no", &value, NULL), COGMIG_OK);
    assert_false(value);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        value = true;
        assert_int_equal(cogmig_claims_get_bool(claims, others[i], &value, NULL),
                         COGMIG_CLAIM_NOT_FOUND);
        assert_false(value);
    }
    cogmig_claims_free(&claims);
}

static void arrays_give_their_texts_by_index(void **state)
{
    (void)state;
    static const size_t no_texts[] = {1, 3, SIZE_MAX};
    cogmig_claims *claims = read_claims(claims_of_all_types);
    const char *text = NULL;
    size_t count = 9;
    assert_int_equal(cogmig_claims_get_count(claims, "a", &count, NULL), COGMIG_OK);
    assert_int_equal(count, 3);
    assert_int_equal(cogmig_claims_get_count(claims, "none", &count, NULL), COGMIG_OK);
    assert_int_equal(count, 0);
    assert_int_equal(cogmig_claims_get_count(claims, "o", &count, NULL), COGMIG_CLAIM_NOT_FOUND);
    assert_int_equal(cogmig_claims_get_string_at(claims, "a", 2, &text, NULL), COGMIG_OK);
    assert_string_equal(text, "\xC3\xA4");
    for (size_t i = 0; i < 3; i++) {
        text = "";
        assert_int_equal(cogmig_claims_get_string_at(claims, "a", no_texts[i], &text, NULL),
                         COGMIG_CLAIM_NOT_FOUND);
        assert_null(text);
    }
    assert_int_equal(cogmig_claims_get_string_at(claims, "text", 0, &text, NULL),
                     COGMIG_CLAIM_NOT_FOUND);
    cogmig_claims_free(&claims);
}

static void getters_of_any_claim_check_their_arguments(void **state)
{
    (void)state;
    cogmig_claims *claims = read_claims("{}");
    int64_t integer = 5;
    bool value = true;
    size_t count = 5;
    const char *text = "";
    assert_int_equal(cogmig_claims_get_integer(NULL, "a", &integer, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_claims_get_integer(claims, "a", NULL, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_claims_get_bool(claims, NULL, &value, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_claims_get_bool(claims, "a", NULL, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_claims_get_count(NULL, "a", &count, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_claims_get_count(claims, "a", NULL, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_claims_get_string_at(NULL, "a", 0, &text, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_claims_get_string_at(claims, "a", 0, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_true(integer == 0 && !value && count == 0 && text == NULL);
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
        cmocka_unit_test(every_claim_of_cognito_has_a_getter),
        cmocka_unit_test(what_is_absent_or_of_another_type_is_nothing),
        cmocka_unit_test(a_scope_is_a_whole_word_between_blanks),
        cmocka_unit_test(groups_are_the_texts_of_an_array),
        cmocka_unit_test(integers_are_whole_and_within_64_bits),
        cmocka_unit_test(booleans_are_true_and_false_alone),
        cmocka_unit_test(arrays_give_their_texts_by_index),
        cmocka_unit_test(getters_of_any_claim_check_their_arguments),
    };
    return cmocka_run_group_tests_name("token: claims", tests, NULL, NULL);
}
