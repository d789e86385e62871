/* SPDX-License-Identifier: Apache-2.0 */
#include "cognito/metadata.h"

#include "base/authority.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/read_file.h"
#include "cognito/document.h"
#include "cognito/endpoint.h"
#include "cognito/environment.h"
#include "status/error.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    MAX_DOCUMENT = 64 * 1024,
    MAX_URL = 2048,
    MAX_ROLE = 256,
    CONTAINER_MS = 2000,
    INSTANCE_MS = 1000,
    HTTP_OK = 200
};

int64_t metadata_expiry_s(const char *text)
{
    struct tm utc = {.tm_isdst = 0};
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &utc);
    if (rest == NULL || (*rest != 'Z' && *rest != '.'))
        return 0;
    return (int64_t)timegm(&utc);
}

/* ---- asking ---- */

struct question {
    struct http_session *session;
    struct deadline deadline;
    int32_t at_most_ms;
};

/* Without a proxy whatever the scheme, as botocore does. */
static cogmig_status ask(const struct question *question, const char *method, const char *url,
                         const struct http_header *header, struct http_reply *reply,
                         cogmig_error *err)
{
    const struct libcurl_options options = {.plain_http = true};
    const struct http_request request = {.method = method,
                                         .url = url,
                                         .headers = header,
                                         .header_count = header == NULL ? 0 : 1,
                                         .without_proxy = true};
    int32_t left_ms = deadline_left_ms(question->deadline);
    int32_t ms = left_ms < question->at_most_ms ? left_ms : question->at_most_ms;
    return http_exchange(question->session, &options, &request, ms < 1 ? 1 : ms, reply, err);
}

static void release_reply(struct http_reply *reply)
{
    buffer_release(&reply->body);
}

/* ---- the document ---- */

static cogmig_status not_credentials(const char *url, const struct http_reply *reply,
                                     cogmig_error *err)
{
    return fail(err, COGMIG_COGNITO_RESPONSE_INVALID,
                "%.200s was asked for AWS credentials and answered with HTTP status %d and %zu "
                "bytes that hold none.",
                url, (int)reply->http_status, reply->body.len);
}

static cogmig_status take_document(const char *url, const struct http_reply *reply,
                                   struct credentials *ret_credentials, cogmig_error *err)
{
    struct json_value root;
    if (reply->http_status != HTTP_OK || reply->body.len == 0 ||
        !json_check((struct span){reply->body.bytes, reply->body.len}, &root, NULL))
        return not_credentials(url, reply, err);
    SCOPED(text_block_release) struct text_block texts = text_block_new(reply->body.len);
    if (texts.bytes == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    const char *id = text_block_member(&texts, root, "AccessKeyId");
    const char *secret = text_block_member(&texts, root, "SecretAccessKey");
    const char *token = text_block_member(&texts, root, "Token");
    const char *expiration = text_block_member(&texts, root, "Expiration");
    if (id == NULL || secret == NULL)
        return not_credentials(url, reply, err);
    if (!credentials_set(ret_credentials, id, secret, token))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    ret_credentials->expires_at_s = expiration == NULL ? 0 : metadata_expiry_s(expiration);
    return COGMIG_OK;
}

/* ---- containers ---- */

bool metadata_url_is_allowed(const char *url)
{
    static const char *const hosts[] = {"127.0.0.1",     "localhost",      "[::1]",
                                        "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"};
    struct span authority = authority_of(url);
    if (!authority_has_host(authority))
        return false;
    if (!endpoint_is_plain_http(url))
        return true;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        size_t len = strlen(hosts[i]);
        if (span_starts_with(authority, hosts[i]) &&
            (authority.len == len || authority.bytes[len] == ':'))
            return true;
    }
    return false;
}

