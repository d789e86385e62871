/* SPDX-License-Identifier: Apache-2.0
 * From a local issuer through a token to the verifier's verdict: each claim set, left out, changed.
 */
#include "cmocka_all.h"

#include <cogmig/cogmig.h>
#include <cogmig/testing.h>
#include <string.h>

#define ISSUER "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI"
static const char client[] = "3n4b5urk1ft4fl3mg5e62d9ado";
static const char sub[] = "1754aa68-d041-7034-9d4f-0f2b7f3a6a10";

static const int64_t issued_at_s = 1767225600;
static int64_t now_s;
static cogmig_test_issuer *issuer;
static cogmig_error *err;

static int64_t stopped_clock(void *user_data)
{
    (void)user_data;
    return now_s;
}

/* Nobody publishes other keys than those that were seeded. */
static cogmig_status fetch_the_same(void *user_data, const char *url, int32_t timeout_ms,
                                    cogmig_jwks_reply *reply)
{
    (void)user_data;
    (void)url;
    (void)timeout_ms;
    size_t len;
    const char *jwks = cogmig_test_issuer_jwks(issuer, &len);
    cogmig_jwks_reply_set_http_status(reply, 200);
    return cogmig_jwks_reply_append(reply, jwks, len);
}

static int begin(void **state)
{
    (void)state;
    return cogmig_error_new(&err) == COGMIG_OK &&
                   cogmig_test_issuer_new(ISSUER, &issuer, err) == COGMIG_OK
               ? 0
               : -1;
}

static int end(void **state)
{
    (void)state;
    cogmig_test_issuer_free(&issuer);
    cogmig_error_free(&err);
    return 0;
}

static void must(cogmig_status status)
{
    if (status != COGMIG_OK)
        fail_msg("%s: %s\n", cogmig_status_name(status), cogmig_error_message(err));
}

static cogmig_verifier *make_verifier(int32_t use)
{
    cogmig_verifier_config *config;
    cogmig_verifier *verifier;
    size_t len;
    const char *jwks = cogmig_test_issuer_jwks(issuer, &len);
    must(cogmig_verifier_config_new(&config, err));
    must(cogmig_verifier_config_add_pool(config, "eu-central-1_AbCdEfGhI", err));
    must(cogmig_verifier_config_add_client(config, client, err));
    must(cogmig_verifier_config_set_token_use(config, use, err));
    must(cogmig_verifier_config_set_clock(config, stopped_clock, NULL, err));
    must(cogmig_verifier_config_set_fetch(config, fetch_the_same, NULL, err));
    must(cogmig_verifier_new(config, &verifier, err));
    must(cogmig_verifier_seed_keys(verifier, ISSUER, jwks, len, err));
    cogmig_verifier_config_free(&config);
    return verifier;
}

static cogmig_test_token *make_token(int32_t use)
{
    cogmig_test_token *token;
    must(cogmig_test_token_new(issuer, use, sub, client, &token, err));
    must(cogmig_test_token_set_integer(token, "iat", issued_at_s, err));
    must(cogmig_test_token_set_integer(token, "auth_time", issued_at_s, err));
    must(cogmig_test_token_set_integer(token, "exp", issued_at_s + 3600, err));
    now_s = issued_at_s + 60;
    return token;
}

static cogmig_status verify(cogmig_verifier *verifier, const char *jwt, size_t len)
{
    cogmig_claims *claims;
    cogmig_status status = cogmig_verifier_verify(verifier, jwt, len, &claims, err);
    assert_int_equal(claims != NULL, status == COGMIG_OK);
    assert_int_equal(cogmig_error_status(err), status);
    cogmig_claims_free(&claims);
    return status;
}

static cogmig_status judge(cogmig_test_token *token, int32_t use)
{
    cogmig_verifier *verifier = make_verifier(use);
    const char *jwt;
    size_t len;
    must(cogmig_test_token_sign(token, &jwt, &len, err));
    cogmig_status status = verify(verifier, jwt, len);
    cogmig_verifier_free(&verifier);
    return status;
}

