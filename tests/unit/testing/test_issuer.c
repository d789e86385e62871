/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "testing/heap.h"
#include "testing/issuer.h"
#include "testing/libjwt.h"

#include <cogmig/claims.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char url[] = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI";

static cogmig_test_issuer *make_issuer(void)
{
    cogmig_test_issuer *issuer;
    assert_int_equal(cogmig_test_issuer_new(url, &issuer, NULL), COGMIG_OK);
    return issuer;
}

static void release_json(json_t **json)
{
    json_decref(*json);
}

static const char *text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static void assert_cognito_key(const json_t *jwk)
{
    assert_int_equal(json_object_size(jwk), 6);
    assert_string_equal(text(jwk, "alg"), "RS256");
    assert_string_equal(text(jwk, "e"), "AQAB");
    assert_string_equal(text(jwk, "kty"), "RSA");
    assert_string_equal(text(jwk, "use"), "sig");
    assert_int_equal(strlen(text(jwk, "n")), 342);
    assert_int_equal(strlen(text(jwk, "kid")), 44);
    assert_int_equal(text(jwk, "kid")[43], '=');
}

static void the_jwks_document_has_two_keys_in_the_form_of_cognitos(void **state)
{
    (void)state;
    SCOPED(cogmig_test_issuer_free) cogmig_test_issuer *issuer = make_issuer();
    size_t len;
    const char *jwks = cogmig_test_issuer_jwks(issuer, &len);
    assert_int_equal(len, strlen(jwks));
    SCOPED(release_json) json_t *document = json_loads(jwks, JSON_REJECT_DUPLICATES, NULL);
    const json_t *keys = json_object_get(document, "keys");
    assert_int_equal(json_object_size(document), 1);
    assert_int_equal(json_array_size(keys), 2);
    assert_cognito_key(json_array_get(keys, 0));
    assert_cognito_key(json_array_get(keys, 1));
    assert_string_not_equal(text(json_array_get(keys, 0), "n"), text(json_array_get(keys, 1), "n"));
    assert_memory_equal(jwks, "{\"keys\":[{\"alg\":\"RS256\",\"e\":\"AQAB\",\"kid\":\"", 41);
}

static void id_and_access_tokens_are_signed_by_different_keys(void **state)
{
    (void)state;
    SCOPED(cogmig_test_issuer_free) cogmig_test_issuer *issuer = make_issuer();
    assert_ptr_equal(issuer_key(issuer, COGMIG_TOKEN_USE_ID), &issuer->keys[0]);
    assert_ptr_equal(issuer_key(issuer, COGMIG_TOKEN_USE_ACCESS), &issuer->keys[1]);
    assert_string_not_equal(issuer->keys[0].kid, issuer->keys[1].kid);
}

static void no_two_issuers_share_a_key(void **state)
{
    (void)state;
    SCOPED(cogmig_test_issuer_free) cogmig_test_issuer *one = make_issuer();
    SCOPED(cogmig_test_issuer_free) cogmig_test_issuer *other = make_issuer();
    assert_string_not_equal(cogmig_test_issuer_jwks(one, NULL),
                            cogmig_test_issuer_jwks(other, NULL));
}

static bool libjwt_accepts_under(const cogmig_test_issuer *issuer, const struct signing_key *key,
                                 const char *jwt)
{
    SCOPED(heap_release_variable) char *pem = key_pair_public_pem(key->pair);
    struct published_key published = {
        .kid = key->kid, .jwks = cogmig_test_issuer_jwks(issuer, NULL), .pem = pem};
    return libjwt_accepts(jwt, &published);
}

static cogmig_test_token *make_token(const cogmig_test_issuer *issuer, int32_t use)
{
    cogmig_test_token *token;
    assert_int_equal(cogmig_test_token_new(issuer, use, "s", "c", &token, NULL), COGMIG_OK);
    return token;
}

static void libjwt_accepts_a_token_under_its_own_key_alone(void **state)
{
    (void)state;
    SCOPED(cogmig_test_issuer_free) cogmig_test_issuer *issuer = make_issuer();
    for (int32_t use = COGMIG_TOKEN_USE_ID; use <= COGMIG_TOKEN_USE_ACCESS; use++) {
        SCOPED(cogmig_test_token_free) cogmig_test_token *token = make_token(issuer, use);
        const char *jwt;
        assert_int_equal(cogmig_test_token_sign(token, &jwt, NULL, NULL), COGMIG_OK);
        const struct signing_key *own = issuer_key(issuer, use);
        assert_true(libjwt_accepts_under(issuer, own, jwt));
        assert_false(libjwt_accepts_under(issuer, own == issuer->keys ? own + 1 : own - 1, jwt));
    }
}

static void libjwt_refuses_a_token_that_names_another_key(void **state)
{
    (void)state;
    SCOPED(cogmig_test_issuer_free) cogmig_test_issuer *issuer = make_issuer();
    SCOPED(cogmig_test_token_free)
    cogmig_test_token *token = make_token(issuer, COGMIG_TOKEN_USE_ID);
    const char *jwt;
    assert_int_equal(cogmig_test_token_sign(token, &jwt, NULL, NULL), COGMIG_OK);
    struct signing_key renamed = issuer->keys[1];
    renamed.pair = issuer->keys[0].pair;
    assert_false(libjwt_accepts_under(issuer, &renamed, jwt));
}

