/* SPDX-License-Identifier: Apache-2.0
 * Every call of cognito.h with each allocation refused in turn. What Cognito answers is then still
 * what is told, or OUT_OF_MEMORY: an outage never becomes a no. */
#include "api_server.h"
#include "cmocka_all.h"
#include "refusal.h"
#include "status/error.h"

#include <cogmig/cognito.h>
#include <cogmig/memory.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char pool[] = "eu-central-1_AbCdEfGhI";
static const char client[] = "1example23456789";
static const char secret[] = "2secret";
static const char key_id[] = "AKIDEXAMPLE";
static const char secret_key[] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

#define REFUSAL(type, message) "{\"__type\":\"" type "\",\"message\":\"" message "\"}"
#define KEYS                                                                                       \
    "{\"AccessKeyId\":\"ASIA\",\"SecretAccessKey\":\"s\",\"Token\":\"t\","                         \
    "\"Expiration\":\"2100-01-01T00:00:00Z\"}"

/* The server asks for what a caller without memory might leave out. */
static const struct api_answer answers[] = {
    {"\"wrong@x\"", 400, REFUSAL("NotAuthorizedException", "Incorrect username or password.")},
    {"\"reset@x\"", 400, REFUSAL("PasswordResetRequiredException", "Reset it.")},
    {"\"untriggered@x\"", 400,
     REFUSAL("UserNotFoundException", "Exception migrating user in app client x")},
    {"\"busy@x\"", 400, REFUSAL("LimitExceededException", "Attempt limit exceeded.")},
    {"\"challenged@x\"", 200, "{\"ChallengeName\":\"SMS_MFA\",\"Session\":\"s\"}"},
    {"InitiateAuth", 200,
     "{\"AuthenticationResult\":{\"AccessToken\":\"a\",\"IdToken\":\"i\",\"RefreshToken\":\"r\","
     "\"ExpiresIn\":3600}}"},
    {"GetTokensFromRefreshToken", 200, "{\"AuthenticationResult\":{\"AccessToken\":\"a\"}}"},
    {"RevokeToken", 200, ""},
    {"ForgotPassword", 200, "{\"CodeDeliveryDetails\":{\"Destination\":\"a***@e***\"}}"},
    {"\"missing@x\"", 400, REFUSAL("UserNotFoundException", "User does not exist.")},
    {"AdminGetUser", 200,
     "{\"Username\":\"s\",\"UserStatus\":\"CONFIRMED\",\"Enabled\":true,"
     "\"UserAttributes\":[{\"Name\":\"email\",\"Value\":\"ann@example.com\"}]}"},
    {"\"PaginationToken\":\"2\"", 200,
     "{\"Users\":[{\"Username\":\"t\",\"UserStatus\":\"CONFIRMED\",\"Enabled\":true,"
     "\"Attributes\":[{\"Name\":\"email\",\"Value\":\"bob@example.com\"}]}]}"},
    {"ListUsers", 200,
     "{\"Users\":[{\"Username\":\"s\",\"UserStatus\":\"CONFIRMED\",\"Enabled\":true,"
     "\"Attributes\":[{\"Name\":\"email\",\"Value\":\"ann@example.com\"}]}],"
     "\"PaginationToken\":\"2\"}"},
    {"\"taken@example.com\"", 400, REFUSAL("AliasExistsException", "Taken.")},
    {"AdminUpdateUserAttributes", 200, "{}"},
    {"DescribeUserPoolClient", 200, "{\"UserPoolClient\":{}}"},
    {"DescribeUserPool", 200, "{\"UserPool\":{}}"},
    {"%3Afunction%3Af/policy?Qualifier=live HTTP", 200, "{\"Policy\":\"{}\"}"},
    /* credentials of a container, and of an instance */
    {"Authorization: container", 200, KEYS},
    {"/container", 401, "{}"},
    {"PUT /latest/api/token", 200, "session"},
    {"/security-credentials/role HTTP", 200, KEYS},
    {"X-aws-ec2-metadata-token: session", 200, "role"},
};