static void an_id_token_is_accepted_and_tells_the_row_of_the_user(void **state)
{
    (void)state;
    cogmig_test_token *token = make_token(COGMIG_TOKEN_USE_ID);
    must(cogmig_test_token_set_string(token, "custom:legacy_id", "clx0\n/7", err));
    must(cogmig_test_token_set_string(token, "email", "ann@example.com", err));
    must(cogmig_test_token_set_json(token, "email_verified", "true", err));
    cogmig_verifier *verifier = make_verifier(COGMIG_TOKEN_USE_ID);
    const char *jwt;
    size_t len;
    cogmig_claims *claims;
    must(cogmig_test_token_sign(token, &jwt, &len, err));
    must(cogmig_verifier_verify(verifier, jwt, len, &claims, err));
    cogmig_test_token_free(&token);
    cogmig_verifier_free(&verifier);
    assert_string_equal(cogmig_claims_sub(claims), sub);
    assert_string_equal(cogmig_claims_legacy_id(claims), "clx0\n/7");
    assert_string_equal(cogmig_claims_email(claims), "ann@example.com");
    assert_true(cogmig_claims_email_verified(claims));
    assert_string_equal(cogmig_claims_issuer(claims), ISSUER);
    assert_string_equal(cogmig_claims_client_id(claims), client);
    assert_string_equal(cogmig_claims_username(claims), sub);
    assert_int_equal(cogmig_claims_token_use(claims), COGMIG_TOKEN_USE_ID);
    assert_true(cogmig_claims_issued_at_s(claims) == issued_at_s);
    assert_true(cogmig_claims_expires_at_s(claims) == issued_at_s + 3600);
    cogmig_claims_free(&claims);
}

static void an_access_token_is_accepted_where_one_is_wanted(void **state)
{
    (void)state;
    cogmig_test_token *token = make_token(COGMIG_TOKEN_USE_ACCESS);
    assert_int_equal(judge(token, COGMIG_TOKEN_USE_ACCESS), COGMIG_OK);
    assert_int_equal(judge(token, COGMIG_TOKEN_USE_ANY), COGMIG_OK);
    assert_int_equal(judge(token, COGMIG_TOKEN_USE_ID), COGMIG_TOKEN_USE_REFUSED);
    cogmig_test_token_free(&token);
}

enum change {
    SET,
    LEAVE_OUT,
    SET_HEADER,
    LEAVE_OUT_HEADER
};

struct changed {
    enum change change;
    const char *name;
    const char *json;
    cogmig_status of_id;
    cogmig_status of_access;
};