static void libjwt_refuses_a_token_that_is_signed_badly(void **state)
{
    (void)state;
    SCOPED(cogmig_test_issuer_free) cogmig_test_issuer *issuer = make_issuer();
    SCOPED(cogmig_test_token_free)
    cogmig_test_token *token = make_token(issuer, COGMIG_TOKEN_USE_ID);
    const char *jwt;
    assert_int_equal(cogmig_test_token_sign_badly(token, &jwt, NULL, NULL), COGMIG_OK);
    assert_false(libjwt_accepts_under(issuer, issuer_key(issuer, COGMIG_TOKEN_USE_ID), jwt));
}

static void rotation_replaces_both_keys_but_not_those_of_tokens_already_begun(void **state)
{
    (void)state;
    SCOPED(cogmig_test_issuer_free) cogmig_test_issuer *issuer = make_issuer();
    SCOPED(cogmig_test_token_free)
    cogmig_test_token *token = make_token(issuer, COGMIG_TOKEN_USE_ID);
    struct signing_key before[2] = {issuer->keys[0], issuer->keys[1]};
    key_pair_share(before[0].pair);
    assert_int_equal(cogmig_test_issuer_rotate_keys(issuer, NULL), COGMIG_OK);
    for (size_t i = 0; i < 2; i++) {
        assert_string_not_equal(issuer->keys[i].kid, before[i].kid);
        assert_null(strstr(cogmig_test_issuer_jwks(issuer, NULL), before[i].kid));
        assert_non_null(strstr(cogmig_test_issuer_jwks(issuer, NULL), issuer->keys[i].kid));
    }
    const char *jwt;
    assert_int_equal(cogmig_test_token_sign(token, &jwt, NULL, NULL), COGMIG_OK);
    assert_false(libjwt_accepts_under(issuer, &issuer->keys[0], jwt));
    signing_key_release(&before[0]);
}

static void a_token_outlives_its_issuer(void **state)
{
    (void)state;
    cogmig_test_issuer *issuer = make_issuer();
    SCOPED(cogmig_test_token_free)
    cogmig_test_token *token = make_token(issuer, COGMIG_TOKEN_USE_ACCESS);
    cogmig_test_issuer_free(&issuer);
    assert_null(issuer);
    const char *jwt;
    assert_int_equal(cogmig_test_token_sign(token, &jwt, NULL, NULL), COGMIG_OK);
}

static void an_issuer_that_is_not_utf8_is_refused(void **state)
{
    (void)state;
    cogmig_test_issuer *issuer = (cogmig_test_issuer *)(uintptr_t)1;
    assert_int_equal(cogmig_test_issuer_new("https://\xFF", &issuer, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_null(issuer);
}

static void missing_arguments_are_refused_and_told(void **state)
{
    (void)state;
    cogmig_error *err;
    assert_int_equal(cogmig_error_new(&err), COGMIG_OK);
    cogmig_test_issuer *issuer = (cogmig_test_issuer *)(uintptr_t)1;
    assert_int_equal(cogmig_test_issuer_new(NULL, &issuer, err), COGMIG_INVALID_ARGUMENT);
    assert_null(issuer);
    assert_string_equal(cogmig_error_message(err), "The issuer's URL is NULL.");
    SCOPED(heap_release_variable) char *long_url = heap_new(2050);
    memset(long_url, 'x', 2049);
    assert_int_equal(cogmig_test_issuer_new(long_url, &issuer, err), COGMIG_INVALID_ARGUMENT);
    assert_null(issuer);
    long_url[2048] = 0;
    assert_int_equal(cogmig_test_issuer_new(long_url, &issuer, err), COGMIG_OK);
    cogmig_test_issuer_free(&issuer);
    assert_int_equal(cogmig_test_issuer_new(url, NULL, err), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_test_issuer_rotate_keys(NULL, err), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_error_status(err), COGMIG_INVALID_ARGUMENT);
    cogmig_test_issuer_free(NULL);
    cogmig_test_issuer_free(&issuer);
    cogmig_error_free(&err);
}

static void success_empties_the_error_box(void **state)
{
    (void)state;
    cogmig_error *err;
    assert_int_equal(cogmig_error_new(&err), COGMIG_OK);
    cogmig_error_set(err, COGMIG_TOKEN_EXPIRED, "left over");
    SCOPED(cogmig_test_issuer_free) cogmig_test_issuer *issuer = NULL;
    assert_int_equal(cogmig_test_issuer_new(url, &issuer, err), COGMIG_OK);
    assert_int_equal(cogmig_error_status(err), COGMIG_OK);
    cogmig_error_free(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_jwks_document_has_two_keys_in_the_form_of_cognitos),
        cmocka_unit_test(id_and_access_tokens_are_signed_by_different_keys),
        cmocka_unit_test(no_two_issuers_share_a_key),
        cmocka_unit_test(libjwt_accepts_a_token_under_its_own_key_alone),
        cmocka_unit_test(libjwt_refuses_a_token_that_names_another_key),
        cmocka_unit_test(libjwt_refuses_a_token_that_is_signed_badly),
        cmocka_unit_test(rotation_replaces_both_keys_but_not_those_of_tokens_already_begun),
        cmocka_unit_test(a_token_outlives_its_issuer),
        cmocka_unit_test(an_issuer_that_is_not_utf8_is_refused),
        cmocka_unit_test(missing_arguments_are_refused_and_told),
        cmocka_unit_test(success_empties_the_error_box),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
