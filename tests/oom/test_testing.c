/* SPDX-License-Identifier: Apache-2.0
 * Every call of testing.h with each allocation refused in turn: those of the testing library and of
 * OpenSSL. A token that is signed is whole. */
#include "cmocka_all.h"
#include "refusal.h"
#include "status/error.h"

#include <cogmig/testing.h>
#include <string.h>

static const char url[] = "https://issuer.example";
static cogmig_test_issuer *issuer;
static cogmig_test_token *token;
static struct cogmig_error err;

/* OpenSSL and libjwt do not say why they failed, so the library says that they did. */
static cogmig_status plain(cogmig_status status)
{
    return status == COGMIG_INTERNAL_ERROR ? COGMIG_OUT_OF_MEMORY : status;
}

static void make_world(void)
{
    assert_int_equal(cogmig_test_token_new(issuer, 1, "s", "c", &token, NULL), COGMIG_OK);
    cogmig_error_clear(&err);
}

static void release_world(void)
{
    cogmig_test_token_free(&token);
}

/* Keys take long to make: one issuer for all worlds. */
static int make_issuer(void **state)
{
    (void)state;
    cogmig_status status = cogmig_test_issuer_new(url, &issuer, &err);
    if (status != COGMIG_OK)
        print_error("%s\n", cogmig_error_message(&err));
    return status == COGMIG_OK ? 0 : -1;
}

static int release_issuer(void **state)
{
    (void)state;
    cogmig_test_issuer_free(&issuer);
    return 0;
}

/* Keys are made by thousands of allocations, so the first must do. Without memory the old ones
 * stay. */
static cogmig_status rotate_keys(void)
{
    return plain(cogmig_test_issuer_rotate_keys(issuer, &err));
}

static cogmig_status make_token(void)
{
    cogmig_test_token *made = NULL;
    cogmig_status status = cogmig_test_token_new(issuer, 2, "s", "c", &made, &err);
    assert_int_equal(status == COGMIG_OK, made != NULL);
    cogmig_test_token_free(&made);
    return plain(status);
}

static cogmig_status change_token(void)
{
    cogmig_status status = cogmig_test_token_set_string(token, "email", "a@example.com", &err);
    if (status == COGMIG_OK)
        status = cogmig_test_token_set_integer(token, "exp", 1, &err);
    if (status == COGMIG_OK)
        status = cogmig_test_token_set_json(token, "cognito:groups", "[\"a\"]", &err);
    if (status == COGMIG_OK)
        status = cogmig_test_token_set_header(token, "typ", "\"JWT\"", &err);
    if (status == COGMIG_OK)
        status = cogmig_test_token_remove(token, "jti", &err);
    if (status == COGMIG_OK)
        status = cogmig_test_token_remove_header(token, "typ", &err);
    return status;
}

static cogmig_status is_jws(cogmig_status status, const char *jwt, size_t len)
{
    if (status == COGMIG_OK) {
        assert_int_equal(strlen(jwt), len);
        assert_non_null(strchr(strchr(jwt, '.') + 1, '.'));
    }
    return plain(status);
}

static cogmig_status sign(void)
{
    const char *jwt = NULL;
    size_t len = 0;
    cogmig_status status = cogmig_test_token_sign(token, &jwt, &len, &err);
    return is_jws(status, jwt, len);
}

static cogmig_status sign_badly(void)
{
    const char *jwt = NULL;
    size_t len = 0;
    cogmig_status status = cogmig_test_token_sign_badly(token, &jwt, &len, &err);
    return is_jws(status, jwt, len);
}

static void check_world(void)
{
    size_t len = 0;
    assert_non_null(cogmig_test_issuer_jwks(issuer, &len));
    assert_true(len > 0);
    assert_int_equal(sign(), COGMIG_OK);
}

/* promise 4 */
static void no_refused_allocation_does_harm(void **state)
{
    static const struct world world = {make_world, check_world, NULL, release_world};
    static const struct step steps[] = {
        STEP(make_token, OK),
        STEP(change_token, OK),
        STEP(sign, OK),
        STEP(sign_badly, OK),
        {"rotate_keys", rotate_keys, COGMIG_OK, 1},
    };
    (void)state;
    sweep(&world, steps, sizeof steps / sizeof steps[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_refused_allocation_does_harm),
    };
    refusal_prepare();
    return cmocka_run_group_tests_name("testing library", tests, make_issuer, release_issuer);
}
