/* SPDX-License-Identifier: Apache-2.0
 * Cognito's API through the public calls, against a strict server that misbehaves on request: run
 * by tests/support/cognito_server.py. */
#include "cmocka_all.h"
#include "end_child.h"

#include <cogmig/cogmig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char pool[] = "eu-central-1_AbCdEfGhI";
static const char client_id[] = "1example23456789";
static const char client_with_secret[] = "2secret23456789";
static const char client_secret[] = "1example2secret3value4567890abcdef";
static const char sub[] = "3c1d5f0e-1111-4222-8333-444455556666";
static const char key_id[] = "AKIDEXAMPLE";
static const char secret_key[] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
static const char password[] = "p\xC3\xA4ss \"word\"\\";

static cogmig_error *err;
static cogmig_cognito_config *config;
static cogmig_cognito *cognito;
static cogmig_cognito_tokens *tokens;
static cogmig_cognito_user *user;

static const char *server(const char *name)
{
    const char *value = getenv(name);
    if (value == NULL)
        fail_msg("%s is not set: tests/support/cognito_server.py runs this test.", name);
    return value;
}

static const char *const aws_variables[] = {"AWS_ACCESS_KEY_ID",
                                            "AWS_SECRET_ACCESS_KEY",
                                            "AWS_SESSION_TOKEN",
                                            "AWS_PROFILE",
                                            "AWS_SHARED_CREDENTIALS_FILE",
                                            "AWS_CONFIG_FILE",
                                            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                                            "AWS_CONTAINER_AUTHORIZATION_TOKEN",
                                            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                                            "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                                            "AWS_ROLE_ARN",
                                            "AWS_WEB_IDENTITY_TOKEN_FILE"};

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof aws_variables / sizeof aws_variables[0]; i++)
        unsetenv(aws_variables[i]);
    setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
    if (cogmig_error_new(&err) != COGMIG_OK || cogmig_cognito_config_new(&config, err) != COGMIG_OK)
        return -1;
    cogmig_cognito_config_set_pool(config, pool, err);
    cogmig_cognito_config_set_client(config, client_id, NULL, err);
    cogmig_cognito_config_set_endpoint(config, server("COGNITO_SERVER"), err);
    cogmig_cognito_config_allow_plain_http(config, err);
    cogmig_cognito_config_set_credentials(config, key_id, secret_key, NULL, err);
    return cogmig_cognito_config_set_list_rate(config, 1000, err) == COGMIG_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    cogmig_cognito_tokens_free(&tokens);
    cogmig_cognito_user_free(&user);
    cogmig_cognito_free(&cognito);
    cogmig_cognito_config_free(&config);
    cogmig_error_free(&err);
    return 0;
}

static void make(void)
{
    cogmig_cognito_free(&cognito);
    assert_int_equal(cogmig_cognito_new(config, &cognito, err), COGMIG_OK);
}

/* Credentials are to be found, not given. */
static void make_without_credentials(void)
{
    cogmig_cognito_config_free(&config);
    assert_int_equal(cogmig_cognito_config_new(&config, err), COGMIG_OK);
    cogmig_cognito_config_set_pool(config, pool, err);
    cogmig_cognito_config_set_endpoint(config, server("COGNITO_SERVER"), err);
    cogmig_cognito_config_allow_plain_http(config, err);
    make();
}

static void expect(cogmig_status status, cogmig_status expected)
{
    if (status != expected)
        print_error("%s: %s\n", cogmig_status_name(status), cogmig_error_message(err));
    assert_string_equal(cogmig_status_name(status), cogmig_status_name(expected));
    assert_int_equal(cogmig_error_status(err), expected);
}

static cogmig_status sign_in(const char *name)
{
    cogmig_cognito_tokens_free(&tokens);
    cogmig_status status =
        cogmig_cognito_sign_in(cognito, name, password, strlen(password), &tokens, err);
    assert_true((tokens != NULL) == (status == COGMIG_OK));
    return status;
}

static cogmig_status get_user(const char *name)
{
    cogmig_cognito_user_free(&user);
    cogmig_status status = cogmig_cognito_get_user(cognito, name, &user, err);
    assert_true((user != NULL) == (status == COGMIG_OK));
    return status;
}

/* ---- users ---- */

static void a_password_brings_tokens(void **state)
{
    (void)state;
    make();
    expect(sign_in("ann@example.com"), COGMIG_OK);
    assert_null(cogmig_cognito_tokens_challenge(tokens));
    assert_string_equal(cogmig_cognito_tokens_id(tokens), "id.of.ann");
    assert_string_equal(cogmig_cognito_tokens_access(tokens), "access.of.ann");
    assert_string_equal(cogmig_cognito_tokens_refresh(tokens), "refresh-1");
    assert_int_equal(cogmig_cognito_tokens_expires_in_s(tokens), 3600);
}