static const char *server;
static char folder[] = "/tmp/cogmig-oom-XXXXXX";
static char profile[64], token_file[64];
static cogmig_cognito_config *config;
static cogmig_cognito *cognito, *finding; /* with credentials, and one that has to find them */
static struct cogmig_error err;

/* ---- the world ---- */

static void write_file(const char *path, const char *content)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(content, file);
    fclose(file);
}

static int start_server(void **state)
{
    (void)state;
    server = api_server_start(answers, sizeof answers / sizeof answers[0]);
    assert_non_null(mkdtemp(folder));
    snprintf(profile, sizeof profile, "%s/credentials", folder);
    snprintf(token_file, sizeof token_file, "%s/token", folder);
    write_file(profile, "[default]\naws_access_key_id = AKID\naws_secret_access_key = s\n"
                        "aws_session_token = t\n[another]\n");
    write_file(token_file, "container\n");
    setenv("AWS_SHARED_CREDENTIALS_FILE", profile, 1);
    return 0;
}

static int stop_server(void **state)
{
    (void)state;
    unlink(profile);
    unlink(token_file);
    rmdir(folder);
    api_server_stop();
    return 0;
}

static cogmig_status configure(cogmig_cognito_config *made)
{
    cogmig_status status = cogmig_cognito_config_set_pool(made, pool, &err);
    if (status == COGMIG_OK)
        status = cogmig_cognito_config_set_client(made, client, secret, &err);
    if (status == COGMIG_OK)
        status = cogmig_cognito_config_set_endpoint(made, server, &err);
    if (status == COGMIG_OK)
        status = cogmig_cognito_config_set_lambda_endpoint(made, server, &err);
    if (status == COGMIG_OK)
        status = cogmig_cognito_config_allow_plain_http(made, &err);
    if (status == COGMIG_OK)
        status = cogmig_cognito_config_set_timeout_ms(made, 60000, &err);
    if (status == COGMIG_OK)
        status = cogmig_cognito_config_set_list_rate(made, 10000, &err);
    return status;
}

static cogmig_cognito_config *new_config(void)
{
    cogmig_cognito_config *made = NULL;
    assert_int_equal(cogmig_cognito_config_new(&made, NULL), COGMIG_OK);
    assert_int_equal(configure(made), COGMIG_OK);
    return made;
}

static void make_world(void)
{
    config = new_config();
    assert_int_equal(cogmig_cognito_new(config, &finding, NULL), COGMIG_OK);
    assert_int_equal(
        cogmig_cognito_config_set_credentials(config, key_id, secret_key, "token", NULL),
        COGMIG_OK);
    assert_int_equal(cogmig_cognito_new(config, &cognito, NULL), COGMIG_OK);
    cogmig_error_clear(&err);
}

static void release_world(void)
{
    cogmig_cognito_config_free(&config);
    cogmig_cognito_free(&cognito);
    cogmig_cognito_free(&finding);
}

/* ---- configuration ---- */

static cogmig_status make_config(void)
{
    cogmig_cognito_config *made = NULL;
    cogmig_status status = cogmig_cognito_config_new(&made, &err);
    if (status == COGMIG_OK)
        status = configure(made);
    if (status == COGMIG_OK)
        status = cogmig_cognito_config_set_ca_file(made, profile, &err);
    if (status == COGMIG_OK)
        status = cogmig_cognito_config_set_credentials(made, key_id, secret_key, "token", &err);
    cogmig_cognito_config_free(&made);
    return status;
}

static cogmig_status made(cogmig_status status, cogmig_cognito *client_made)
{
    assert_int_equal(status == COGMIG_OK, client_made != NULL);
    cogmig_cognito_free(&client_made);
    return status;
}

