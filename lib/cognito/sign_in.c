/* SPDX-License-Identifier: Apache-2.0
 * What a user does: no AWS credentials, the app client speaks. */
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "cognito/call.h"
#include "cognito/config.h"
#include "cognito/document.h"
#include "cognito/secret_hash.h"
#include "cognito/tokens.h"
#include "status/error.h"

#include <string.h>

static cogmig_status not_text(cogmig_error *err)
{
    return fail(err, COGMIG_INVALID_ARGUMENT,
                "A user name has 1 to %d bytes and a password 1 to %d, both of UTF-8.",
                4 * COGNITO_MAX_USERNAME, 4 * COGNITO_MAX_PASSWORD);
}

static cogmig_status check_client(const cogmig_cognito *cognito, cogmig_error *err)
{
    return cognito->client_id != NULL
               ? COGMIG_OK
               : fail(err, COGMIG_CONFIG_INCOMPLETE,
                      "No app client was given (COGNITO_CLIENT_ID), in whose name users sign in.");
}

static bool is_username(const char *username)
{
    size_t len = strnlen(username, 4 * COGNITO_MAX_USERNAME + 1);
    return len > 0 && len <= 4 * COGNITO_MAX_USERNAME && span_is_utf8(span_of(username));
}

/* member  SECRET_HASH among AuthParameters, SecretHash elsewhere */
static bool add_secret_hash(const cogmig_cognito *cognito, struct call *call, const char *member,
                            const char *username)
{
    char hash[SECRET_HASH_SIZE];
    if (cognito->client_secret == NULL)
        return true;
    if (!secret_hash(username, cognito->client_id, cognito->client_secret, hash))
        return false;
    call_add(call, member, span_of(hash));
    memory_wipe(hash, sizeof hash);
    return true;
}

static void add_client(const cogmig_cognito *cognito, struct call *call, bool with_raw_secret)
{
    call_add(call, "ClientId", span_of(cognito->client_id));
    if (with_raw_secret && cognito->client_secret != NULL)
        call_add(call, "ClientSecret", span_of(cognito->client_secret));
}

static cogmig_status run_for_tokens(cogmig_cognito *cognito, struct call *call,
                                    cogmig_cognito_tokens **ret_tokens, cogmig_error *err)
{
    SCOPED(answer_release) struct answer answer = {.body = buffer_with_max(0)};
    cogmig_status status = call_run(cognito, call, NULL, &answer, err);
    return status == COGMIG_OK ? tokens_read(&answer, ret_tokens, err) : status;
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_sign_in(cogmig_cognito *cognito, const char *username,
                                                   const char *password, size_t password_len,
                                                   cogmig_cognito_tokens **ret_tokens,
                                                   cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_tokens != NULL)
        *ret_tokens = NULL;
    if (cognito == NULL || username == NULL || password == NULL || ret_tokens == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT,
                    "cognito, username, password or ret_tokens is NULL.");
    struct span secret = {password, password_len};
    if (!is_username(username) || password_len == 0 || password_len > 4 * COGNITO_MAX_PASSWORD ||
        !span_is_utf8(secret))
        return not_text(err);
    cogmig_status status = check_client(cognito, err);
    if (status != COGMIG_OK)
        return status;
    SCOPED(call_release) struct call call = call_begin("InitiateAuth", false);
    call.secret = secret;
    call_add(&call, "AuthFlow", span_of("USER_PASSWORD_AUTH"));
    add_client(cognito, &call, false);
    call_open(&call, "AuthParameters", '{');
    call_add(&call, "USERNAME", span_of(username));
    call_add(&call, "PASSWORD", secret);
    if (!add_secret_hash(cognito, &call, "SECRET_HASH", username))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    call_close(&call, '}');
    return run_for_tokens(cognito, &call, ret_tokens, err);
}

static cogmig_status check_token(cogmig_cognito *cognito, const char *refresh_token,
                                 cogmig_error *err)
{
    cogmig_error_clear(err);
    if (cognito == NULL || refresh_token == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "cognito or refresh_token is NULL.");
    if (refresh_token[0] == '\0' || !span_is_utf8(span_of(refresh_token)))
        return fail(err, COGMIG_INVALID_ARGUMENT, "The refresh token is empty or no text.");
    return check_client(cognito, err);
}