static void a_challenge_is_a_result_unless_there_are_tokens(void **state)
{
    (void)state;
    make();
    expect(sign_in("challenge@example.com"), COGMIG_OK);
    assert_string_equal(cogmig_cognito_tokens_challenge(tokens), "NEW_PASSWORD_REQUIRED");
    assert_string_equal(cogmig_cognito_tokens_session(tokens), "a session of 20 bytes");
    assert_null(cogmig_cognito_tokens_access(tokens));
    expect(sign_in("both@example.com"), COGMIG_OK);
    assert_null(cogmig_cognito_tokens_challenge(tokens));
    assert_string_equal(cogmig_cognito_tokens_access(tokens), "a");
    expect(sign_in("late@example.com"), COGMIG_OK);
    assert_int_equal(cogmig_cognito_tokens_expires_in_s(tokens), 0);
}

static void each_refusal_has_its_status(void **state)
{
    static const struct {
        const char *name;
        cogmig_status status;
        const char *upstream;
    } cases[] = {
        {"wrong@x", COGMIG_COGNITO_SIGN_IN_REFUSED, "NotAuthorizedException"},
        {"decorated@x", COGMIG_COGNITO_SIGN_IN_REFUSED, "NotAuthorizedException"},
        {"missing@x", COGMIG_COGNITO_USER_NOT_FOUND, "UserNotFoundException"},
        {"reset@x", COGMIG_COGNITO_RESET_REQUIRED, "PasswordResetRequiredException"},
        {"unconfirmed@x", COGMIG_COGNITO_NOT_CONFIRMED, "UserNotConfirmedException"},
        {"untriggered@x", COGMIG_COGNITO_TRIGGER_FAILED, "UserNotFoundException"},
        {"trigger@x", COGMIG_COGNITO_TRIGGER_FAILED, "UserLambdaValidationException"},
        {"flow@x", COGMIG_COGNITO_REQUEST_REFUSED, "InvalidParameterException"},
        {"firewall@x", COGMIG_COGNITO_ACCESS_REFUSED, "ForbiddenException"},
        {"attempts@x", COGMIG_COGNITO_THROTTLED, "LimitExceededException"},
        {"unknown@x", COGMIG_COGNITO_REQUEST_REFUSED, "SomethingNewException"},
        {"html@x", COGMIG_COGNITO_RESPONSE_INVALID, ""},
        {"html403@x", COGMIG_COGNITO_RESPONSE_INVALID, "403"},
        {"nothing@x", COGMIG_COGNITO_RESPONSE_INVALID, ""},
        {"empty@x", COGMIG_COGNITO_RESPONSE_INVALID, ""},
        {"huge@x", COGMIG_COGNITO_RESPONSE_INVALID, ""},
    };
    (void)state;
    make();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        expect(sign_in(cases[i].name), cases[i].status);
        assert_string_equal(cogmig_error_upstream_code(err), cases[i].upstream);
        assert_null(strstr(cogmig_error_message(err), password));
    }
    assert_non_null(strstr(cogmig_error_message(err), "InitiateAuth"));
}

static void an_error_names_its_request(void **state)
{
    (void)state;
    make();
    expect(sign_in("wrong@x"), COGMIG_COGNITO_SIGN_IN_REFUSED);
    assert_non_null(strstr(cogmig_error_message(err), "Incorrect username or password."));
    assert_non_null(
        strstr(cogmig_error_message(err), "(request id 00000000-0000-0000-0000-000000003039)"));
}

/* promise 7 */
static void a_password_that_the_answer_repeats_is_not_in_the_message(void **state)
{
    (void)state;
    make();
    expect(sign_in("echo@x"), COGMIG_COGNITO_REQUEST_REFUSED);
    assert_null(strstr(cogmig_error_message(err), password));
    assert_string_equal(cogmig_error_upstream_code(err), "InvalidParameterException");
    assert_int_equal(cogmig_cognito_revoke_token(cognito, "refresh-other", err),
                     COGMIG_COGNITO_SIGN_IN_REFUSED);
    assert_null(strstr(cogmig_error_message(err), "refresh-other"));
}

static void throttling_and_inner_errors_are_survived(void **state)
{
    (void)state;
    make();
    expect(sign_in("throttled-3@x"), COGMIG_OK);
    expect(sign_in("failing-2@x"), COGMIG_OK);
}

/* On a busy machine the time may be over before the first answer: that says nothing yet. */
static cogmig_status sign_in_until_answered(const char *name)
{
    cogmig_status status = sign_in(name);
    for (int tries = 0; status == COGMIG_COGNITO_UNREACHABLE && tries < 20; tries++)
        status = sign_in(name);
    return status;
}

static void throttling_without_end_ends_with_the_time(void **state)
{
    (void)state;
    cogmig_cognito_config_set_timeout_ms(config, 1500, err);
    make();
    expect(sign_in_until_answered("throttled@x"), COGMIG_COGNITO_THROTTLED);
    expect(sign_in_until_answered("empty500@x"), COGMIG_COGNITO_FAILED);
    assert_string_equal(cogmig_error_upstream_code(err), "500");
}

static void nobody_there_is_an_outage(void **state)
{
    (void)state;
    cogmig_cognito_config_set_endpoint(config, server("COGNITO_SERVER_CLOSED"), err);
    make();
    expect(sign_in("ann@example.com"), COGMIG_COGNITO_UNREACHABLE);
    assert_int_equal(cogmig_error_upstream(err), COGMIG_UPSTREAM_CURL);
    assert_string_equal(cogmig_error_upstream_code(err), "7");
    assert_int_equal(cogmig_status_kind(COGMIG_COGNITO_UNREACHABLE), COGMIG_KIND_UNAVAILABLE);
}