static bool make_container_url(char out[MAX_URL])
{
    const char *relative = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const char *full = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    out[0] = '\0';
    if (relative != NULL)
        return snprintf(out, MAX_URL, "http://169.254.170.2%s", relative) < MAX_URL;
    return full == NULL || snprintf(out, MAX_URL, "%s", full) < MAX_URL;
}

/* The file's content goes before the variable, since it is renewed; empty when there is none. */
static cogmig_status add_container_token(struct buffer *token, cogmig_error *err)
{
    const char *path = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    const char *value = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    int reason = path == NULL ? 0 : read_file(path, token);
    if (reason != 0)
        return fail(err, COGMIG_AWS_CREDENTIALS_NOT_FOUND, "Cannot read %s: %s.", path,
                    system_reason(reason));
    if (path == NULL && value != NULL)
        buffer_add_text(token, value);
    if (token->state == BUFFER_REFUSED)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    if (token->state == BUFFER_FULL)
        return fail(err, COGMIG_AWS_CREDENTIALS_NOT_FOUND,
                    "The container's authorization token (%s) has more than %d bytes; name the "
                    "right file, or mend it.",
                    path == NULL ? "AWS_CONTAINER_AUTHORIZATION_TOKEN" : path,
                    CREDENTIALS_MAX_TOKEN);
    while (token->len > 0 && strchr("\r\n", token->bytes[token->len - 1]) != NULL)
        token->bytes[--token->len] = '\0';
    if (token->len > 0 && strpbrk(token->bytes, "\r\n") != NULL)
        return fail(err, COGMIG_AWS_CREDENTIALS_NOT_FOUND,
                    "The container's authorization token has several lines.");
    return COGMIG_OK;
}

/* It is not Cognito that does not answer. */
static cogmig_status no_answer(const char *url, const struct cogmig_error *detail,
                               cogmig_error *err)
{
    fail(err, detail->status, "AWS credentials at %.100s: %.300s", url, detail->message);
    fail_upstream(err, detail->upstream, detail->upstream_code);
    return detail->status;
}

cogmig_status credentials_from_container(struct deadline deadline,
                                         struct credentials *ret_credentials, cogmig_error *err)
{
    char url[MAX_URL];
    SCOPED(buffer_release) struct buffer token = buffer_with_max(CREDENTIALS_MAX_TOKEN);
    SCOPED(release_reply) struct http_reply reply = {.body = buffer_with_max(MAX_DOCUMENT)};
    bool fits = make_container_url(url);
    if (fits && url[0] == '\0')
        return COGMIG_OK;
    if (!fits || !metadata_url_is_allowed(url))
        return fail(err, COGMIG_AWS_CREDENTIALS_NOT_FOUND,
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https:// nor an address of this "
                    "machine.");
    cogmig_status status = add_container_token(&token, err);
    SCOPED(http_session_release) struct http_session *session = http_session_new();
    if (status != COGMIG_OK || session == NULL)
        return status != COGMIG_OK ? status : fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    const struct http_header authorization = {"Authorization", token.bytes};
    const struct question question = {session, deadline, CONTAINER_MS};
    struct cogmig_error detail = {.status = COGMIG_OK};
    status = ask(&question, "GET", url, token.len > 0 ? &authorization : NULL, &reply, &detail);
    return status == COGMIG_OK ? take_document(url, &reply, ret_credentials, err)
                               : no_answer(url, &detail, err);
}

/* ---- instances ---- */

static const char *instance_endpoint(void)
{
    const char *endpoint = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
    return endpoint == NULL ? "http://169.254.169.254" : endpoint;
}

static bool make_instance_url(const char *path, const char *role, char out[MAX_URL])
{
    const char *endpoint = instance_endpoint();
    size_t len = strlen(endpoint);
    if (len > 0 && endpoint[len - 1] == '/')
        len--;
    return snprintf(out, MAX_URL, "%.*s%s%s", (int)len, endpoint, path, role) < MAX_URL;
}