static cogmig_status make(void)
{
    cogmig_cognito *client_made = NULL;
    cogmig_status status = cogmig_cognito_new(config, &client_made, &err);
    return made(status, client_made);
}

static cogmig_status make_from_env(void)
{
    cogmig_cognito *client_made = NULL;
    setenv("COGNITO_USER_POOL_ID", pool, 1);
    setenv("COGNITO_CLIENT_ID", "1example23456789, 2", 1);
    setenv("COGNITO_CLIENT_SECRET", secret, 1);
    cogmig_status status = cogmig_cognito_new_from_env(&client_made, &err);
    return made(status, client_made);
}

static cogmig_status set_from_env(void)
{
    setenv("COGNITO_USER_POOL_ID", pool, 1);
    setenv("COGNITO_ENDPOINT", "https://vpce.example", 1);
    cogmig_status status = cogmig_cognito_config_set_from_env(config, &err);
    unsetenv("COGNITO_ENDPOINT");
    return status;
}

/* ---- what users do ---- */

static cogmig_status tokens_of(cogmig_status status, cogmig_cognito_tokens *tokens)
{
    assert_int_equal(status == COGMIG_OK, tokens != NULL);
    assert_int_equal(cogmig_error_status(&err), status);
    if (status == COGMIG_OK && cogmig_cognito_tokens_challenge(tokens) == NULL)
        assert_string_equal(cogmig_cognito_tokens_access(tokens), "a");
    cogmig_cognito_tokens_free(&tokens);
    return status;
}

static cogmig_status sign_in_as(const char *name)
{
    cogmig_cognito_tokens *tokens = NULL;
    cogmig_status status = cogmig_cognito_sign_in(cognito, name, "p", 1, &tokens, &err);
    return tokens_of(status, tokens);
}

static cogmig_status sign_in(void)
{
    cogmig_cognito_tokens *tokens = NULL;
    cogmig_status status = cogmig_cognito_sign_in(cognito, "ann@x", "p", 1, &tokens, &err);
    if (status == COGMIG_OK) {
        assert_string_equal(cogmig_cognito_tokens_id(tokens), "i");
        assert_string_equal(cogmig_cognito_tokens_refresh(tokens), "r");
        assert_int_equal(cogmig_cognito_tokens_expires_in_s(tokens), 3600);
    }
    return tokens_of(status, tokens);
}

static cogmig_status sign_in_challenged(void)
{
    cogmig_cognito_tokens *tokens = NULL;
    cogmig_status status = cogmig_cognito_sign_in(cognito, "challenged@x", "p", 1, &tokens, &err);
    if (status == COGMIG_OK) {
        assert_string_equal(cogmig_cognito_tokens_challenge(tokens), "SMS_MFA");
        assert_string_equal(cogmig_cognito_tokens_session(tokens), "s");
    }
    return tokens_of(status, tokens);
}

static cogmig_status sign_in_wrong(void)
{
    return sign_in_as("wrong@x");
}

static cogmig_status sign_in_reset(void)
{
    return sign_in_as("reset@x");
}

static cogmig_status sign_in_untriggered(void)
{
    return sign_in_as("untriggered@x");
}

static cogmig_status sign_in_limited(void)
{
    return sign_in_as("busy@x");
}

static cogmig_status refresh(void)
{
    cogmig_cognito_tokens *tokens = NULL;
    cogmig_status status = cogmig_cognito_refresh(cognito, "r", "s", &tokens, &err);
    return tokens_of(status, tokens);
}

static cogmig_status get_tokens(void)
{
    cogmig_cognito_tokens *tokens = NULL;
    cogmig_status status = cogmig_cognito_get_tokens(cognito, "r", &tokens, &err);
    return tokens_of(status, tokens);
}

static cogmig_status revoke_token(void)
{
    return cogmig_cognito_revoke_token(cognito, "r", &err);
}