/* promise 62 */
static void over_tls_the_certificate_is_checked(void **state)
{
    (void)state;
    cogmig_cognito_config_set_endpoint(config, server("COGNITO_SERVER_HTTPS"), err);
    make();
    expect(sign_in("ann@example.com"), COGMIG_COGNITO_UNREACHABLE);
    cogmig_cognito_config_set_ca_file(config, server("COGNITO_SERVER_CA"), err);
    make();
    expect(sign_in("ann@example.com"), COGMIG_OK);
    expect(get_user("ann@example.com"), COGMIG_OK);
}

static void a_client_with_a_secret_proves_it(void **state)
{
    (void)state;
    make();
    cogmig_cognito_config_set_client(config, client_with_secret, client_secret, err);
    make();
    expect(sign_in("ann@example.com"), COGMIG_OK);
    cogmig_cognito_tokens_free(&tokens);
    expect(cogmig_cognito_get_tokens(cognito, "refresh-1", &tokens, err), COGMIG_OK);
    expect(cogmig_cognito_revoke_token(cognito, "refresh-1", err), COGMIG_OK);
    cogmig_cognito_config_set_client(config, client_with_secret, "another-secret", err);
    make();
    expect(sign_in("ann@example.com"), COGMIG_COGNITO_SIGN_IN_REFUSED);
}

static void a_refresh_is_proved_with_the_real_user_name(void **state)
{
    (void)state;
    cogmig_cognito_config_set_client(config, client_with_secret, client_secret, err);
    make();
    assert_int_equal(cogmig_cognito_refresh(cognito, "refresh-1", NULL, &tokens, err),
                     COGMIG_INVALID_ARGUMENT);
    expect(cogmig_cognito_refresh(cognito, "refresh-1", "ann@example.com", &tokens, err),
           COGMIG_COGNITO_SIGN_IN_REFUSED);
    expect(cogmig_cognito_refresh(cognito, "refresh-1", sub, &tokens, err), COGMIG_OK);
    assert_null(cogmig_cognito_tokens_refresh(tokens));
}

static void refresh_tokens_rotate_and_are_revoked(void **state)
{
    (void)state;
    make();
    expect(cogmig_cognito_refresh(cognito, "refresh-1", NULL, &tokens, err), COGMIG_OK);
    cogmig_cognito_tokens_free(&tokens);
    expect(cogmig_cognito_get_tokens(cognito, "refresh-1", &tokens, err), COGMIG_OK);
    assert_string_equal(cogmig_cognito_tokens_refresh(tokens), "refresh-2");
    cogmig_cognito_tokens_free(&tokens);
    expect(cogmig_cognito_get_tokens(cognito, "refresh-used", &tokens, err),
           COGMIG_COGNITO_SIGN_IN_REFUSED);
    assert_string_equal(cogmig_error_upstream_code(err), "RefreshTokenReuseException");
    expect(cogmig_cognito_revoke_token(cognito, "refresh-1", err), COGMIG_OK);
    expect(cogmig_cognito_revoke_token(cognito, "access.of.ann", err),
           COGMIG_COGNITO_SIGN_IN_REFUSED);
}

/* libcurl would send it anew over another connection. */
static void what_was_sent_when_the_connection_was_lost_is_not_sent_again(void **state)
{
    (void)state;
    make();
    expect(cogmig_cognito_get_tokens(cognito, "refresh-lost", &tokens, err),
           COGMIG_COGNITO_UNREACHABLE);
}

static void a_forgotten_password_has_a_code_sent(void **state)
{
    char *destination = NULL;
    (void)state;
    make();
    expect(cogmig_cognito_forgot_password(cognito, "ann@example.com", &destination, err),
           COGMIG_OK);
    assert_string_equal(destination, "a***@e***");
    cogmig_free(destination);
    expect(cogmig_cognito_forgot_password(cognito, "attempts@x", &destination, err),
           COGMIG_COGNITO_THROTTLED);
    assert_null(destination);
}

