/* SPDX-License-Identifier: Apache-2.0 */
#include "cognito/credentials.h"

#include "base/memory.h"
#include "cognito/environment.h"
#include "cognito/metadata.h"
#include "cognito/profile.h"
#include "status/error.h"

#include <string.h>

bool credentials_set(struct credentials *credentials, const char *access_key_id,
                     const char *secret_access_key, const char *session_token)
{
    bool is_temporary = session_token != NULL && session_token[0] != '\0';
    credentials_release(credentials);
    credentials->access_key_id = memory_copy_text(access_key_id);
    credentials->secret_access_key = memory_copy_text(secret_access_key);
    credentials->session_token = is_temporary ? memory_copy_text(session_token) : NULL;
    if (credentials->access_key_id != NULL && credentials->secret_access_key != NULL &&
        is_temporary == (credentials->session_token != NULL))
        return true;
    credentials_release(credentials);
    return false;
}

bool credentials_copy(const struct credentials *credentials, struct credentials *ret_copy)
{
    if (!credentials_set(ret_copy, credentials->access_key_id, credentials->secret_access_key,
                         credentials->session_token))
        return false;
    ret_copy->expires_at_s = credentials->expires_at_s;
    return true;
}

void credentials_release(struct credentials *credentials)
{
    memory_free(credentials->access_key_id);
    memory_free(credentials->secret_access_key);
    memory_free(credentials->session_token);
    *credentials = (struct credentials){.access_key_id = NULL};
}

bool credentials_expire_within(const struct credentials *credentials, int64_t now_s, int64_t in_s)
{
    return credentials->expires_at_s != 0 && credentials->expires_at_s - now_s <= in_s;
}

static cogmig_status from_environment(struct credentials *ret_credentials, cogmig_error *err)
{
    const char *id = variable("AWS_ACCESS_KEY_ID"), *secret = variable("AWS_SECRET_ACCESS_KEY");
    const char *token = variable("AWS_SESSION_TOKEN");
    if (token == NULL)
        token =
            variable("AWS_SECURITY_TOKEN"); /* as it was called, which the AWS CLI still reads */
    if (id == NULL && secret == NULL)
        return COGMIG_OK;
    if (id == NULL || secret == NULL)
        return fail(err, COGMIG_AWS_CREDENTIALS_NOT_FOUND,
                    "Of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY only one is set.");
    return credentials_set(ret_credentials, id, secret, token)
               ? COGMIG_OK
               : fail_plainly(err, COGMIG_OUT_OF_MEMORY);
}

/* Kubernetes' roles for service accounts: without them the machine's own role would be taken. */
static cogmig_status refuse_web_identity(cogmig_error *err)
{
    if (variable("AWS_WEB_IDENTITY_TOKEN_FILE") == NULL)
        return COGMIG_OK;
    return fail(err, COGMIG_AWS_CREDENTIALS_NOT_FOUND,
                "AWS_WEB_IDENTITY_TOKEN_FILE is set, which only the AWS CLI follows: eval \"$(aws "
                "configure export-credentials --format env)\", or use EKS Pod Identity.");
}

/* They become headers of the request: printable ASCII without blanks. */
static bool is_sendable(const char *text, size_t max)
{
    if (strnlen(text, max + 1) > max)
        return false;
    for (; *text != '\0'; text++)
        if (*text <= ' ' || *text > '~')
            return false;
    return true;
}

static cogmig_status check(struct credentials *credentials, cogmig_error *err)
{
    const char *token = credentials->session_token == NULL ? "" : credentials->session_token;
    if (is_sendable(credentials->access_key_id, CREDENTIALS_MAX_KEY) &&
        is_sendable(credentials->secret_access_key, CREDENTIALS_MAX_KEY) &&
        is_sendable(token, CREDENTIALS_MAX_TOKEN))
        return COGMIG_OK;
    credentials_release(credentials);
    return fail(
        err, COGMIG_AWS_CREDENTIALS_NOT_FOUND,
        "The AWS credentials that were found are too long, or have a blank, a line's end or "
        "what is no ASCII in them: look at AWS_ACCESS_KEY_ID and its like, the shared "
        "files or the endpoint that gives them.");
}

cogmig_status credentials_find(struct deadline deadline, struct credentials *ret_credentials,
                               cogmig_error *err)
{
    cogmig_status status = from_environment(ret_credentials, err);
    if (status == COGMIG_OK && ret_credentials->access_key_id == NULL)
        status = refuse_web_identity(err);
    if (status == COGMIG_OK && ret_credentials->access_key_id == NULL)
        status = credentials_from_profile(ret_credentials, err);
    if (status == COGMIG_OK && ret_credentials->access_key_id == NULL)
        status = credentials_from_container(deadline, ret_credentials, err);
    if (status == COGMIG_OK && ret_credentials->access_key_id == NULL)
        status = credentials_from_instance(deadline, ret_credentials, err);
    if (status == COGMIG_OK && ret_credentials->access_key_id != NULL)
        status = check(ret_credentials, err);
    if (status != COGMIG_OK || ret_credentials->access_key_id != NULL)
        return status;
    return fail(err, COGMIG_AWS_CREDENTIALS_NOT_FOUND,
                "No AWS credentials in AWS_ACCESS_KEY_ID, in profile \"%s\" of the shared files, "
                "from a container or from instance metadata. For SSO and roles: "
                "eval \"$(aws configure export-credentials --format env)\".",
                profile_name());
}