static cogmig_status forgot_password(void)
{
    char *destination = NULL;
    cogmig_status status = cogmig_cognito_forgot_password(cognito, "ann@x", &destination, &err);
    assert_int_equal(status == COGMIG_OK, destination != NULL);
    if (status == COGMIG_OK)
        assert_string_equal(destination, "a***@e***");
    cogmig_free(destination);
    return status;
}

static cogmig_status hash(void)
{
    char *hashed = NULL;
    cogmig_status status = cogmig_cognito_secret_hash("ann@x", client, secret, &hashed, &err);
    assert_int_equal(status == COGMIG_OK, hashed != NULL);
    cogmig_free(hashed);
    return status;
}

/* ---- what an administrator does ---- */

static void check_user(const cogmig_cognito_user *user, const char *name, const char *email)
{
    assert_string_equal(cogmig_cognito_user_name(user), name);
    assert_string_equal(cogmig_cognito_user_status(user), "CONFIRMED");
    assert_true(cogmig_cognito_user_enabled(user));
    assert_string_equal(cogmig_cognito_user_attribute(user, "email"), email);
    assert_int_equal(cogmig_cognito_user_attribute_count(user), 1);
    assert_string_equal(cogmig_cognito_user_attribute_name(user, 0), "email");
}

static cogmig_status get_user_by(cogmig_cognito *asked, const char *name)
{
    cogmig_cognito_user *user = NULL;
    cogmig_status status = cogmig_cognito_get_user(asked, name, &user, &err);
    assert_int_equal(status == COGMIG_OK, user != NULL);
    if (status == COGMIG_OK)
        check_user(user, "s", "ann@example.com");
    cogmig_cognito_user_free(&user);
    return status;
}

static cogmig_status get_user(void)
{
    return get_user_by(cognito, "ann@x");
}

static cogmig_status get_nobody(void)
{
    return get_user_by(cognito, "missing@x");
}

static cogmig_status count_page(void *user_data, const cogmig_cognito_page *page)
{
    int *users = user_data;
    bool is_last = cogmig_cognito_page_next(page) == NULL;
    assert_int_equal(cogmig_cognito_page_size(page), 1);
    check_user(cogmig_cognito_page_user(page, 0), is_last ? "t" : "s",
               is_last ? "bob@example.com" : "ann@example.com");
    ++*users;
    return COGMIG_OK;
}

static cogmig_status list_users(void)
{
    int users = 0;
    cogmig_status status =
        cogmig_cognito_list_users(cognito, "email ^= \"a\"", NULL, count_page, &users, &err);
    if (status == COGMIG_OK)
        assert_int_equal(users, 2);
    return status;
}

static cogmig_status set_email(const char *email)
{
    const char *const names[] = {"email", "email_verified"};
    const char *const values[] = {email, "true"};
    return cogmig_cognito_update_user(cognito, "ann@x", names, values, 2, &err);
}

static cogmig_status update_user(void)
{
    return set_email("ann@example.com");
}

static cogmig_status update_user_taken(void)
{
    return set_email("taken@example.com");
}

static cogmig_status described(cogmig_status status, char *json)
{
    assert_int_equal(status == COGMIG_OK, json != NULL);
    cogmig_free(json);
    return status;
}

static cogmig_status describe_pool(void)
{
    char *json = NULL;
    cogmig_status status = cogmig_cognito_describe_pool(cognito, &json, NULL, &err);
    return described(status, json);
}

static cogmig_status describe_client(void)
{
    char *json = NULL;
    cogmig_status status = cogmig_cognito_describe_client(cognito, &json, NULL, &err);
    return described(status, json);
}

static cogmig_status get_function_policy(void)
{
    static const char arn[] = "arn:aws:lambda:eu-central-1:123456789012:function:f:live";
    char *json = NULL;
    cogmig_status status = cogmig_cognito_get_function_policy(cognito, arn, &json, NULL, &err);
    return described(status, json);
}

/* ---- credentials that are found ---- */