static void what_cannot_be_sent_is_an_invalid_argument(void **state)
{
    (void)state;
    make();
    assert_int_equal(sign_in(""), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(sign_in("\xFF"), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_cognito_sign_in(cognito, "a", "\xFF", 1, &tokens, err),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_cognito_sign_in(cognito, "a", "", 0, &tokens, err),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(get_user("\xFF"), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_cognito_revoke_token(cognito, "", err), COGMIG_INVALID_ARGUMENT);
}

/* ---- administrators ---- */

static void a_user_is_told_whole(void **state)
{
    (void)state;
    make();
    expect(get_user("ann@example.com"), COGMIG_OK);
    assert_string_equal(cogmig_cognito_user_name(user), sub);
    assert_string_equal(cogmig_cognito_user_status(user), "FORCE_CHANGE_PASSWORD");
    assert_true(cogmig_cognito_user_enabled(user));
    assert_string_equal(cogmig_cognito_user_attribute(user, "email"), "u\xC3\xABser7@example.com");
    assert_string_equal(cogmig_cognito_user_attribute(user, "custom:legacy_id"), "legacy-7");
    expect(get_user("missing@x"), COGMIG_COGNITO_USER_NOT_FOUND);
}

static void attributes_are_set_together(void **state)
{
    static const char *const names[] = {"email", "email_verified"};
    static const char *const values[] = {"new@example.com", "true"};
    static const char *const taken[] = {"taken@example.com", "true"};
    (void)state;
    make();
    expect(cogmig_cognito_update_user(cognito, sub, names, values, 2, err), COGMIG_OK);
    expect(cogmig_cognito_update_user(cognito, sub, names, taken, 2, err),
           COGMIG_COGNITO_ALIAS_TAKEN);
    assert_int_equal(cogmig_cognito_update_user(cognito, sub, names, values, 0, err),
                     COGMIG_INVALID_ARGUMENT);
    static const char *const holes[] = {"email", NULL};
    assert_int_equal(cogmig_cognito_update_user(cognito, sub, names, holes, 2, err),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_cognito_update_user(cognito, sub, holes, values, 2, err),
                     COGMIG_INVALID_ARGUMENT);
}

static void wrong_credentials_are_an_outage(void **state)
{
    (void)state;
    cogmig_cognito_config_set_credentials(config, "AKIDOTHER", secret_key, NULL, err);
    make();
    expect(get_user("ann"), COGMIG_COGNITO_ACCESS_REFUSED);
    assert_string_equal(cogmig_error_upstream_code(err), "UnrecognizedClientException");
    cogmig_cognito_config_set_credentials(config, key_id, "another", NULL, err);
    make();
    expect(get_user("ann"), COGMIG_COGNITO_ACCESS_REFUSED);
    assert_string_equal(cogmig_error_upstream_code(err), "InvalidSignatureException");
    cogmig_cognito_config_set_credentials(config, key_id, secret_key, NULL, err);
    cogmig_cognito_config_set_pool(config, "eu-central-1_Forbidden", err);
    make();
    expect(get_user("ann"), COGMIG_COGNITO_ACCESS_REFUSED);
}

static void pool_and_client_are_described_as_cognito_tells_them(void **state)
{
    char *json = NULL;
    size_t len = 0;
    (void)state;
    make();
    expect(cogmig_cognito_describe_pool(cognito, &json, &len, err), COGMIG_OK);
    assert_non_null(strstr(json, "\"Name\": \"legacy\""));
    assert_int_equal(strlen(json), len);
    cogmig_free(json);
    expect(cogmig_cognito_describe_client(cognito, &json, NULL, err), COGMIG_OK);
    assert_non_null(strstr(json, client_id));
    cogmig_free(json);
    cogmig_cognito_config_set_pool(config, "eu-central-1_Missing", err);
    make();
    expect(cogmig_cognito_describe_pool(cognito, &json, &len, err), COGMIG_COGNITO_REQUEST_REFUSED);
    assert_null(json);
}

/* ---- who may invoke a function ---- */

#define FUNCTION "arn:aws:lambda:eu-central-1:123456789012:function:"

static cogmig_status get_policy(const char *arn, const char *holds)
{
    char *json = NULL;
    size_t len = 0;
    cogmig_status status = cogmig_cognito_get_function_policy(cognito, arn, &json, &len, err);
    assert_true((json != NULL) == (status == COGMIG_OK));
    if (json != NULL) {
        assert_non_null(strstr(json, holds));
        assert_int_equal(strlen(json), len);
    }
    cogmig_free(json);
    return status;
}

static void lambda_is_asked_who_may_invoke_a_function(void **state)
{
    (void)state;
    cogmig_cognito_config_set_lambda_endpoint(config, server("COGNITO_SERVER"), err);
    make();
    expect(get_policy(FUNCTION "cogmig", FUNCTION "cogmig\\\""), COGMIG_OK);
    expect(get_policy(FUNCTION "cogmig:prod", FUNCTION "cogmig:prod\\\""), COGMIG_OK);
    expect(get_policy(FUNCTION "cogmig:$LATEST", FUNCTION "cogmig\\\""), COGMIG_OK);
    expect(get_policy(FUNCTION "throttled", FUNCTION "throttled"), COGMIG_OK);
    expect(get_policy(FUNCTION "missing", ""), COGMIG_COGNITO_REQUEST_REFUSED);
    assert_string_equal(cogmig_error_upstream_code(err), "ResourceNotFoundException");
    expect(get_policy(FUNCTION "forbidden", ""), COGMIG_COGNITO_ACCESS_REFUSED);
    assert_non_null(strstr(cogmig_error_message(err), "lambda:GetPolicy"));
    expect(get_policy(FUNCTION "namespaced", ""), COGMIG_COGNITO_ACCESS_REFUSED);
    expect(get_policy(FUNCTION "html", ""), COGMIG_COGNITO_RESPONSE_INVALID);
    expect(get_policy("cogmig", ""), COGMIG_INVALID_ARGUMENT);
    expect(get_policy("arn:aws:lambda:eu-west-1:123456789012:function:f", ""),
           COGMIG_COGNITO_ACCESS_REFUSED); /* signed for its own region, which this is not */
    cogmig_cognito_config_set_credentials(config, key_id, "another", NULL, err);
    make();
    expect(get_policy(FUNCTION "cogmig", ""), COGMIG_COGNITO_ACCESS_REFUSED);
    cogmig_cognito_config_set_lambda_endpoint(config, server("COGNITO_SERVER_CLOSED"), err);
    make();
    expect(get_policy(FUNCTION "cogmig", ""), COGMIG_COGNITO_UNREACHABLE);
}

static void where_cognito_is_an_emulator_lambda_is_not_guessed(void **state)
{
    (void)state;
    make();
    expect(get_policy(FUNCTION "cogmig", ""), COGMIG_CONFIG_INCOMPLETE);
    expect(cogmig_cognito_config_set_lambda_endpoint(config, "https://host/path", err),
           COGMIG_CONFIG_INVALID);
    expect(cogmig_cognito_config_set_lambda_endpoint(config, NULL, err), COGMIG_INVALID_ARGUMENT);
}

/* ---- listing ---- */

struct seen {
    int pages, users, enabled;
    int stop_after;
    char next[64];
};

static cogmig_status take_page(void *user_data, const cogmig_cognito_page *page)
{
    struct seen *seen = user_data;
    char name[32];
    for (size_t i = 0; i < cogmig_cognito_page_size(page); i++) {
        const cogmig_cognito_user *each = cogmig_cognito_page_user(page, i);
        snprintf(name, sizeof name, "legacy-%d", seen->users++);
        assert_string_equal(cogmig_cognito_user_attribute(each, "custom:legacy_id"), name);
        seen->enabled += cogmig_cognito_user_enabled(each);
    }
    const char *next = cogmig_cognito_page_next(page);
    snprintf(seen->next, sizeof seen->next, "%s", next == NULL ? "" : next);
    return ++seen->pages == seen->stop_after ? COGMIG_STORE_UNREACHABLE : COGMIG_OK;
}

static void every_user_is_listed_once_over_empty_and_throttled_pages(void **state)
{
    struct seen seen = {.pages = 0};
    (void)state;
    make();
    expect(cogmig_cognito_list_users(cognito, NULL, NULL, take_page, &seen, err), COGMIG_OK);
    assert_int_equal(seen.pages, 4);
    assert_int_equal(seen.users, 150);
    assert_int_equal(seen.enabled, 75);
}

static void a_listing_goes_on_where_it_was_stopped(void **state)
{
    struct seen seen = {.stop_after = 2};
    (void)state;
    make();
    expect(cogmig_cognito_list_users(cognito, NULL, NULL, take_page, &seen, err),
           COGMIG_STOPPED_BY_CALLBACK);
    assert_int_equal(cogmig_error_upstream(err), COGMIG_UPSTREAM_CALLBACK);
    assert_int_equal(seen.users, 60);
    expect(cogmig_cognito_list_users(cognito, NULL, seen.next, take_page, &seen, err), COGMIG_OK);
    assert_int_equal(seen.users, 150);
    assert_int_equal(seen.pages, 4);
}

static void a_filter_is_sent_as_it_is(void **state)
{
    struct seen seen = {.pages = 0};
    (void)state;
    make();
    expect(cogmig_cognito_list_users(cognito, "email ^= \"u\xC3\xABser1\"", NULL, take_page, &seen,
                                     err),
           COGMIG_OK);
    expect(cogmig_cognito_list_users(cognito, "no filter", NULL, take_page, &seen, err),
           COGMIG_COGNITO_REQUEST_REFUSED);
    char letters[400 + 1] = "", filter[500];
    for (size_t i = 0; i < 200; i++) { /* of two bytes each */
        letters[2 * i] = '\xC3';
        letters[2 * i + 1] = '\xAB';
    }
    snprintf(filter, sizeof filter, "name ^= \"%s\"", letters);
    expect(cogmig_cognito_list_users(cognito, filter, NULL, take_page, &seen, err),
           COGMIG_COGNITO_REQUEST_REFUSED);
}

static cogmig_status list_pool(const char *pool_id)
{
    struct seen seen = {.stop_after = 100};
    cogmig_cognito_config_set_pool(config, pool_id, err);
    make();
    return cogmig_cognito_list_users(cognito, NULL, NULL, take_page, &seen, err);
}

static void a_listing_that_would_not_end_or_makes_no_sense_is_told(void **state)
{
    (void)state;
    expect(list_pool("eu-central-1_Loops"), COGMIG_COGNITO_RESPONSE_INVALID);
    expect(list_pool("eu-central-1_Circles"), COGMIG_COGNITO_RESPONSE_INVALID);
    expect(list_pool("eu-central-1_Nameless"), COGMIG_COGNITO_RESPONSE_INVALID);
    expect(list_pool("eu-central-1_Many"), COGMIG_COGNITO_RESPONSE_INVALID);
}

/* ---- credentials ---- */

static void write_file(const char *name, const char *text, char *out, size_t size)
{
    snprintf(out, size, "%s/%s", server("HOME"), name);
    FILE *file = fopen(out, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void without_credentials_it_says_where_it_looked(void **state)
{
    (void)state;
    make_without_credentials();
    expect(get_user("ann"), COGMIG_AWS_CREDENTIALS_NOT_FOUND);
    assert_non_null(strstr(cogmig_error_message(err), "AWS_ACCESS_KEY_ID"));
}

static void credentials_are_found_in_the_environment(void **state)
{
    (void)state;
    setenv("AWS_ACCESS_KEY_ID", key_id, 1);
    make_without_credentials();
    expect(get_user("ann"), COGMIG_AWS_CREDENTIALS_NOT_FOUND);
    setenv("AWS_SECRET_ACCESS_KEY", secret_key, 1);
    expect(get_user("ann"), COGMIG_OK);
    setenv("AWS_SESSION_TOKEN", "wrong", 1);
    make_without_credentials();
    expect(get_user("ann"), COGMIG_COGNITO_ACCESS_REFUSED);
}

static void credentials_are_found_in_the_shared_files(void **state)
{
    char path[4096];
    (void)state;
    write_file("credentials",
               "[default]\naws_access_key_id = AKIDOTHER\naws_secret_access_key = x\n"
               "[half]\naws_access_key_id = AKIDEXAMPLE\n",
               path, sizeof path);
    setenv("AWS_SHARED_CREDENTIALS_FILE", path, 1);
    write_file("config",
               "[profile migration]\naws_access_key_id = AKIDEXAMPLE\n"
               "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\n",
               path, sizeof path);
    setenv("AWS_CONFIG_FILE", path, 1);
    make_without_credentials();
    expect(get_user("ann"), COGMIG_COGNITO_ACCESS_REFUSED);
    setenv("AWS_PROFILE", "half", 1);
    make_without_credentials();
    expect(get_user("ann"), COGMIG_AWS_CREDENTIALS_NOT_FOUND);
    setenv("AWS_PROFILE", "migration", 1);
    make_without_credentials();
    expect(get_user("ann"), COGMIG_OK);
}

static void expect_named(const char *profile, const char *named)
{
    setenv("AWS_PROFILE", profile, 1);
    make_without_credentials();
    expect(get_user("ann"), COGMIG_AWS_CREDENTIALS_NOT_FOUND);
    if (strstr(cogmig_error_message(err), named) == NULL)
        fail_msg("%s: %s", profile, cogmig_error_message(err));
}

static void set_container(const char *path);

/* The container would give good ones: those of somebody else. */
static void a_profile_that_only_the_aws_cli_follows_is_told(void **state)
{
    static const char good[] = "aws_access_key_id = AKIDEXAMPLE\n"
                               "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\n";
    char path[4096], text[2048];
    (void)state;
    set_container("/container");
    setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token", 1);
    snprintf(text, sizeof text, "[role]\n%s[process]\n%s", good, good);
    write_file("credentials", text, path, sizeof path);
    setenv("AWS_SHARED_CREDENTIALS_FILE", path, 1);
    snprintf(text, sizeof text,
             "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/r\n"
             "[profile sso]\nsso_session = s\n[profile old-sso]\nsso_account_id = 1\n"
             "[profile half-sso]\nsso_role_name = r\n"
             "[profile login]\nlogin_session = arn:aws:iam::123456789012:user/u\n"
             "[profile web]\nweb_identity_token_file = /token\n"
             "[profile process]\ncredential_process = true\n"
             "[profile process-alone]\ncredential_process = true\n%s",
             good);
    write_file("config", text, path, sizeof path);
    setenv("AWS_CONFIG_FILE", path, 1);
    expect_named("role", "role_arn");
    expect_named("sso", "export-credentials --profile sso");
    expect_named("old-sso", "sso_account_id");
    expect_named("half-sso", "sso_role_name");
    expect_named("login", "login_session");
    expect_named("web", "web_identity_token_file");
    expect_named("process-alone", "credential_process");
    expect_named("nowhere", "no profile \"nowhere\"");
    setenv("AWS_PROFILE", "process", 1); /* keys of the credentials file go first */
    make_without_credentials();
    expect(get_user("ann"), COGMIG_OK);
    unsetenv("AWS_PROFILE");
    make_without_credentials();
    expect(get_user("ann"), COGMIG_OK); /* the container's */
    setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/token", 1);
    make_without_credentials();
    expect(get_user("ann"), COGMIG_AWS_CREDENTIALS_NOT_FOUND);
    setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/r", 1);
    expect(get_user("ann"), COGMIG_AWS_CREDENTIALS_NOT_FOUND);
}

static void set_container(const char *path)
{
    char url[512];
    snprintf(url, sizeof url, "%s%s", server("COGNITO_SERVER"), path);
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, 1);
}

static void credentials_are_found_at_the_container_endpoint(void **state)
{
    char path[4096];
    (void)state;
    set_container("/container");
    make_without_credentials();
    expect(get_user("ann"), COGMIG_COGNITO_RESPONSE_INVALID);
    setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token", 1);
    expect(get_user("ann"), COGMIG_OK);
    write_file("token", "container-token\n", path, sizeof path);
    setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "another", 1);
    setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path, 1);
    make_without_credentials();
    expect(get_user("ann"), COGMIG_OK);
    char *large = calloc(1, 12 * 1024 + 2);
    memset(large, '\n', 12 * 1024 + 1);
    memcpy(large, "container-token", strlen("container-token")); /* right, were it cut */
    write_file("token", large, path, sizeof path);
    free(large);
    make_without_credentials();
    expect(get_user("ann"), COGMIG_AWS_CREDENTIALS_NOT_FOUND);
    assert_non_null(strstr(cogmig_error_message(err), "more than 12288 bytes"));
    assert_non_null(strstr(cogmig_error_message(err), path));
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", server("COGNITO_SERVER_CLOSED"), 1);
    unsetenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    make_without_credentials();
    expect(get_user("ann"), COGMIG_COGNITO_UNREACHABLE);
    assert_non_null(strstr(cogmig_error_message(err), "AWS credentials at"));
    assert_string_equal(cogmig_error_upstream_code(err), "7");
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://elsewhere.example/", 1);
    make_without_credentials();
    expect(get_user("ann"), COGMIG_AWS_CREDENTIALS_NOT_FOUND);
}

/* As the AWS CLI asks it: it is on this machine. */
static void the_container_endpoint_is_asked_without_a_proxy(void **state)
{
    char url[512];
    (void)state;
    snprintf(url, sizeof url, "%s/container", server("COGNITO_SERVER_HTTPS"));
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, 1);
    setenv("https_proxy", server("COGNITO_SERVER_CLOSED"), 1);
    make_without_credentials();
    expect(get_user("ann"), COGMIG_COGNITO_UNREACHABLE);
    unsetenv("https_proxy");
    /* Its certificate was refused, or this machine is slow: not the proxy's port, where nobody is.
     */
    assert_string_not_equal(cogmig_error_upstream_code(err), "7");
}