static const struct changed changes[] = {
    {LEAVE_OUT, "sub", NULL, COGMIG_TOKEN_CLAIM_MISSING, COGMIG_TOKEN_CLAIM_MISSING},
    {LEAVE_OUT, "iss", NULL, COGMIG_TOKEN_CLAIM_MISSING, COGMIG_TOKEN_CLAIM_MISSING},
    {LEAVE_OUT, "token_use", NULL, COGMIG_TOKEN_CLAIM_MISSING, COGMIG_TOKEN_CLAIM_MISSING},
    {LEAVE_OUT, "exp", NULL, COGMIG_TOKEN_CLAIM_MISSING, COGMIG_TOKEN_CLAIM_MISSING},
    {LEAVE_OUT, "aud", NULL, COGMIG_TOKEN_CLAIM_MISSING, COGMIG_OK},
    {LEAVE_OUT, "client_id", NULL, COGMIG_OK, COGMIG_TOKEN_CLAIM_MISSING},
    {LEAVE_OUT, "iat", NULL, COGMIG_OK, COGMIG_OK},
    {LEAVE_OUT, "auth_time", NULL, COGMIG_OK, COGMIG_OK},
    {LEAVE_OUT, "jti", NULL, COGMIG_OK, COGMIG_OK},
    {LEAVE_OUT, "origin_jti", NULL, COGMIG_OK, COGMIG_OK},
    {LEAVE_OUT, "event_id", NULL, COGMIG_OK, COGMIG_OK},
    {LEAVE_OUT, "cognito:username", NULL, COGMIG_OK, COGMIG_OK},
    {LEAVE_OUT, "username", NULL, COGMIG_OK, COGMIG_OK},
    {LEAVE_OUT, "scope", NULL, COGMIG_OK, COGMIG_OK},
    {SET, "sub", "7", COGMIG_TOKEN_CLAIM_INVALID, COGMIG_TOKEN_CLAIM_INVALID},
    {SET, "sub", "\"\"", COGMIG_TOKEN_CLAIM_INVALID, COGMIG_TOKEN_CLAIM_INVALID},
    {SET, "sub", "\"a\\u0000b\"", COGMIG_TOKEN_CLAIM_INVALID, COGMIG_TOKEN_CLAIM_INVALID},
    {SET, "iss", "[\"" ISSUER "\"]", COGMIG_TOKEN_CLAIM_INVALID, COGMIG_TOKEN_CLAIM_INVALID},
    {SET, "iss", "\"" ISSUER "/\"", COGMIG_TOKEN_ISSUER_REFUSED, COGMIG_TOKEN_ISSUER_REFUSED},
    {SET, "iss", "\"" ISSUER "\\u0000\"", COGMIG_TOKEN_ISSUER_REFUSED, COGMIG_TOKEN_ISSUER_REFUSED},
    {SET, "iss", "\"https://attacker.example\"", COGMIG_TOKEN_ISSUER_REFUSED,
     COGMIG_TOKEN_ISSUER_REFUSED},
    {SET, "token_use", "\"refresh\"", COGMIG_TOKEN_USE_REFUSED, COGMIG_TOKEN_USE_REFUSED},
    {SET, "token_use", "\"ID\"", COGMIG_TOKEN_USE_REFUSED, COGMIG_TOKEN_USE_REFUSED},
    {SET, "token_use", "1", COGMIG_TOKEN_CLAIM_INVALID, COGMIG_TOKEN_CLAIM_INVALID},
    {SET, "aud", "\"another\"", COGMIG_TOKEN_CLIENT_REFUSED, COGMIG_OK},
    {SET, "aud", "7", COGMIG_TOKEN_CLAIM_INVALID, COGMIG_OK},
    {SET, "client_id", "\"another\"", COGMIG_OK, COGMIG_TOKEN_CLIENT_REFUSED},
    {SET, "client_id", "null", COGMIG_OK, COGMIG_TOKEN_CLAIM_INVALID},
    {SET, "exp", "\"1767229200\"", COGMIG_TOKEN_CLAIM_INVALID, COGMIG_TOKEN_CLAIM_INVALID},
    {SET, "exp", "1767229200.5", COGMIG_TOKEN_CLAIM_INVALID, COGMIG_TOKEN_CLAIM_INVALID},
    {SET, "exp", "1767225660", COGMIG_TOKEN_EXPIRED, COGMIG_TOKEN_EXPIRED},
    {SET, "exp", "1767225661", COGMIG_OK, COGMIG_OK},
    {SET, "exp", "-1", COGMIG_TOKEN_EXPIRED, COGMIG_TOKEN_EXPIRED},
    {SET, "nbf", "1767225661", COGMIG_TOKEN_NOT_YET_VALID, COGMIG_TOKEN_NOT_YET_VALID},
    {SET, "nbf", "1767225660", COGMIG_OK, COGMIG_OK},
    {SET, "nbf", "true", COGMIG_TOKEN_CLAIM_INVALID, COGMIG_TOKEN_CLAIM_INVALID},
    {LEAVE_OUT_HEADER, "kid", NULL, COGMIG_TOKEN_HEADER_INVALID, COGMIG_TOKEN_HEADER_INVALID},
    {LEAVE_OUT_HEADER, "alg", NULL, COGMIG_TOKEN_HEADER_INVALID, COGMIG_TOKEN_HEADER_INVALID},
    {SET_HEADER, "kid", "7", COGMIG_TOKEN_HEADER_INVALID, COGMIG_TOKEN_HEADER_INVALID},
    {SET_HEADER, "kid", "\"another\"", COGMIG_TOKEN_KEY_UNKNOWN, COGMIG_TOKEN_KEY_UNKNOWN},
    {SET_HEADER, "alg", "\"none\"", COGMIG_TOKEN_ALGORITHM_REFUSED, COGMIG_TOKEN_ALGORITHM_REFUSED},
    {SET_HEADER, "alg", "\"HS256\"", COGMIG_TOKEN_ALGORITHM_REFUSED,
     COGMIG_TOKEN_ALGORITHM_REFUSED},
    {SET_HEADER, "alg", "\"rs256\"", COGMIG_TOKEN_ALGORITHM_REFUSED,
     COGMIG_TOKEN_ALGORITHM_REFUSED},
    {SET_HEADER, "crit", "[\"exp\"]", COGMIG_TOKEN_CRITICAL_REFUSED, COGMIG_TOKEN_CRITICAL_REFUSED},
    {SET_HEADER, "typ", "\"JWT\"", COGMIG_OK, COGMIG_OK},
    {SET_HEADER, "typ", "\"secevent+jwt\"", COGMIG_TOKEN_TYPE_REFUSED, COGMIG_TOKEN_TYPE_REFUSED},
    {SET_HEADER, "jku", "\"https://attacker.example/jwks.json\"", COGMIG_OK, COGMIG_OK},
};

static cogmig_status apply(cogmig_test_token *token, const struct changed *c)
{
    switch (c->change) {
    case SET:
        return cogmig_test_token_set_json(token, c->name, c->json, err);
    case LEAVE_OUT:
        return cogmig_test_token_remove(token, c->name, err);
    case SET_HEADER:
        return cogmig_test_token_set_header(token, c->name, c->json, err);
    default:
        return cogmig_test_token_remove_header(token, c->name, err);
    }
}

