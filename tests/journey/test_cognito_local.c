/* SPDX-License-Identifier: Apache-2.0
 * Cognito's API through the public calls, as far as cognito-local has it: run by
 * tests/e2e/beside_emulator.py. */
#include "cmocka_all.h"

#include <cogmig/cogmig.h>
#include <string.h>

static const char password[] = "Correct-Horse-1";

static cogmig_error *err;
static cogmig_cognito *cognito;
static cogmig_cognito_tokens *tokens;
static cogmig_cognito_user *user;

static int set_up(void **state)
{
    (void)state;
    return cogmig_error_new(&err) == COGMIG_OK &&
                   cogmig_cognito_new_from_env(&cognito, err) == COGMIG_OK
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    (void)state;
    cogmig_cognito_tokens_free(&tokens);
    cogmig_cognito_user_free(&user);
    cogmig_cognito_free(&cognito);
    cogmig_error_free(&err);
    return 0;
}

static void expect(cogmig_status status, cogmig_status expected)
{
    if (status != expected)
        print_error("%s\n", cogmig_error_message(err));
    assert_string_equal(cogmig_status_name(status), cogmig_status_name(expected));
}

static cogmig_status sign_in(const char *with)
{
    return cogmig_cognito_sign_in(cognito, "ann@example.com", with, strlen(with), &tokens, err);
}

static void a_user_signs_in_and_refreshes(void **state)
{
    cogmig_cognito_tokens *fresh = NULL;
    (void)state;
    expect(sign_in("wrong"), COGMIG_COGNITO_SIGN_IN_REFUSED);
    expect(sign_in(password), COGMIG_OK);
    assert_null(cogmig_cognito_tokens_challenge(tokens));
    assert_non_null(cogmig_cognito_tokens_id(tokens));
    expect(
        cogmig_cognito_refresh(cognito, cogmig_cognito_tokens_refresh(tokens), NULL, &fresh, err),
        COGMIG_OK);
    assert_non_null(cogmig_cognito_tokens_access(fresh));
    cogmig_cognito_tokens_free(&fresh);
    expect(cogmig_cognito_revoke_token(cognito, cogmig_cognito_tokens_refresh(tokens), err),
           COGMIG_OK);
}

static void a_user_is_read_and_changed(void **state)
{
    static const char *const names[] = {"name"};
    static const char *const values[] = {"Ann \"Q\" \xC3\x84"};
    (void)state;
    expect(cogmig_cognito_update_user(cognito, "ann@example.com", names, values, 1, err),
           COGMIG_OK);
    expect(cogmig_cognito_get_user(cognito, "ann@example.com", &user, err), COGMIG_OK);
    assert_string_equal(cogmig_cognito_user_attribute(user, "name"), values[0]);
    assert_string_equal(cogmig_cognito_user_attribute(user, "custom:legacy_id"), "legacy-1");
    assert_string_equal(cogmig_cognito_user_status(user), "CONFIRMED");
    assert_true(cogmig_cognito_user_enabled(user));
    cogmig_cognito_user_free(&user);
    expect(cogmig_cognito_get_user(cognito, "nobody@example.com", &user, err),
           COGMIG_COGNITO_USER_NOT_FOUND);
}

static cogmig_status count_users(void *user_data, const cogmig_cognito_page *page)
{
    *(size_t *)user_data += cogmig_cognito_page_size(page);
    return COGMIG_OK;
}

static void users_are_listed(void **state)
{
    size_t count = 0;
    (void)state;
    expect(cogmig_cognito_list_users(cognito, NULL, NULL, count_users, &count, err), COGMIG_OK);
    assert_int_equal(count, 1);
}

static void pool_and_client_are_described(void **state)
{
    char *json = NULL;
    (void)state;
    expect(cogmig_cognito_describe_pool(cognito, &json, NULL, err), COGMIG_OK);
    assert_non_null(strstr(json, "legacy_id"));
    cogmig_free(json);
    expect(cogmig_cognito_describe_client(cognito, &json, NULL, err), COGMIG_OK);
    assert_non_null(strstr(json, "ALLOW_USER_PASSWORD_AUTH"));
    cogmig_free(json);
}

int main(void)
{
#define JOURNEY(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        JOURNEY(a_user_signs_in_and_refreshes),
        JOURNEY(a_user_is_read_and_changed),
        JOURNEY(users_are_listed),
        JOURNEY(pool_and_client_are_described),
    };
    return cmocka_run_group_tests_name("journey: cognito-local", tests, NULL, NULL);
}