static void what_would_add_a_header_is_no_credential(void **state)
{
    (void)state;
    setenv("AWS_ACCESS_KEY_ID", key_id, 1);
    setenv("AWS_SECRET_ACCESS_KEY", secret_key, 1);
    setenv("AWS_SESSION_TOKEN", "token\r\nx-amz-evil: 1", 1);
    make_without_credentials();
    expect(get_user("ann"), COGMIG_AWS_CREDENTIALS_NOT_FOUND);
    char *large = calloc(1, 12 * 1024 + 2);
    memset(large, 'x', 12 * 1024 + 1);
    setenv("AWS_SESSION_TOKEN", large, 1); /* nor what no header holds */
    free(large);
    make_without_credentials();
    expect(get_user("ann"), COGMIG_AWS_CREDENTIALS_NOT_FOUND);
    setenv("AWS_SECRET_ACCESS_KEY", "secret\n", 1);
    unsetenv("AWS_SESSION_TOKEN");
    make_without_credentials();
    expect(get_user("ann"), COGMIG_AWS_CREDENTIALS_NOT_FOUND);
    unsetenv("AWS_ACCESS_KEY_ID");
    unsetenv("AWS_SECRET_ACCESS_KEY");
    set_container("/container/headers");
    setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token", 1);
    make_without_credentials();
    expect(get_user("ann"), COGMIG_AWS_CREDENTIALS_NOT_FOUND);
    assert_null(strstr(cogmig_error_message(err), "evil"));
}