static cogmig_status find_in_profile(void)
{
    return get_user_by(finding, "ann@x");
}

static cogmig_status find_in_environment(void)
{
    setenv("AWS_ACCESS_KEY_ID", key_id, 1);
    setenv("AWS_SECRET_ACCESS_KEY", secret_key, 1);
    cogmig_status status = get_user_by(finding, "ann@x");
    unsetenv("AWS_ACCESS_KEY_ID");
    unsetenv("AWS_SECRET_ACCESS_KEY");
    return status;
}

static cogmig_status ask_container(const char *variable, const char *value)
{
    char url[128];
    snprintf(url, sizeof url, "%s/container", server);
    setenv("AWS_PROFILE", "another", 1);
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, 1);
    setenv(variable, value, 1);
    cogmig_status status = get_user_by(finding, "ann@x");
    unsetenv(variable);
    unsetenv("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    unsetenv("AWS_PROFILE");
    return status;
}

static cogmig_status find_in_container(void)
{
    return ask_container("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container");
}

static cogmig_status find_in_container_by_file(void)
{
    return ask_container("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token_file);
}

static cogmig_status find_in_instance(void)
{
    setenv("AWS_PROFILE", "another", 1);
    setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", server, 1);
    cogmig_status status = get_user_by(finding, "ann@x");
    unsetenv("AWS_EC2_METADATA_SERVICE_ENDPOINT");
    unsetenv("AWS_PROFILE");
    return status;
}

static void check_world(void)
{
    assert_int_equal(sign_in(), COGMIG_OK);
}

static const struct world world = {make_world, check_world, NULL, release_world};

/* promise 4 */
static void no_refused_allocation_does_harm(void **state)
{
    static const struct step steps[] = {
        STEP(make_config, OK),
        STEP(make, OK),
        STEP(make_from_env, OK),
        STEP(set_from_env, OK),
        STEP(sign_in, OK),
        STEP(sign_in_challenged, OK),
        STEP(sign_in_wrong, COGNITO_SIGN_IN_REFUSED),
        STEP(sign_in_reset, COGNITO_RESET_REQUIRED),
        STEP(sign_in_untriggered, COGNITO_TRIGGER_FAILED),
        STEP(sign_in_limited, COGNITO_THROTTLED),
        STEP(refresh, OK),
        STEP(get_tokens, OK),
        STEP(revoke_token, OK),
        STEP(forgot_password, OK),
        STEP(hash, OK),
        STEP(get_user, OK),
        STEP(get_nobody, COGNITO_USER_NOT_FOUND),
        STEP(list_users, OK),
        STEP(update_user, OK),
        STEP(update_user_taken, COGNITO_ALIAS_TAKEN),
        STEP(describe_pool, OK),
        STEP(describe_client, OK),
        STEP(get_function_policy, OK),
        STEP(find_in_profile, OK),
        STEP(find_in_environment, OK),
        STEP(find_in_container, OK),
        STEP(find_in_container_by_file, OK),
        STEP(find_in_instance, OK),
    };
    (void)state;
    sweep(&world, steps, sizeof steps / sizeof steps[0]);
}

/* promises 1, 4 */
static void memory_that_libcurl_is_refused_is_an_outage(void **state)
{
    static const struct step steps[] = {
        STEP(sign_in, OK),
        STEP(sign_in_wrong, COGNITO_SIGN_IN_REFUSED),
        STEP(get_nobody, COGNITO_USER_NOT_FOUND),
        STEP(list_users, OK),
    };
    (void)state;
    refusal_include_libcurl();
    sweep(&world, steps, sizeof steps / sizeof steps[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_refused_allocation_does_harm),
        cmocka_unit_test(memory_that_libcurl_is_refused_is_an_outage),
    };
    refusal_prepare();
    refusal_prepare_libcurl();
    return cmocka_run_group_tests_name("Cognito's API", tests, start_server, stop_server);
}
