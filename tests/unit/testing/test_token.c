/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "decoded.h"

#include <cogmig/claims.h>
#include <cogmig/testing.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char url[] = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI";
static cogmig_test_issuer *issuer;

static int make_issuer(void **state)
{
    (void)state;
    return cogmig_test_issuer_new(url, &issuer, NULL) == COGMIG_OK ? 0 : -1;
}

static int free_issuer(void **state)
{
    (void)state;
    cogmig_test_issuer_free(&issuer);
    return 0;
}

static cogmig_test_token *make_token(int32_t use)
{
    cogmig_test_token *token;
    assert_int_equal(cogmig_test_token_new(issuer, use, "the-sub", "the-client", &token, NULL),
                     COGMIG_OK);
    return token;
}

static struct decoded sign_and_decode(cogmig_test_token *token)
{
    const char *jwt;
    size_t len;
    assert_int_equal(cogmig_test_token_sign(token, &jwt, &len, NULL), COGMIG_OK);
    assert_int_equal(len, strlen(jwt));
    return decode(jwt);
}

static void assert_names(json_t *object, const char *const *names, size_t count)
{
    size_t i = 0;
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        assert_true(i < count);
        assert_string_equal(name, names[i++]);
    }
    assert_int_equal(i, count);
}

static const char *text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static json_int_t integer(const json_t *object, const char *name)
{
    assert_true(json_is_integer(json_object_get(object, name)));
    return json_integer_value(json_object_get(object, name));
}

static void the_header_is_kid_and_alg_without_typ(void **state)
{
    (void)state;
    static const char *const names[] = {"kid", "alg"};
    SCOPED(cogmig_test_token_free) cogmig_test_token *token = make_token(COGMIG_TOKEN_USE_ID);
    SCOPED(decoded_release) struct decoded d = sign_and_decode(token);
    assert_names(d.header, names, 2);
    assert_string_equal(text(d.header, "alg"), "RS256");
    assert_non_null(strstr(cogmig_test_issuer_jwks(issuer, NULL), text(d.header, "kid")));
}

static void an_id_token_has_the_claims_of_cognitos_in_their_order(void **state)
{
    (void)state;
    static const char *const names[] = {"sub",        "iss",       "cognito:username",
                                        "origin_jti", "aud",       "event_id",
                                        "token_use",  "auth_time", "exp",
                                        "iat",        "jti"};
    SCOPED(cogmig_test_token_free) cogmig_test_token *token = make_token(COGMIG_TOKEN_USE_ID);
    SCOPED(decoded_release) struct decoded d = sign_and_decode(token);
    assert_names(d.claims, names, sizeof names / sizeof names[0]);
    assert_string_equal(text(d.claims, "sub"), "the-sub");
    assert_string_equal(text(d.claims, "cognito:username"), "the-sub");
    assert_string_equal(text(d.claims, "iss"), url);
    assert_string_equal(text(d.claims, "aud"), "the-client");
    assert_string_equal(text(d.claims, "token_use"), "id");
}

static void an_access_token_has_the_claims_of_cognitos_in_their_order(void **state)
{
    (void)state;
    static const char *const names[] = {"sub",      "iss",       "client_id", "origin_jti",
                                        "event_id", "token_use", "scope",     "auth_time",
                                        "exp",      "iat",       "jti",       "username"};
    SCOPED(cogmig_test_token_free) cogmig_test_token *token = make_token(COGMIG_TOKEN_USE_ACCESS);
    SCOPED(decoded_release) struct decoded d = sign_and_decode(token);
    assert_names(d.claims, names, sizeof names / sizeof names[0]);
    assert_string_equal(text(d.claims, "client_id"), "the-client");
    assert_string_equal(text(d.claims, "token_use"), "access");
    assert_string_equal(text(d.claims, "scope"), "aws.cognito.signin.user.admin");
    assert_string_equal(text(d.claims, "username"), "the-sub");
}

static void a_token_is_valid_for_an_hour_from_its_issue(void **state)
{
    (void)state;
    SCOPED(cogmig_test_token_free) cogmig_test_token *token = make_token(COGMIG_TOKEN_USE_ID);
    SCOPED(decoded_release) struct decoded d = sign_and_decode(token);
    assert_int_equal(integer(d.claims, "exp") - integer(d.claims, "iat"), 3600);
    assert_int_equal(integer(d.claims, "auth_time"), integer(d.claims, "iat"));
}