/* ---- forks ---- */

enum {
    CHILDREN = 2,
    ROUNDS = 20
};

/* The server answers with the name, and takes one asker on each connection. */
static bool ask_for(const char *name)
{
    for (int i = 0; i < ROUNDS; i++) {
        if (get_user(name) != COGMIG_OK || strcmp(cogmig_cognito_user_name(user), name) != 0)
            return false;
    }
    return true;
}

static void ask_in_a_child(pid_t *ret_child, const char *name)
{
    *ret_child = fork();
    if (*ret_child != 0)
        return;
    bool right = ask_for(name);
    cogmig_cognito_user_free(&user);
    cogmig_cognito_free(&cognito);
    end_child(right ? 0 : 1);
}

static void expect_end(pid_t child)
{
    int how = -1;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_int_equal(how, 0);
}

/* promise 54 */
static void parent_and_children_ask_at_the_same_time(void **state)
{
    (void)state;
    static const char *const names[CHILDREN] = {"asker-1", "asker-2"};
    pid_t children[CHILDREN];
    set_container("/container");
    setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token", 1);
    make_without_credentials();
    assert_true(ask_for("asker-0"));
    for (int i = 0; i < CHILDREN; i++)
        ask_in_a_child(&children[i], names[i]);
    assert_true(ask_for("asker-0"));
    for (int i = 0; i < CHILDREN; i++)
        expect_end(children[i]);
    assert_true(ask_for("asker-0"));
}

