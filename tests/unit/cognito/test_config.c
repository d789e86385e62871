/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"

#include <cogmig/cognito.h>
#include <stdlib.h>
#include <string.h>

static cogmig_cognito_config *config;
static cogmig_cognito *cognito;
static cogmig_error *err;

static int set_up(void **state)
{
    (void)state;
    return cogmig_error_new(&err) == COGMIG_OK &&
                   cogmig_cognito_config_new(&config, err) == COGMIG_OK
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    (void)state;
    cogmig_cognito_config_free(&config);
    cogmig_cognito_free(&cognito);
    cogmig_error_free(&err);
    return 0;
}

static void a_client_needs_a_pool(void **state)
{
    (void)state;
    assert_int_equal(cogmig_cognito_new(config, &cognito, err), COGMIG_CONFIG_INCOMPLETE);
    assert_int_equal(cogmig_cognito_config_set_pool(config, "eu-central-1", err),
                     COGMIG_POOL_ID_INVALID);
    assert_int_equal(cogmig_cognito_config_set_pool(config, "eu-central-1_AbC", err), COGMIG_OK);
    assert_int_equal(cogmig_cognito_new(config, &cognito, err), COGMIG_OK);
}

static void an_emulators_pool_needs_its_endpoint(void **state)
{
    (void)state;
    assert_int_equal(cogmig_cognito_config_set_pool(config, "local_AbC", err), COGMIG_OK);
    assert_int_equal(cogmig_cognito_new(config, &cognito, err), COGMIG_CONFIG_INCOMPLETE);
    assert_non_null(strstr(cogmig_error_message(err), "COGNITO_ENDPOINT"));
}

static void plain_http_must_be_allowed(void **state)
{
    (void)state;
    cogmig_cognito_config_set_pool(config, "local_AbC", err);
    assert_int_equal(cogmig_cognito_config_set_endpoint(config, "http://127.0.0.1:9229", err),
                     COGMIG_OK);
    assert_int_equal(cogmig_cognito_new(config, &cognito, err), COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_cognito_config_allow_plain_http(config, err), COGMIG_OK);
    assert_int_equal(cogmig_cognito_new(config, &cognito, err), COGMIG_OK);
}

static void values_that_could_split_a_request_are_refused(void **state)
{
    (void)state;
    assert_int_equal(cogmig_cognito_config_set_client(config, "a b", NULL, err),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_cognito_config_set_client(config, "", NULL, err),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_cognito_config_set_client(config, "a", "", err), COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_cognito_config_set_credentials(config, "A\r\n", "s", NULL, err),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_cognito_config_set_credentials(config, "A", "s", "t\n", err),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_cognito_config_set_endpoint(config, "https://host/x", err),
                     COGMIG_CONFIG_INVALID);
}

static void numbers_have_ranges(void **state)
{
    (void)state;
    assert_int_equal(cogmig_cognito_config_set_timeout_ms(config, 0, err), COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_cognito_config_set_timeout_ms(config, 600001, err),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_cognito_config_set_timeout_ms(config, 600000, err), COGMIG_OK);
    assert_int_equal(cogmig_cognito_config_set_list_rate(config, 0, err), COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_cognito_config_set_list_rate(config, 10001, err),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_cognito_config_set_list_rate(config, 10000, err), COGMIG_OK);
}

static void null_is_an_invalid_argument(void **state)
{
    (void)state;
    assert_int_equal(cogmig_cognito_config_new(NULL, err), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_cognito_config_set_pool(NULL, "eu-central-1_AbC", err),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_cognito_config_set_client(config, NULL, NULL, err),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_cognito_new(NULL, &cognito, err), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_cognito_new(config, NULL, err), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_cognito_get_user(NULL, "u", NULL, err), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_cognito_list_users(NULL, NULL, NULL, NULL, NULL, err),
                     COGMIG_INVALID_ARGUMENT);
    assert_null(cogmig_cognito_tokens_access(NULL));
    assert_null(cogmig_cognito_user_attribute(NULL, "sub"));
    assert_int_equal(cogmig_cognito_user_attribute_count(NULL), 0);
    assert_null(cogmig_cognito_user_attribute_name(NULL, 0));
    assert_int_equal(cogmig_cognito_page_size(NULL), 0);
    cogmig_cognito_free(NULL);
    cogmig_cognito_config_free(NULL);
    cogmig_cognito_tokens_free(NULL);
    cogmig_cognito_user_free(NULL);
}