static void slashes_are_escaped_as_cognito_does(void **state)
{
    (void)state;
    SCOPED(cogmig_test_token_free) cogmig_test_token *token = make_token(COGMIG_TOKEN_USE_ID);
    SCOPED(decoded_release) struct decoded d = sign_and_decode(token);
    assert_non_null(strstr(d.claims_text,
                           "\"iss\":\"https:\\/\\/cognito-idp.eu-central-1.amazonaws.com\\/eu-"));
    assert_null(strstr(d.claims_text, ": "));
}

static void assert_uuid(const char *uuid)
{
    assert_int_equal(strlen(uuid), 36);
    assert_int_equal(strspn(uuid, "0123456789abcdef-"), 36);
    for (size_t i = 0; i < 36; i++)
        assert_int_equal(uuid[i] == '-', i == 8 || i == 13 || i == 18 || i == 23);
    assert_int_equal(uuid[14], '4');
    assert_non_null(strchr("89ab", uuid[19]));
}

static void every_token_has_uuids_of_its_own(void **state)
{
    (void)state;
    static const char *const names[] = {"jti", "origin_jti", "event_id"};
    SCOPED(cogmig_test_token_free) cogmig_test_token *one = make_token(COGMIG_TOKEN_USE_ID);
    SCOPED(cogmig_test_token_free) cogmig_test_token *other = make_token(COGMIG_TOKEN_USE_ID);
    SCOPED(decoded_release) struct decoded a = sign_and_decode(one);
    SCOPED(decoded_release) struct decoded b = sign_and_decode(other);
    for (size_t i = 0; i < 3; i++) {
        assert_uuid(text(a.claims, names[i]));
        assert_string_not_equal(text(a.claims, names[i]), text(b.claims, names[i]));
    }
    assert_string_not_equal(text(a.claims, "jti"), text(a.claims, "event_id"));
}

static void a_claim_can_be_any_json_value(void **state)
{
    (void)state;
    static const char *const values[] = {
        "true",        "null", "[\"admins\",\"users\"]", "-7", "{\"a\":{\"b\":[]}}", "\"text\"",
        "\"\\u0000\"", "1.5"};
    SCOPED(cogmig_test_token_free) cogmig_test_token *token = make_token(COGMIG_TOKEN_USE_ID);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        assert_int_equal(cogmig_test_token_set_json(token, "claim", values[i], NULL), COGMIG_OK);
        SCOPED(decoded_release) struct decoded d = sign_and_decode(token);
        char *dumped =
            json_dumps(json_object_get(d.claims, "claim"), JSON_COMPACT | JSON_ENCODE_ANY);
        assert_string_equal(dumped, values[i]);
        free(dumped);
    }
}

static void a_claim_that_is_set_again_keeps_its_place(void **state)
{
    (void)state;
    SCOPED(cogmig_test_token_free) cogmig_test_token *token = make_token(COGMIG_TOKEN_USE_ID);
    assert_int_equal(cogmig_test_token_set_string(token, "sub", "an\"other", NULL), COGMIG_OK);
    SCOPED(decoded_release) struct decoded d = sign_and_decode(token);
    assert_ptr_equal(strstr(d.claims_text, "{\"sub\":\"an\\\"other\",\"iss\""), d.claims_text);
    assert_int_equal(json_object_size(d.claims), 11);
}

static void an_integer_may_be_any_of_64_bits(void **state)
{
    (void)state;
    static const int64_t values[] = {0, -1, INT64_MIN, INT64_MAX};
    SCOPED(cogmig_test_token_free) cogmig_test_token *token = make_token(COGMIG_TOKEN_USE_ID);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(cogmig_test_token_set_integer(token, "exp", values[i], NULL), COGMIG_OK);
        SCOPED(decoded_release) struct decoded d = sign_and_decode(token);
        assert_true(integer(d.claims, "exp") == values[i]);
    }
}

static void any_claim_can_be_left_out(void **state)
{
    (void)state;
    static const char *const names[] = {"sub",       "iss",        "aud",     "cognito:username",
                                        "token_use", "auth_time",  "exp",     "iat",
                                        "jti",       "origin_jti", "event_id"};
    SCOPED(cogmig_test_token_free) cogmig_test_token *token = make_token(COGMIG_TOKEN_USE_ID);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(cogmig_test_token_remove(token, names[i], NULL), COGMIG_OK);
        SCOPED(decoded_release) struct decoded d = sign_and_decode(token);
        assert_null(json_object_get(d.claims, names[i]));
        assert_int_equal(json_object_size(d.claims), 10 - i);
    }
    assert_int_equal(cogmig_test_token_remove(token, "never there", NULL), COGMIG_OK);
    SCOPED(decoded_release) struct decoded d = sign_and_decode(token);
    assert_string_equal(d.claims_text, "{}");
}