/* Forks while the listing's connection is open. */
static cogmig_status take_page_and_fork(void *user_data, const cogmig_cognito_page *page)
{
    pid_t child;
    if (cogmig_cognito_page_size(page) > 0) {
        ask_in_a_child(&child, "asker-1");
        expect_end(child);
    }
    return take_page(user_data, page);
}

static void a_child_that_asks_and_frees_leaves_its_parents_listing_alone(void **state)
{
    struct seen seen = {.pages = 0};
    (void)state;
    make();
    expect(cogmig_cognito_list_users(cognito, NULL, NULL, take_page_and_fork, &seen, err),
           COGMIG_OK);
    assert_int_equal(seen.users, 150);
    assert_true(ask_for("asker-0"));
}

static void credentials_that_aws_calls_expired_are_looked_for_again(void **state)
{
    (void)state;
    set_container("/container/renewed");
    setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token", 1);
    make_without_credentials();
    expect(get_user("ann"), COGMIG_OK);
}

static void credentials_that_expire_soon_are_renewed_and_kept_while_they_last(void **state)
{
    (void)state;
    set_container("/container/short");
    setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token", 1);
    make_without_credentials();
    expect(get_user("ann"), COGMIG_OK);
    set_container("/container/gone"); /* good ones from there too, but the token is refused */
    setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "refused", 1);
    expect(get_user("ann"), COGMIG_OK);
}

