/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/libcurl_request.h"

#include "adapters/libcurl_handle.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "status/error.h"

#include <stdio.h>
#include <string.h>

struct http_session {
    CURL *handle;
};

struct http_session *http_session_new(void)
{
    struct http_session *session = memory_new(sizeof *session);
    if (session == NULL)
        return NULL;
    session->handle = libcurl_handle_new();
    if (session->handle == NULL)
        http_session_release(&session);
    return session;
}

void http_session_release(struct http_session **session)
{
    if (*session == NULL)
        return;
    libcurl_handle_release(&(*session)->handle);
    memory_free(*session);
    *session = NULL;
}

/* ---- what comes ---- */

static size_t take_body(char *bytes, size_t size, size_t count, void *user_data)
{
    struct http_reply *reply = user_data;
    size_t len = size * count;
    buffer_add(&reply->body, (struct span){bytes, len});
    return reply->body.state == BUFFER_GOOD ? len : 0;
}

static void take_value(struct span line, const char *name, char *out, size_t max)
{
    struct span value = libcurl_header_value(line, name);
    if (value.bytes == NULL || value.len > max || span_contains_nul(value))
        return;
    memcpy(out, value.bytes, value.len);
    out[value.len] = '\0';
}

/* What follows the name, "ThrottlingException:http://…", may be longer than it. */
static void take_error_type(struct span line, char out[HTTP_MAX_ERROR_TYPE + 1])
{
    struct span type = libcurl_header_value(line, "x-amzn-errortype:");
    const char *end = type.bytes == NULL ? NULL : memchr(type.bytes, ':', type.len);
    if (end != NULL)
        line.len = (size_t)(end - line.bytes);
    take_value(line, "x-amzn-errortype:", out, HTTP_MAX_ERROR_TYPE);
}

static size_t take_header(char *bytes, size_t size, size_t count, void *user_data)
{
    struct http_reply *reply = user_data;
    struct span line = {bytes, size * count};
    take_value(line, "x-amzn-requestid:", reply->request_id, HTTP_MAX_REQUEST_ID);
    take_error_type(line, reply->error_type);
    return line.len;
}

/* ---- what goes ---- */

static void release_headers(struct curl_slist **headers)
{
    for (struct curl_slist *each = *headers; each != NULL; each = each->next)
        memory_wipe(each->data, strlen(each->data));
    curl_slist_free_all(*headers);
}

static bool add_line(struct curl_slist **headers, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*headers, line);
    if (longer == NULL)
        return false;
    *headers = longer;
    return true;
}

static bool add_header(struct curl_slist **headers, const struct http_header *header)
{
    enum {
        MAX_LINE = 16 * 1024
    };
    struct buffer line = buffer_with_max(MAX_LINE);
    buffer_add_text(&line, header->name);
    buffer_add_text(&line, ": ");
    buffer_add_text(&line, header->value);
    bool added = line.state == BUFFER_GOOD && add_line(headers, line.bytes);
    buffer_release(&line);
    return added;
}

/* libcurl would wait for a "100 Continue" before a long body. */
static bool make_headers(const struct http_request *request, struct curl_slist **ret_headers)
{
    bool good = add_line(ret_headers, "Expect:");
    for (size_t i = 0; i < request->header_count && good; i++)
        good = add_header(ret_headers, &request->headers[i]);
    return good;
}

static bool set_method(CURL *handle, const struct http_request *request)
{
    if (strcmp(request->method, "POST") != 0)
        return curl_easy_setopt(handle, CURLOPT_HTTPGET, 1L) == CURLE_OK &&
               curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request->method) == CURLE_OK;
    return curl_easy_setopt(handle, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request->body.bytes) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len) ==
               CURLE_OK;
}

static bool set_request(CURL *handle, const struct http_request *request,
                        struct curl_slist *headers, struct http_reply *reply)
{
    return set_method(handle, request) &&
           curl_easy_setopt(handle, CURLOPT_URL, request->url) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
           (!request->once || curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK) &&
           (!request->without_proxy || curl_easy_setopt(handle, CURLOPT_PROXY, "") == CURLE_OK) &&
           curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_HEADERDATA, reply) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_WRITEDATA, reply) == CURLE_OK;
}

/* ---- the exchange ---- */

static cogmig_status judge(struct http_session *session, CURLcode code, const char *detail,
                           struct http_reply *reply, cogmig_error *err)
{
    if (reply->body.state == BUFFER_REFUSED || code == CURLE_OUT_OF_MEMORY)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    if (reply->body.state == BUFFER_FULL)
        return fail(err, COGMIG_COGNITO_RESPONSE_INVALID, "the answer is larger than %zu bytes.",
                    reply->body.max);
    reply->http_status = (int32_t)libcurl_http_status(session->handle);
    if (code == CURLE_OK)
        return COGMIG_OK;
    cogmig_status status =
        fail(err, COGMIG_COGNITO_UNREACHABLE, "%s.", libcurl_reason(code, detail));
    fail_upstream_number(err, COGMIG_UPSTREAM_CURL, code);
    return status;
}

static void empty_reply(struct http_reply *reply)
{
    buffer_release(&reply->body);
    reply->http_status = 0;
    reply->request_id[0] = reply->error_type[0] = '\0';
}

cogmig_status http_exchange(struct http_session *session, const struct libcurl_options *options,
                            const struct http_request *request, int32_t timeout_ms,
                            struct http_reply *reply, cogmig_error *err)
{
    SCOPED(release_headers) struct curl_slist *headers = NULL;
    char detail[CURL_ERROR_SIZE] = "";
    empty_reply(reply);
    if (!make_headers(request, &headers))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    curl_easy_reset(session->handle);
    if (curl_easy_setopt(session->handle, CURLOPT_ERRORBUFFER, detail) != CURLE_OK ||
        !libcurl_handle_set_limits(session->handle, options, timeout_ms) ||
        !set_request(session->handle, request, headers, reply))
        return libcurl_handle_refused(err);
    cogmig_status status = judge(session, curl_easy_perform(session->handle), detail, reply, err);
    curl_easy_reset(session->handle); /* it pointed to headers, body and this stack */
    return status;
}