static void the_header_can_say_anything(void **state)
{
    (void)state;
    SCOPED(cogmig_test_token_free) cogmig_test_token *token = make_token(COGMIG_TOKEN_USE_ID);
    assert_int_equal(cogmig_test_token_set_header(token, "alg", "\"none\"", NULL), COGMIG_OK);
    assert_int_equal(cogmig_test_token_set_header(token, "crit", "[\"b64\"]", NULL), COGMIG_OK);
    assert_int_equal(cogmig_test_token_remove_header(token, "kid", NULL), COGMIG_OK);
    SCOPED(decoded_release) struct decoded d = sign_and_decode(token);
    assert_string_equal(d.header_text, "{\"alg\":\"none\",\"crit\":[\"b64\"]}");
    assert_int_equal(strlen(d.signature_text), 342);
}

static void text_that_is_no_json_value_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "admins", "[1,]", "{\"a\":1} x", "\"\xFF\""};
    SCOPED(cogmig_test_token_free) cogmig_test_token *token = make_token(COGMIG_TOKEN_USE_ID);
    cogmig_error *err;
    assert_int_equal(cogmig_error_new(&err), COGMIG_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(cogmig_test_token_set_json(token, "sub", bad[i], err),
                         COGMIG_INVALID_ARGUMENT);
        assert_int_equal(cogmig_test_token_set_header(token, "alg", bad[i], NULL),
                         COGMIG_INVALID_ARGUMENT);
        assert_non_null(strstr(cogmig_error_message(err), "no JSON value"));
    }
    SCOPED(decoded_release) struct decoded d = sign_and_decode(token);
    assert_string_equal(text(d.claims, "sub"), "the-sub");
    assert_string_equal(text(d.header, "alg"), "RS256");
    cogmig_error_free(&err);
}

