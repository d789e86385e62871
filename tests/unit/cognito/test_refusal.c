/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "cognito/refusal.h"
#include "status/error.h"

#include <stdio.h>
#include <string.h>

#define TEST(function) cmocka_unit_test(function)

static struct cogmig_error err;

static const char *sent = "";        /* the password */
static const char *proved_with = ""; /* the app client's secret */
static const char *signed_with = ""; /* the session token */

static cogmig_status judge(int32_t http_status, bool is_signed, const char *body)
{
    const struct refused_call call = {"InitiateAuth", is_signed, span_of(sent),
                                      span_of(proved_with), span_of(signed_with)};
    struct http_reply reply = {.http_status = http_status, .body = buffer_with_max(1 << 20)};
    buffer_add_text(&reply.body, body);
    snprintf(reply.request_id, sizeof reply.request_id, "request-1");
    cogmig_status status = refusal_of(&call, &reply, &err);
    assert_int_equal(status, err.status);
    buffer_release(&reply.body);
    return status;
}

static cogmig_status of_type(const char *type)
{
    char body[128];
    snprintf(body, sizeof body, "{\"__type\":\"%s\",\"message\":\"m\"}", type);
    return judge(400, false, body);
}

static void the_message_names_operation_type_and_request(void **state)
{
    (void)state;
    assert_int_equal(judge(400, false,
                           "{\"__type\":\"NotAuthorizedException\","
                           "\"message\":\"Incorrect username or password.\"}"),
                     COGMIG_COGNITO_SIGN_IN_REFUSED);
    assert_string_equal(err.message, "InitiateAuth: NotAuthorizedException: Incorrect username or "
                                     "password. (request id request-1)");
    assert_int_equal(err.upstream, COGMIG_UPSTREAM_AWS);
    assert_string_equal(err.upstream_code, "NotAuthorizedException");
}

static void the_type_may_come_with_prefix_and_suffix_and_the_message_in_capitals(void **state)
{
    (void)state;
    assert_int_equal(judge(400, false,
                           "{\"__type\":\"a.b#UserNotConfirmedException:http://x#y\","
                           "\"Message\":\"Big\"}"),
                     COGMIG_COGNITO_NOT_CONFIRMED);
    assert_string_equal(err.upstream_code, "UserNotConfirmedException");
    assert_non_null(strstr(err.message, ": Big ("));
}

static void a_long_type_with_a_prefix_is_told_whole(void **state)
{
    (void)state;
    assert_int_equal(
        of_type("com.amazonaws.cognito#InvalidUserPoolConfigurationException:http://x"),
        COGMIG_COGNITO_REQUEST_REFUSED);
    assert_string_equal(err.upstream_code, "InvalidUserPoolConfigurationException");
    assert_non_null(strstr(err.message, "InvalidUserPoolConfigurationException: m"));
}

static void what_was_sent_is_left_out_of_the_message_and_nothing_else(void **state)
{
    char body[700];
    (void)state;
    sent = "b"; /* which is in the names, too */
    judge(400, false,
          "{\"__type\":\"UserLambdaValidationException\",\"message\":\"PreSignUp: b is bad\"}");
    assert_string_equal(err.message, "InitiateAuth: UserLambdaValidationException: (it repeats "
                                     "what was sent) (request id request-1)");
    sent = "x"; /* that it was no missing user is seen all the same */
    assert_int_equal(judge(400, false,
                           "{\"__type\":\"UserNotFoundException\",\"message\":\"Exception "
                           "migrating user in app client x\"}"),
                     COGMIG_COGNITO_TRIGGER_FAILED);
    sent = "b";
    of_type("ForbiddenException");
    assert_string_equal(err.message, "InitiateAuth: ForbiddenException: m (request id request-1)");
    sent = "correct horse";
    snprintf(body, sizeof body, "{\"__type\":\"E\",\"message\":\"%*s%s\"}", 293, "x", sent);
    judge(400, false, body);
    sent = "";
    assert_null(strstr(err.message, "correct")); /* nor where the message is cut */
}