/* It has a role, so there are some. */
static void an_instance_that_fails_to_give_them_is_an_outage(void **state)
{
    char url[512];
    (void)state;
    snprintf(url, sizeof url, "%s/broken", server("COGNITO_SERVER"));
    setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", url, 1);
    unsetenv("AWS_EC2_METADATA_DISABLED");
    make_without_credentials();
    expect(get_user("ann"), COGMIG_COGNITO_RESPONSE_INVALID);
    assert_int_equal(cogmig_status_kind(COGMIG_COGNITO_RESPONSE_INVALID), COGMIG_KIND_UNAVAILABLE);
    assert_non_null(strstr(cogmig_error_message(err), "503"));
}

static void credentials_are_found_on_an_instance(void **state)
{
    (void)state;
    setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", server("COGNITO_SERVER"), 1);
    make_without_credentials();
    expect(get_user("ann"), COGMIG_AWS_CREDENTIALS_NOT_FOUND);
    unsetenv("AWS_EC2_METADATA_DISABLED");
    expect(get_user("ann"), COGMIG_OK);
    setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", server("COGNITO_SERVER_CLOSED"), 1);
    make_without_credentials();
    expect(get_user("ann"), COGMIG_AWS_CREDENTIALS_NOT_FOUND);
}

int main(void)
{
#define JOURNEY(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        JOURNEY(a_password_brings_tokens),
        JOURNEY(a_challenge_is_a_result_unless_there_are_tokens),
        JOURNEY(each_refusal_has_its_status),
        JOURNEY(an_error_names_its_request),
        JOURNEY(a_password_that_the_answer_repeats_is_not_in_the_message),
        JOURNEY(throttling_and_inner_errors_are_survived),
        JOURNEY(throttling_without_end_ends_with_the_time),
        JOURNEY(nobody_there_is_an_outage),
        JOURNEY(over_tls_the_certificate_is_checked),
        JOURNEY(a_client_with_a_secret_proves_it),
        JOURNEY(a_refresh_is_proved_with_the_real_user_name),
        JOURNEY(refresh_tokens_rotate_and_are_revoked),
        JOURNEY(what_was_sent_when_the_connection_was_lost_is_not_sent_again),
        JOURNEY(a_forgotten_password_has_a_code_sent),
        JOURNEY(what_cannot_be_sent_is_an_invalid_argument),
        JOURNEY(a_user_is_told_whole),
        JOURNEY(attributes_are_set_together),
        JOURNEY(wrong_credentials_are_an_outage),
        JOURNEY(pool_and_client_are_described_as_cognito_tells_them),
        JOURNEY(lambda_is_asked_who_may_invoke_a_function),
        JOURNEY(where_cognito_is_an_emulator_lambda_is_not_guessed),
        JOURNEY(every_user_is_listed_once_over_empty_and_throttled_pages),
        JOURNEY(a_listing_goes_on_where_it_was_stopped),
        JOURNEY(a_filter_is_sent_as_it_is),
        JOURNEY(a_listing_that_would_not_end_or_makes_no_sense_is_told),
        JOURNEY(without_credentials_it_says_where_it_looked),
        JOURNEY(credentials_are_found_in_the_environment),
        JOURNEY(credentials_are_found_in_the_shared_files),
        JOURNEY(a_profile_that_only_the_aws_cli_follows_is_told),
        JOURNEY(credentials_are_found_at_the_container_endpoint),
        JOURNEY(the_container_endpoint_is_asked_without_a_proxy),
        JOURNEY(what_would_add_a_header_is_no_credential),
        JOURNEY(parent_and_children_ask_at_the_same_time),
        JOURNEY(a_child_that_asks_and_frees_leaves_its_parents_listing_alone),
        JOURNEY(credentials_that_aws_calls_expired_are_looked_for_again),
        JOURNEY(credentials_that_expire_soon_are_renewed_and_kept_while_they_last),
        JOURNEY(an_instance_that_fails_to_give_them_is_an_outage),
        JOURNEY(credentials_are_found_on_an_instance),
    };
    return cmocka_run_group_tests_name("journey: cognito", tests, NULL, NULL);
}