static cogmig_status ask_instance(const struct question *question, const char *method,
                                  const char *path, const struct http_header *header,
                                  struct http_reply *reply, cogmig_error *err)
{
    char url[MAX_URL];
    if (!make_instance_url(path, "", url))
        return COGMIG_COGNITO_UNREACHABLE;
    cogmig_status status = ask(question, method, url, header, reply, err);
    if (status == COGMIG_OK && (reply->http_status != HTTP_OK || reply->body.len == 0))
        return COGMIG_COGNITO_UNREACHABLE;
    return status;
}

/* The name of the role: the first line. */
static bool take_role(const struct http_reply *reply, char out[MAX_ROLE])
{
    size_t len = strcspn(reply->body.bytes, "\r\n");
    return len > 0 && snprintf(out, MAX_ROLE, "%.*s", (int)len, reply->body.bytes) < MAX_ROLE;
}

static const char path_of_role[] = "/latest/meta-data/iam/security-credentials/";

/* "" where there is none. */
static cogmig_status find_role(const struct question *question, struct buffer *token,
                               char ret_role[MAX_ROLE], cogmig_error *err)
{
    const struct http_header lifetime = {"X-aws-ec2-metadata-token-ttl-seconds", "21600"};
    SCOPED(release_reply) struct http_reply reply = {.body = buffer_with_max(MAX_DOCUMENT)};
    ret_role[0] = '\0';
    cogmig_status status =
        ask_instance(question, "PUT", "/latest/api/token", &lifetime, &reply, err);
    if (status != COGMIG_OK || reply.body.len > CREDENTIALS_MAX_TOKEN ||
        strpbrk(reply.body.bytes, "\r\n") != NULL)
        return status;
    buffer_add(token, (struct span){reply.body.bytes, reply.body.len});
    if (token->state != BUFFER_GOOD)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    const struct http_header session = {"X-aws-ec2-metadata-token", token->bytes};
    status = ask_instance(question, "GET", path_of_role, &session, &reply, err);
    if (status == COGMIG_OK && !take_role(&reply, ret_role))
        ret_role[0] = '\0';
    return status;
}

static cogmig_status take_role_credentials(const struct question *question,
                                           const struct buffer *token, const char *role,
                                           struct credentials *ret_credentials, cogmig_error *err)
{
    const struct http_header session = {"X-aws-ec2-metadata-token", token->bytes};
    SCOPED(release_reply) struct http_reply reply = {.body = buffer_with_max(MAX_DOCUMENT)};
    struct cogmig_error detail = {.status = COGMIG_OK};
    char url[MAX_URL];
    if (!make_instance_url(path_of_role, role, url))
        return COGMIG_OK;
    cogmig_status status = ask(question, "GET", url, &session, &reply, &detail);
    return status == COGMIG_OK ? take_document(url, &reply, ret_credentials, err)
                               : no_answer(url, &detail, err);
}

static bool instance_is_disabled(void)
{
    const char *disabled = variable("AWS_EC2_METADATA_DISABLED");
    return disabled != NULL && span_equal_ascii_case(span_of(disabled), span_of("true"));
}

cogmig_status credentials_from_instance(struct deadline deadline,
                                        struct credentials *ret_credentials, cogmig_error *err)
{
    if (instance_is_disabled())
        return COGMIG_OK;
    char role[MAX_ROLE];
    SCOPED(buffer_release) struct buffer token = buffer_with_max(CREDENTIALS_MAX_TOKEN);
    SCOPED(http_session_release) struct http_session *session = http_session_new();
    if (session == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    const struct question question = {session, deadline, INSTANCE_MS};
    cogmig_status status = find_role(&question, &token, role, err);
    if (status == COGMIG_COGNITO_UNREACHABLE) {
        cogmig_error_clear(err);
        return COGMIG_OK;
    }
    return status == COGMIG_OK && role[0] != '\0'
               ? take_role_credentials(&question, &token, role, ret_credentials, err)
               : status;
}