static void names_and_values_that_are_not_utf8_are_refused(void **state)
{
    (void)state;
    SCOPED(cogmig_test_token_free) cogmig_test_token *token = make_token(COGMIG_TOKEN_USE_ID);
    assert_int_equal(cogmig_test_token_set_string(token, "sub", "\xC0\x80", NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_test_token_set_string(token, "\xFF", "x", NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_test_token_set_integer(token, "\xFF", 1, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_test_token_set_json(token, "\xFF", "1", NULL), COGMIG_INVALID_ARGUMENT);
}

static void a_token_signed_again_is_the_same_until_it_is_changed(void **state)
{
    (void)state;
    SCOPED(cogmig_test_token_free) cogmig_test_token *token = make_token(COGMIG_TOKEN_USE_ID);
    const char *jwt;
    assert_int_equal(cogmig_test_token_sign(token, &jwt, NULL, NULL), COGMIG_OK);
    char *first = strdup(jwt);
    assert_int_equal(cogmig_test_token_sign(token, &jwt, NULL, NULL), COGMIG_OK);
    assert_string_equal(jwt, first);
    assert_int_equal(cogmig_test_token_set_string(token, "sub", "another", NULL), COGMIG_OK);
    assert_int_equal(cogmig_test_token_sign(token, &jwt, NULL, NULL), COGMIG_OK);
    assert_string_not_equal(jwt, first);
    free(first);
}

static void a_bad_signature_differs_in_one_byte_and_nowhere_else(void **state)
{
    (void)state;
    SCOPED(cogmig_test_token_free) cogmig_test_token *token = make_token(COGMIG_TOKEN_USE_ID);
    const char *jwt;
    assert_int_equal(cogmig_test_token_sign(token, &jwt, NULL, NULL), COGMIG_OK);
    char *good = strdup(jwt);
    size_t len, differing = 0;
    assert_int_equal(cogmig_test_token_sign_badly(token, &jwt, &len, NULL), COGMIG_OK);
    assert_int_equal(len, strlen(good));
    for (size_t i = 0; i < len; i++)
        differing += jwt[i] != good[i];
    assert_int_equal(differing, 1);
    size_t start_of_signature = (size_t)(strrchr(good, '.') - good) + 1;
    assert_memory_equal(jwt, good, start_of_signature);
    free(good);
}

static void missing_arguments_are_refused(void **state)
{
    (void)state;
    cogmig_test_token *token = (cogmig_test_token *)(uintptr_t)1;
    const int32_t id = COGMIG_TOKEN_USE_ID, bad = COGMIG_INVALID_ARGUMENT;
    assert_int_equal(cogmig_test_token_new(NULL, id, "s", "c", &token, NULL), bad);
    assert_null(token);
    assert_int_equal(cogmig_test_token_new(issuer, id, NULL, "c", &token, NULL), bad);
    assert_int_equal(cogmig_test_token_new(issuer, id, "s", NULL, &token, NULL), bad);
    assert_int_equal(cogmig_test_token_new(issuer, id, "s", "c", NULL, NULL), bad);
    assert_int_equal(cogmig_test_token_new(issuer, 0, "s", "c", &token, NULL), bad);
    assert_int_equal(cogmig_test_token_new(issuer, COGMIG_TOKEN_USE_ANY, "s", "c", &token, NULL),
                     bad);
    token = make_token(id);
    assert_int_equal(cogmig_test_token_set_string(token, NULL, "x", NULL), bad);
    assert_int_equal(cogmig_test_token_set_string(token, "x", NULL, NULL), bad);
    assert_int_equal(cogmig_test_token_set_integer(token, NULL, 1, NULL), bad);
    assert_int_equal(cogmig_test_token_set_json(token, "x", NULL, NULL), bad);
    assert_int_equal(cogmig_test_token_set_header(token, NULL, "1", NULL), bad);
    assert_int_equal(cogmig_test_token_remove(token, NULL, NULL), bad);
    assert_int_equal(cogmig_test_token_remove_header(token, NULL, NULL), bad);
    assert_int_equal(cogmig_test_token_sign(token, NULL, NULL, NULL), bad);
    cogmig_test_token_free(&token);
    assert_null(token);
    cogmig_test_token_free(&token);
    cogmig_test_token_free(NULL);
}

static void no_call_takes_a_missing_token(void **state)
{
    (void)state;
    const int32_t bad = COGMIG_INVALID_ARGUMENT;
    const char *jwt = "left over";
    size_t len = 9;
    assert_int_equal(cogmig_test_token_set_string(NULL, "x", "x", NULL), bad);
    assert_int_equal(cogmig_test_token_set_integer(NULL, "x", 1, NULL), bad);
    assert_int_equal(cogmig_test_token_set_json(NULL, "x", "1", NULL), bad);
    assert_int_equal(cogmig_test_token_remove(NULL, "x", NULL), bad);
    assert_int_equal(cogmig_test_token_set_header(NULL, "x", "1", NULL), bad);
    assert_int_equal(cogmig_test_token_remove_header(NULL, "x", NULL), bad);
    assert_int_equal(cogmig_test_token_sign(NULL, &jwt, &len, NULL), bad);
    assert_null(jwt);
    assert_int_equal(len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_is_kid_and_alg_without_typ),
        cmocka_unit_test(an_id_token_has_the_claims_of_cognitos_in_their_order),
        cmocka_unit_test(an_access_token_has_the_claims_of_cognitos_in_their_order),
        cmocka_unit_test(a_token_is_valid_for_an_hour_from_its_issue),
        cmocka_unit_test(slashes_are_escaped_as_cognito_does),
        cmocka_unit_test(every_token_has_uuids_of_its_own),
        cmocka_unit_test(a_claim_can_be_any_json_value),
        cmocka_unit_test(a_claim_that_is_set_again_keeps_its_place),
        cmocka_unit_test(an_integer_may_be_any_of_64_bits),
        cmocka_unit_test(any_claim_can_be_left_out),
        cmocka_unit_test(the_header_can_say_anything),
        cmocka_unit_test(text_that_is_no_json_value_is_refused_and_changes_nothing),
        cmocka_unit_test(names_and_values_that_are_not_utf8_are_refused),
        cmocka_unit_test(a_token_signed_again_is_the_same_until_it_is_changed),
        cmocka_unit_test(a_bad_signature_differs_in_one_byte_and_nowhere_else),
        cmocka_unit_test(missing_arguments_are_refused),
        cmocka_unit_test(no_call_takes_a_missing_token),
    };
    return cmocka_run_group_tests(tests, make_issuer, free_issuer);
}