static cogmig_status no_tokens(cogmig_cognito_tokens **ret_tokens, cogmig_error *err)
{
    if (ret_tokens == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "ret_tokens is NULL.");
    *ret_tokens = NULL;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_refresh(cogmig_cognito *cognito,
                                                   const char *refresh_token, const char *username,
                                                   cogmig_cognito_tokens **ret_tokens,
                                                   cogmig_error *err)
{
    cogmig_status status = no_tokens(ret_tokens, err);
    if (status == COGMIG_OK)
        status = check_token(cognito, refresh_token, err);
    if (status != COGMIG_OK)
        return status;
    if (cognito->client_secret != NULL && (username == NULL || !is_username(username)))
        return fail(
            err, COGMIG_INVALID_ARGUMENT,
            "The app client has a secret, so a refresh needs the user name that the "
            "tokens say (\"username\", \"cognito:username\"): with e-mail sign-in the sub.");
    SCOPED(call_release) struct call call = call_begin("InitiateAuth", false);
    call.secret = span_of(refresh_token);
    call_add(&call, "AuthFlow", span_of("REFRESH_TOKEN_AUTH"));
    add_client(cognito, &call, false);
    call_open(&call, "AuthParameters", '{');
    call_add(&call, "REFRESH_TOKEN", span_of(refresh_token));
    if (!add_secret_hash(cognito, &call, "SECRET_HASH", username))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    call_close(&call, '}');
    return run_for_tokens(cognito, &call, ret_tokens, err);
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_get_tokens(cogmig_cognito *cognito,
                                                      const char *refresh_token,
                                                      cogmig_cognito_tokens **ret_tokens,
                                                      cogmig_error *err)
{
    cogmig_status status = no_tokens(ret_tokens, err);
    if (status == COGMIG_OK)
        status = check_token(cognito, refresh_token, err);
    if (status != COGMIG_OK)
        return status;
    SCOPED(call_release) struct call call = call_begin("GetTokensFromRefreshToken", false);
    call.secret = span_of(refresh_token);
    call_add(&call, "RefreshToken", span_of(refresh_token));
    add_client(cognito, &call, true);
    return run_for_tokens(cognito, &call, ret_tokens, err);
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_revoke_token(cogmig_cognito *cognito,
                                                        const char *refresh_token,
                                                        cogmig_error *err)
{
    cogmig_status status = check_token(cognito, refresh_token, err);
    if (status != COGMIG_OK)
        return status;
    SCOPED(answer_release) struct answer answer = {.body = buffer_with_max(0)};
    SCOPED(call_release) struct call call = call_begin("RevokeToken", false);
    call.secret = span_of(refresh_token);
    call_add(&call, "Token", span_of(refresh_token));
    add_client(cognito, &call, true);
    return call_run(cognito, &call, NULL, &answer, err);
}

static cogmig_status take_destination(const struct answer *answer, char **ret_destination,
                                      cogmig_error *err)
{
    struct json_value details;
    SCOPED(text_block_release) struct text_block texts = text_block_new(answer->body.len);
    if (texts.bytes == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    const char *destination = json_find(answer->root, "CodeDeliveryDetails", &details)
                                  ? text_block_member(&texts, details, "Destination")
                                  : NULL;
    *ret_destination = memory_copy_text(destination == NULL ? "" : destination);
    return *ret_destination == NULL ? fail_plainly(err, COGMIG_OUT_OF_MEMORY) : COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_forgot_password(cogmig_cognito *cognito,
                                                           const char *username,
                                                           char **ret_destination,
                                                           cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_destination != NULL)
        *ret_destination = NULL;
    if (cognito == NULL || username == NULL || ret_destination == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "cognito, username or ret_destination is NULL.");
    if (!is_username(username))
        return not_text(err);
    cogmig_status status = check_client(cognito, err);
    if (status != COGMIG_OK)
        return status;
    SCOPED(answer_release) struct answer answer = {.body = buffer_with_max(0)};
    SCOPED(call_release) struct call call = call_begin("ForgotPassword", false);
    add_client(cognito, &call, false);
    call_add(&call, "Username", span_of(username));
    if (!add_secret_hash(cognito, &call, "SecretHash", username))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    status = call_run(cognito, &call, NULL, &answer, err);
    return status == COGMIG_OK ? take_destination(&answer, ret_destination, err) : status;
}