static void check_changes(int32_t use)
{
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const struct changed *c = &changes[i];
        cogmig_status expected = use == COGMIG_TOKEN_USE_ID ? c->of_id : c->of_access;
        cogmig_test_token *token = make_token(use);
        must(apply(token, c));
        cogmig_status status = judge(token, use);
        if (status != expected)
            fail_msg("%s %s: %s\n", c->name, c->json == NULL ? "left out" : c->json,
                     cogmig_status_name(status));
        cogmig_test_token_free(&token);
    }
}

static void every_change_of_an_id_token_has_its_verdict(void **state)
{
    (void)state;
    check_changes(COGMIG_TOKEN_USE_ID);
}

static void every_change_of_an_access_token_has_its_verdict(void **state)
{
    (void)state;
    check_changes(COGMIG_TOKEN_USE_ACCESS);
}

static void a_token_signed_badly_or_by_the_other_key_is_refused(void **state)
{
    (void)state;
    cogmig_verifier *verifier = make_verifier(COGMIG_TOKEN_USE_ID);
    cogmig_test_token *token = make_token(COGMIG_TOKEN_USE_ID);
    const char *jwt, *jwks = cogmig_test_issuer_jwks(issuer, NULL);
    size_t len;
    must(cogmig_test_token_sign_badly(token, &jwt, &len, err));
    assert_int_equal(verify(verifier, jwt, len), COGMIG_TOKEN_SIGNATURE_INVALID);

    char kid_of_access[47] = "\"";
    const char *second = strstr(strstr(jwks, "\"kid\":\"") + 1, "\"kid\":\"");
    memcpy(kid_of_access + 1, second + strlen("\"kid\":\""), 45);
    must(cogmig_test_token_set_header(token, "kid", kid_of_access, err));
    must(cogmig_test_token_sign(token, &jwt, &len, err));
    assert_int_equal(verify(verifier, jwt, len), COGMIG_TOKEN_SIGNATURE_INVALID);
    cogmig_test_token_free(&token);
    cogmig_verifier_free(&verifier);
}

/* Neither a byte that was changed nor a token cut short ever fits. */
/* promise 13 */
static void a_token_changed_in_any_byte_is_refused(void **state)
{
    (void)state;
    cogmig_verifier *verifier = make_verifier(COGMIG_TOKEN_USE_ID);
    cogmig_test_token *token = make_token(COGMIG_TOKEN_USE_ID);
    const char *jwt;
    size_t len;
    must(cogmig_test_token_sign(token, &jwt, &len, err));
    assert_int_equal(verify(verifier, jwt, len), COGMIG_OK);
    for (size_t i = 0; i < len; i++) {
        char changed[4096];
        memcpy(changed, jwt, len);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        cogmig_status status = verify(verifier, changed, len);
        assert_int_equal(cogmig_status_kind(status), COGMIG_KIND_DENIED);
        assert_int_equal(cogmig_status_kind(verify(verifier, jwt, i)), COGMIG_KIND_DENIED);
    }
    cogmig_test_token_free(&token);
    cogmig_verifier_free(&verifier);
}

static void after_a_rotation_old_tokens_no_longer_fit_and_new_keys_are_fetched(void **state)
{
    (void)state;
    cogmig_test_token *old = make_token(COGMIG_TOKEN_USE_ID);
    cogmig_verifier *before = make_verifier(COGMIG_TOKEN_USE_ID);
    must(cogmig_test_issuer_rotate_keys(issuer, err));
    cogmig_verifier *after = make_verifier(COGMIG_TOKEN_USE_ID);
    cogmig_test_token *fresh = make_token(COGMIG_TOKEN_USE_ID);
    const char *jwt;
    size_t len;
    must(cogmig_test_token_sign(fresh, &jwt, &len, err));
    assert_int_equal(verify(after, jwt, len), COGMIG_OK);
    assert_int_equal(verify(before, jwt, len), COGMIG_OK);
    must(cogmig_test_token_sign(old, &jwt, &len, err));
    assert_int_equal(verify(after, jwt, len), COGMIG_TOKEN_KEY_UNKNOWN);
    cogmig_test_token_free(&old);
    cogmig_test_token_free(&fresh);
    cogmig_verifier_free(&before);
    cogmig_verifier_free(&after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_token_is_accepted_and_tells_the_row_of_the_user),
        cmocka_unit_test(an_access_token_is_accepted_where_one_is_wanted),
        cmocka_unit_test(every_change_of_an_id_token_has_its_verdict),
        cmocka_unit_test(every_change_of_an_access_token_has_its_verdict),
        cmocka_unit_test(a_token_signed_badly_or_by_the_other_key_is_refused),
        cmocka_unit_test(a_token_changed_in_any_byte_is_refused),
        cmocka_unit_test(after_a_rotation_old_tokens_no_longer_fit_and_new_keys_are_fetched),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