static void a_body_that_is_repeated_is_left_out_of_the_message(void **state)
{
    (void)state;
    sent = "hunt\"er\x01";
    judge(400, false,
          "{\"__type\":\"SerializationException\",\"message\":\"{\\\"PASSWORD\\\":"
          "\\\"hunt\\\\\\\"er\\\\u0001\\\"}\"}");
    sent = "";
    assert_string_equal(err.message, "InitiateAuth: SerializationException: (it repeats what was "
                                     "sent) (request id request-1)");
}

static void an_app_clients_secret_is_left_out_of_the_message(void **state)
{
    (void)state;
    proved_with = "1example2secret3value";
    judge(
        400, false,
        "{\"__type\":\"InvalidParameterException\",\"message\":\"Value '1example2secret3value' at "
        "'clientSecret' is none\"}");
    proved_with = "";
    assert_string_equal(err.message, "InitiateAuth: InvalidParameterException: (it repeats what "
                                     "was sent) (request id request-1)");
}

/* AWS repeats the headers that it would have signed. */
static void a_session_token_is_cut_off_the_message(void **state)
{
    (void)state;
    signed_with = "AQoDYXdzEPTexampleLEtc764bNrC9SAPBSM22wDOk4x4";
    judge(
        403, true,
        "{\"__type\":\"InvalidSignatureException\",\"message\":\"it does not match: 'POST\\n/\\n\\n"
        "x-amz-security-token:AQoDYXdzEPTexampleLEtc764bNrC9SAPBSM22wDOk4x4'\"}");
    assert_string_equal(err.message, "InitiateAuth: InvalidSignatureException: it does not match: "
                                     "'POST?/??x-amz-security-token: (request id request-1)");
    signed_with = "token"; /* an emulator's */
    judge(400, true, "{\"__type\":\"ExpiredTokenException\",\"message\":\"The token is expired\"}");
    signed_with = "";
    assert_non_null(strstr(err.message, "The token is expired"));
}

/* Amazon Cognito API Reference, Common errors; and the names of AWS's older protocols. */
static void faults_of_the_signature_are_told_from_those_of_the_request(void **state)
{
    static const char *const refused[] = {"IncompleteSignature",   "RequestExpired",
                                          "SignatureDoesNotMatch", "InvalidClientTokenId",
                                          "AccessDenied",          "UnrecognizedClientException"};
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_int_equal(of_type(refused[i]), COGMIG_COGNITO_ACCESS_REFUSED);
    assert_int_equal(of_type("Throttling"), COGMIG_COGNITO_THROTTLED);
    assert_int_equal(of_type("RequestLimitExceeded"), COGMIG_COGNITO_THROTTLED);
    assert_int_equal(of_type("ValidationError"), COGMIG_COGNITO_REQUEST_REFUSED);
}

/* promise 1 */
static void not_authorized_is_a_no_to_users_and_an_outage_to_administrators(void **state)
{
    (void)state;
    assert_int_equal(judge(400, true, "{\"__type\":\"NotAuthorizedException\"}"),
                     COGMIG_COGNITO_ACCESS_REFUSED);
    assert_int_equal(cogmig_status_kind(COGMIG_COGNITO_ACCESS_REFUSED), COGMIG_KIND_UNAVAILABLE);
    assert_int_equal(cogmig_status_kind(of_type("NotAuthorizedException")), COGMIG_KIND_DENIED);
}

/* Seen in aws-amplify/amplify-android#2504: every user of the app client is told so. */
static void a_client_secret_that_is_not_set_is_no_denial(void **state)
{
    (void)state;
    assert_int_equal(
        judge(400, false,
              "{\"__type\":\"NotAuthorizedException\",\"message\":\"Client 1example is "
              "configured with secret but SECRET_HASH was not received\"}"),
        COGMIG_COGNITO_REQUEST_REFUSED);
}

static void a_failed_trigger_is_no_missing_user(void **state)
{
    (void)state;
    assert_int_equal(judge(400, false,
                           "{\"__type\":\"UserNotFoundException\",\"message\":\"Exception "
                           "migrating user in app client x\"}"),
                     COGMIG_COGNITO_TRIGGER_FAILED);
    assert_int_equal(of_type("UserNotFoundException"), COGMIG_COGNITO_USER_NOT_FOUND);
}