static void the_environment_makes_a_client(void **state)
{
    (void)state;
    unsetenv("COGNITO_USER_POOL_ID");
    assert_int_equal(cogmig_cognito_new_from_env(&cognito, err), COGMIG_CONFIG_INCOMPLETE);
    setenv("COGNITO_USER_POOL_ID", "eu-central-1_AbC", 1);
    setenv("COGNITO_CLIENT_ID", " first , second", 1);
    setenv("COGNITO_CLIENT_SECRET", "", 1);
    assert_int_equal(cogmig_cognito_new_from_env(&cognito, err), COGMIG_OK);
    cogmig_cognito_free(&cognito);
    setenv("COGNITO_ENDPOINT", "http://127.0.0.1:1", 1);
    assert_int_equal(cogmig_cognito_new_from_env(&cognito, err), COGMIG_CONFIG_INVALID);
    setenv("COGMIG_ALLOW_PLAIN_HTTP", "yes", 1);
    assert_int_equal(cogmig_cognito_new_from_env(&cognito, err), COGMIG_CONFIG_INVALID);
    setenv("COGMIG_ALLOW_PLAIN_HTTP", "1", 1);
    assert_int_equal(cogmig_cognito_new_from_env(&cognito, err), COGMIG_OK);
}

/* That an http:// one is refused tells that it was read. */
static void assert_environment(cogmig_status expected)
{
    assert_int_equal(cogmig_cognito_new_from_env(&cognito, err), expected);
    cogmig_cognito_free(&cognito);
}

static void the_endpoints_of_the_aws_cli_are_heeded(void **state)
{
    static const char *const names[] = {
        "COGNITO_ENDPOINT", "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "AWS_ENDPOINT_URL"};
    (void)state;
    setenv("COGNITO_USER_POOL_ID", "eu-central-1_AbC", 1);
    setenv("COGMIG_ALLOW_PLAIN_HTTP", "0", 1);
    for (int i = 0; i < 3; i++)
        unsetenv(names[i]);
    assert_environment(COGMIG_OK);
    for (int i = 2; i >= 0; i--) { /* each outranks the one before */
        setenv(names[i], "http://127.0.0.1:1", 1);
        assert_environment(COGMIG_CONFIG_INVALID);
        setenv(names[i], "https://127.0.0.1:1", 1);
        if (i == 2)
            setenv("AWS_ENDPOINT_URL_LAMBDA", "https://127.0.0.1:1", 1);
        assert_environment(COGMIG_OK);
        setenv(names[i], "https://127.0.0.1:1/path", 1);
        assert_environment(COGMIG_CONFIG_INVALID);
    }
    unsetenv("COGNITO_ENDPOINT");
    assert_environment(COGMIG_CONFIG_INVALID);
    setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "True", 1);
    assert_environment(COGMIG_OK);
    setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false", 1);
    assert_environment(COGMIG_CONFIG_INVALID);
    for (int i = 0; i < 3; i++)
        unsetenv(names[i]);
    unsetenv("AWS_ENDPOINT_URL_LAMBDA");
    unsetenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
}

int main(void)
{
#define WITH_CONFIG(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_CONFIG(a_client_needs_a_pool),
        WITH_CONFIG(an_emulators_pool_needs_its_endpoint),
        WITH_CONFIG(plain_http_must_be_allowed),
        WITH_CONFIG(values_that_could_split_a_request_are_refused),
        WITH_CONFIG(numbers_have_ranges),
        WITH_CONFIG(null_is_an_invalid_argument),
        WITH_CONFIG(the_environment_makes_a_client),
        WITH_CONFIG(the_endpoints_of_the_aws_cli_are_heeded),
    };
    return cmocka_run_group_tests_name("cognito: config", tests, NULL, NULL);
}
