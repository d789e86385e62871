/* SPDX-License-Identifier: Apache-2.0 */
#include "cognito/refusal.h"

#include "base/cleanup.h"
#include "base/json.h"
#include "base/memory.h"
#include "status/error.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
    MAX_TYPE = 200, /* with what stands before and behind the name */
    MAX_SHOWN = 300,
    MAX_ERROR_BODY = 64 * 1024,
    HTTP_TOO_MANY_REQUESTS = 429,
    HTTP_SERVER_ERROR = 500
};

/* What is not here is the request's own fault. */
static const struct {
    const char *type;
    cogmig_status status;
} meanings[] = {
    {"TooManyRequestsException", COGMIG_COGNITO_THROTTLED},
    {"ThrottlingException", COGMIG_COGNITO_THROTTLED},
    {"Throttling", COGMIG_COGNITO_THROTTLED},
    {"RequestLimitExceeded", COGMIG_COGNITO_THROTTLED},
    {"LimitExceededException", COGMIG_COGNITO_THROTTLED},
    {"TooManyFailedAttemptsException", COGMIG_COGNITO_THROTTLED},
    {"InternalErrorException", COGMIG_COGNITO_FAILED},
    {"InternalFailure", COGMIG_COGNITO_FAILED},
    {"ServiceUnavailable", COGMIG_COGNITO_FAILED},
    {"OperationNotEnabledException", COGMIG_COGNITO_FAILED},
    {"CodeDeliveryFailureException", COGMIG_COGNITO_FAILED},
    {"UnexpectedLambdaException", COGMIG_COGNITO_TRIGGER_FAILED},
    {"UserLambdaValidationException", COGMIG_COGNITO_TRIGGER_FAILED},
    {"InvalidLambdaResponseException", COGMIG_COGNITO_TRIGGER_FAILED},
    {"AccessDeniedException", COGMIG_COGNITO_ACCESS_REFUSED},
    {"ForbiddenException", COGMIG_COGNITO_ACCESS_REFUSED},
    {"UnrecognizedClientException", COGMIG_COGNITO_ACCESS_REFUSED},
    {"ExpiredTokenException", COGMIG_COGNITO_ACCESS_REFUSED},
    {"InvalidSignatureException", COGMIG_COGNITO_ACCESS_REFUSED},
    {"IncompleteSignatureException", COGMIG_COGNITO_ACCESS_REFUSED},
    {"IncompleteSignature", COGMIG_COGNITO_ACCESS_REFUSED},
    {"SignatureDoesNotMatch", COGMIG_COGNITO_ACCESS_REFUSED},
    {"RequestExpired", COGMIG_COGNITO_ACCESS_REFUSED},
    {"InvalidClientTokenId", COGMIG_COGNITO_ACCESS_REFUSED},
    {"AccessDenied", COGMIG_COGNITO_ACCESS_REFUSED},
    {"MissingAuthenticationTokenException", COGMIG_COGNITO_ACCESS_REFUSED},
    {"OptInRequired", COGMIG_COGNITO_ACCESS_REFUSED},
    {"InvalidPasswordException", COGMIG_COGNITO_SIGN_IN_REFUSED}, /* as cognito-local has it */
    {"RefreshTokenReuseException", COGMIG_COGNITO_SIGN_IN_REFUSED},
    {"UnsupportedTokenTypeException", COGMIG_COGNITO_SIGN_IN_REFUSED},
    {"PasswordResetRequiredException", COGMIG_COGNITO_RESET_REQUIRED},
    {"UserNotConfirmedException", COGMIG_COGNITO_NOT_CONFIRMED},
    {"UserNotFoundException", COGMIG_COGNITO_USER_NOT_FOUND},
    {"AliasExistsException", COGMIG_COGNITO_ALIAS_TAKEN},
};

/* ---- reading ---- */

struct refusal {
    char type[MAX_TYPE];
    char message[MAX_SHOWN + 1];
    bool repeats_secret; /* the message does */
};

/* AWS has no reason to repeat a password or a token, an emulator may. A short one is found in much
 * that does not repeat it, so only what AWS says in its own words is searched for it. */