/* AWS Knowledge Center, errors of the migration trigger: an attribute that the pool does not have,
 * and a value that is none of those there are. */
static void a_triggers_answer_that_is_refused_is_no_missing_user(void **state)
{
    static const char *const messages[] = {
        "Attributes did not conform to the schema: custom:x: Attribute does not exist.",
        "invalid finalUserStatus", "invalid messageAction", "invalid desiredDeliveryMediums"};
    (void)state;
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        char body[256];
        snprintf(body, sizeof body, "{\"__type\":\"UserNotFoundException\",\"message\":\"%s\"}",
                 messages[i]);
        assert_int_equal(judge(400, false, body), COGMIG_COGNITO_TRIGGER_FAILED);
    }
}

static void the_rest_is_by_http_status(void **state)
{
    (void)state;
    assert_int_equal(judge(429, false, ""), COGMIG_COGNITO_THROTTLED);
    assert_int_equal(judge(503, false, "<html>"), COGMIG_COGNITO_FAILED);
    assert_non_null(strstr(err.message, "(request id request-1)"));
    assert_int_equal(judge(403, false, "<html>"), COGMIG_COGNITO_RESPONSE_INVALID);
    assert_string_equal(err.upstream_code, "403");
    assert_int_equal(judge(400, false, "{\"message\":\"m\"}"), COGMIG_COGNITO_RESPONSE_INVALID);
    assert_int_equal(judge(400, false, "[]"), COGMIG_COGNITO_RESPONSE_INVALID);
    assert_int_equal(of_type("SomethingNewException"), COGMIG_COGNITO_REQUEST_REFUSED);
}

static bool is_passing(const char *type)
{
    cogmig_status status = of_type(type);
    return refusal_is_passing(status, &err);
}

static void only_throttling_and_inner_errors_are_worth_another_attempt(void **state)
{
    static const char *const lasting[] = {
        "NotAuthorizedException",         "UserNotFoundException",
        "InvalidParameterException",      "UserLambdaValidationException",
        "LimitExceededException",         "UnexpectedLambdaException",
        "TooManyFailedAttemptsException", "OperationNotEnabledException"};
    (void)state;
    assert_true(is_passing("TooManyRequestsException"));
    assert_true(is_passing("ThrottlingException"));
    assert_true(is_passing("InternalErrorException"));
    for (size_t i = 0; i < sizeof lasting / sizeof lasting[0]; i++)
        assert_false(is_passing(lasting[i]));
}

/* promise 57 */
static void a_huge_or_broken_body_is_survived(void **state)
{
    char body[2000];
    (void)state;
    memset(body, 'x', sizeof body);
    memcpy(body, "{\"__type\":\"", 11);
    memcpy(body + sizeof body - 3, "\"}", 3);
    assert_int_equal(judge(400, false, body), COGMIG_COGNITO_REQUEST_REFUSED);
    assert_int_equal(strlen(err.upstream_code), ERROR_MAX_UPSTREAM_CODE - 1);
    assert_int_equal(judge(400, false, "{\"__type\":17}"), COGMIG_COGNITO_RESPONSE_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_message_names_operation_type_and_request),
        TEST(the_type_may_come_with_prefix_and_suffix_and_the_message_in_capitals),
        TEST(not_authorized_is_a_no_to_users_and_an_outage_to_administrators),
        TEST(a_client_secret_that_is_not_set_is_no_denial),
        TEST(a_failed_trigger_is_no_missing_user),
        TEST(a_triggers_answer_that_is_refused_is_no_missing_user),
        TEST(the_rest_is_by_http_status),
        TEST(a_long_type_with_a_prefix_is_told_whole),
        TEST(what_was_sent_is_left_out_of_the_message_and_nothing_else),
        TEST(a_body_that_is_repeated_is_left_out_of_the_message),
        TEST(an_app_clients_secret_is_left_out_of_the_message),
        TEST(a_session_token_is_cut_off_the_message),
        TEST(faults_of_the_signature_are_told_from_those_of_the_request),
        TEST(only_throttling_and_inner_errors_are_worth_another_attempt),
        TEST(a_huge_or_broken_body_is_survived),
    };
    return cmocka_run_group_tests_name("cognito: refusal", tests, NULL, NULL);
}