static bool repeats(const char *text, size_t len, struct span secret)
{
    return secret.len > 0 && memmem(text, len, secret.bytes, secret.len) != NULL;
}

/* As it is, or as the request's body has it; whatever memory was refused for is hidden. */
static bool repeats_somehow(const char *text, size_t len, struct span secret)
{
    if (secret.len == 0 || repeats(text, len, secret))
        return secret.len > 0;
    SCOPED(buffer_release) struct buffer quoted = buffer_with_max(SIZE_MAX);
    buffer_add_json_string(&quoted, secret);
    return quoted.state != BUFFER_GOOD ||
           repeats(text, len, (struct span){quoted.bytes + 1, quoted.len - 2});
}

enum {
    MIN_MADE = 16 /* AWS makes longer ones; an emulator's "secret" is a word */
};

static bool repeats_any(const char *text, size_t len, const struct refused_call *call)
{
    return repeats_somehow(text, len, call->secret) ||
           (call->client_secret.len >= MIN_MADE && repeats_somehow(text, len, call->client_secret));
}

/* To a wrong signature AWS repeats the headers, behind words that are worth reading. */
static void cut_before_session_token(char *text, size_t len, struct span token)
{
    char *at = token.len < MIN_MADE ? NULL : memmem(text, len, token.bytes, token.len);
    if (at != NULL)
        *at = '\0';
}

/* False when memory is refused.
 *
 * call  NULL: it is not searched for secrets */
static bool take_text(struct json_value object, const char *name, const struct refused_call *call,
                      char *out, size_t size, bool *ret_repeats)
{
    struct json_value value;
    if (out[0] != '\0' || !json_find(object, name, &value) || value.type != JSON_STRING)
        return true;
    char *text = memory_new(value.text.len + 1);
    if (text == NULL)
        return false;
    size_t len = json_string_decode_into(value, text);
    *ret_repeats = call != NULL && repeats_any(text, len, call);
    if (call != NULL)
        cut_before_session_token(text, len, call->session_token);
    snprintf(out, size, "%s", text);
    memory_free(text);
    return true;
}

static bool take_message(struct json_value object, const char *name,
                         const struct refused_call *call, struct refusal *refusal)
{
    return take_text(object, name, call, refusal->message, sizeof refusal->message,
                     &refusal->repeats_secret);
}

/* "com.example#TooManyRequestsException:http://…": what stands between, as botocore reads it. */
static void cut_to_name(char *type)
{
    type[strcspn(type, ":")] = '\0';
    const char *hash = strrchr(type, '#');
    if (hash != NULL)
        memmove(type, hash + 1, strlen(hash + 1) + 1);
}

/* False when memory is refused: the type, and the message of a migration that failed, decide what
 * it means. */
static bool read_body(const struct refused_call *call, const struct http_reply *reply,
                      struct refusal *refusal)
{
    bool ignored;
    struct json_value root;
    if (reply->body.len == 0 || reply->body.len > MAX_ERROR_BODY ||
        !json_check((struct span){reply->body.bytes, reply->body.len}, &root, NULL) ||
        root.type != JSON_OBJECT)
        return true;
    return take_text(root, "__type", NULL, refusal->type, sizeof refusal->type, &ignored) &&
           take_message(root, "message", call, refusal) &&
           take_message(root, "Message", call, refusal);
}

/* Cognito's JSON protocol has the type in the body, Lambda's REST protocol in a header. */
static bool read_refusal(const struct refused_call *call, const struct http_reply *reply,
                         struct refusal *ret_refusal)
{
    *ret_refusal = (struct refusal){.type = ""};
    if (!read_body(call, reply, ret_refusal))
        return false;
    if (ret_refusal->type[0] == '\0')
        snprintf(ret_refusal->type, sizeof ret_refusal->type, "%.*s",
                 (int)sizeof ret_refusal->type - 1, reply->error_type);
    cut_to_name(ret_refusal->type);
    return true;
}

/* ---- judging ---- */

/* To a user it is a no; to whoever signs with AWS credentials it is about those. "Client … is
 * configured with secret but SECRET_HASH was not received" is told to every user of the app client,
 * whatever the password. */
static cogmig_status meaning_of_not_authorized(const struct refused_call *call,
                                               const struct refusal *refusal)
{
    if (strstr(refusal->message, "is configured with secret but") != NULL)
        return COGMIG_COGNITO_REQUEST_REFUSED;
    return call->is_signed ? COGMIG_COGNITO_ACCESS_REFUSED : COGMIG_COGNITO_SIGN_IN_REFUSED;
}

/* AWS Knowledge Center: a trigger without permission, or one whose answer is refused, for an
 * attribute or a value that there is not, is told as a user who was not found. That is no no. */
static bool is_failed_migration(const struct refusal *refusal)
{
    static const char *const signs[] = {"Exception migrating user", "did not conform to the schema",
                                        "finalUserStatus", "messageAction",
                                        "desiredDeliveryMediums"};
    if (strcmp(refusal->type, "UserNotFoundException") != 0)
        return false;
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (strstr(refusal->message, signs[i]) != NULL)
            return true;
    return false;
}

static cogmig_status meaning_of(const struct refused_call *call, int32_t http_status,
                                const struct refusal *refusal)
{
    if (strcmp(refusal->type, "NotAuthorizedException") == 0)
        return meaning_of_not_authorized(call, refusal);
    if (is_failed_migration(refusal))
        return COGMIG_COGNITO_TRIGGER_FAILED;
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (strcmp(refusal->type, meanings[i].type) == 0)
            return meanings[i].status;
    if (http_status == HTTP_TOO_MANY_REQUESTS)
        return COGMIG_COGNITO_THROTTLED;
    if (http_status >= HTTP_SERVER_ERROR)
        return COGMIG_COGNITO_FAILED;
    return refusal->type[0] == '\0' ? COGMIG_COGNITO_RESPONSE_INVALID
                                    : COGMIG_COGNITO_REQUEST_REFUSED;
}

static const char *request_id_of(const struct http_reply *reply)
{
    return reply->request_id[0] == '\0' ? "unknown" : reply->request_id;
}

cogmig_status refusal_of(const struct refused_call *call, const struct http_reply *reply,
                         cogmig_error *err)
{
    struct refusal refusal;
    if (!read_refusal(call, reply, &refusal))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    cogmig_status status = meaning_of(call, reply->http_status, &refusal);
    const char *message = refusal.repeats_secret ? "(it repeats what was sent)" : refusal.message;
    if (refusal.type[0] == '\0') {
        fail(err, status,
             "%s was answered with HTTP status %d and no error that AWS documents (request id %s).",
             call->operation, (int)reply->http_status, request_id_of(reply));
        fail_upstream_number(err, COGMIG_UPSTREAM_HTTP, reply->http_status);
        return status;
    }
    fail(err, status, "%s: %s%s%s (request id %s)", call->operation, refusal.type,
         message[0] == '\0' ? "" : ": ", message, request_id_of(reply));
    fail_upstream(err, COGMIG_UPSTREAM_AWS, refusal.type);
    return status;
}

/* A user's own limit of attempts (LimitExceeded) passes in minutes or hours. */
bool refusal_is_passing(cogmig_status status, const cogmig_error *err)
{
    const char *type = cogmig_error_upstream_code(err);
    if (status == COGMIG_COGNITO_THROTTLED)
        return strcmp(type, "LimitExceededException") != 0 &&
               strcmp(type, "TooManyFailedAttemptsException") != 0;
    return status == COGMIG_COGNITO_FAILED && strcmp(type, "OperationNotEnabledException") != 0 &&
           strcmp(type, "CodeDeliveryFailureException") != 0;
}

bool refusal_is_of_credentials(const cogmig_error *err)
{
    const char *type = cogmig_error_upstream_code(err);
    return strcmp(type, "ExpiredTokenException") == 0 ||
           strcmp(type, "UnrecognizedClientException") == 0;
}
