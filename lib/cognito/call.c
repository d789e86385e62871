/* SPDX-License-Identifier: Apache-2.0 */
#include "cognito/call.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "cognito/refusal.h"
#include "cognito/retry.h"
#include "cognito/sigv4.h"
#include "status/error.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    MAX_REQUEST = 256 * 1024,
    MAX_ANSWER = 16 * 1024 * 1024, /* 60 users with 50 attributes of 2048 characters */
    MAX_TARGET = 128,
    HTTP_OK = 200
};

/* ---- the request's body ---- */

struct call call_begin(const char *operation, bool is_signed)
{
    struct call call = {
        .operation = operation, .is_signed = is_signed, .body = buffer_with_max(MAX_REQUEST)};
    buffer_add_byte(&call.body, '{');
    return call;
}

void call_release(struct call *call)
{
    buffer_release(&call->body);
}

static void add_name(struct call *call, const char *name)
{
    struct buffer *b = &call->body;
    if (b->len > 0 && strchr("{[", b->bytes[b->len - 1]) == NULL)
        buffer_add_byte(b, ',');
    if (name == NULL)
        return;
    buffer_add_json_string(b, span_of(name));
    buffer_add_byte(b, ':');
}

bool call_add(struct call *call, const char *name, struct span text)
{
    add_name(call, name);
    buffer_add_json_string(&call->body, text);
    return span_is_utf8(text);
}

void call_add_number(struct call *call, const char *name, int64_t number)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRId64, number);
    add_name(call, name);
    buffer_add_text(&call->body, digits);
}

void call_open(struct call *call, const char *name, char bracket)
{
    add_name(call, name);
    buffer_add_byte(&call->body, bracket);
}

void call_close(struct call *call, char bracket)
{
    buffer_add_byte(&call->body, bracket);
}

/* ---- one attempt ---- */

struct attempt {
    cogmig_cognito *cognito;
    const struct call *call;
    struct http_session *session;
    struct deadline deadline;
};

enum {
    MAX_HEADERS = 6
};

/* In the order in which they are signed. */
static size_t make_headers(const struct attempt *attempt, const char *target, const char *date,
                           const struct credentials *credentials,
                           struct http_header headers[MAX_HEADERS])
{
    size_t count = 0;
    const struct resource *resource = attempt->call->resource;
    const char *host = resource == NULL ? attempt->cognito->host : resource->host;
    if (resource == NULL)
        headers[count++] = (struct http_header){"content-type", "application/x-amz-json-1.1"};
    headers[count++] = (struct http_header){"host", host};
    headers[count++] = (struct http_header){"x-amz-date", date};
    if (credentials->session_token != NULL)
        headers[count++] = (struct http_header){"x-amz-security-token", credentials->session_token};
    if (resource == NULL)
        headers[count++] = (struct http_header){"x-amz-target", target};
    return count;
}

static struct span body_of(const struct call *call)
{
    return call->resource == NULL ? (struct span){call->body.bytes, call->body.len} : span_of("");
}

static cogmig_status sign(const struct attempt *attempt, const char *date,
                          const struct http_header *headers, size_t count,
                          const struct credentials *credentials, char out[SIGV4_MAX_AUTHORIZATION],
                          cogmig_error *err)
{
    const struct resource *r = attempt->call->resource;
    const struct sigv4_scope scope = {date, r == NULL ? attempt->cognito->region : r->region,
                                      r == NULL ? "cognito-idp" : r->service};
    const struct sigv4_request request = {.method = r == NULL ? "POST" : "GET",
                                          .path = r == NULL ? "/" : r->path,
                                          .query = r == NULL ? "" : r->query,
                                          .headers = headers,
                                          .header_count = count,
                                          .body = body_of(attempt->call)};
    cogmig_status status = sigv4_sign(&scope, &request, credentials, out);
    if (status == COGMIG_CONFIG_INVALID)
        return fail(err, status, "The AWS access key id is too long to be one.");
    return status == COGMIG_OK ? COGMIG_OK : fail_plainly(err, status);
}

static cogmig_status send(const struct attempt *attempt, const struct http_header *headers,
                          size_t count, struct http_reply *reply, cogmig_error *err)
{
    const struct libcurl_options options = {attempt->cognito->plain_http,
                                            attempt->cognito->ca_file};
    const struct resource *resource = attempt->call->resource;
    const struct http_request request = {.method = resource == NULL ? "POST" : "GET",
                                         .url = resource == NULL ? attempt->cognito->endpoint
                                                                 : resource->url,
                                         .headers = headers,
                                         .header_count = count,
                                         .body = body_of(attempt->call),
                                         .once = !attempt->call->is_signed};
    int32_t left_ms = deadline_left_ms(attempt->deadline);
    struct cogmig_error detail = {.status = COGMIG_OK};
    cogmig_status status = http_exchange(attempt->session, &options, &request,
                                         left_ms < 1 ? 1 : left_ms, reply, &detail);
    if (status == COGMIG_OK)
        return COGMIG_OK;
    fail(err, status, "%s at %.100s: %.300s", attempt->call->operation, request.url,
         detail.message);
    fail_upstream(err, detail.upstream, detail.upstream_code);
    return status;
}

/* ret_credentials  those that it was signed with */
static cogmig_status try_once(const struct attempt *attempt, struct credentials *ret_credentials,
                              struct http_reply *reply, cogmig_error *err)
{
    struct http_header headers[MAX_HEADERS];
    char target[MAX_TARGET], date[SIGV4_DATE_SIZE], authorization[SIGV4_MAX_AUTHORIZATION];
    snprintf(target, sizeof target, "AWSCognitoIdentityProviderService.%s",
             attempt->call->operation);
    sigv4_date(clock_unix_s(), date);
    cogmig_status status =
        attempt->call->is_signed
            ? client_credentials(attempt->cognito, attempt->deadline, ret_credentials, err)
            : COGMIG_OK;
    if (status != COGMIG_OK)
        return status;
    size_t count = make_headers(attempt, target, date, ret_credentials, headers);
    if (attempt->call->is_signed) {
        status = sign(attempt, date, headers, count, ret_credentials, authorization, err);
        headers[count++] = (struct http_header){"authorization", authorization};
    }
    return status == COGMIG_OK ? send(attempt, headers, count, reply, err) : status;
}

/* ---- the answer ---- */

void answer_release(struct answer *answer)
{
    buffer_release(&answer->body);
}

static void release_reply(struct http_reply *reply)
{
    buffer_release(&reply->body);
}

static cogmig_status take_answer(const struct call *call, struct http_reply *reply,
                                 struct answer *ret_answer, cogmig_error *err)
{
    struct json_fault fault;
    if (reply->body.len == 0)
        buffer_add_text(&reply->body, "{}"); /* as some operations without a result answer */
    if (reply->body.state != BUFFER_GOOD)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    bool is_json =
        json_check((struct span){reply->body.bytes, reply->body.len}, &ret_answer->root, &fault);
    if (!is_json || ret_answer->root.type != JSON_OBJECT)
        return fail(err, COGMIG_COGNITO_RESPONSE_INVALID,
                    "%s was answered with %zu bytes that are no JSON object: %s.", call->operation,
                    reply->body.len, is_json ? "it is something else" : fault.reason);
    ret_answer->body = reply->body;
    reply->body = buffer_with_max(0);
    return COGMIG_OK;
}

enum {
    MIN_SECRET_IN_NAMES = 8 /* a shorter one is found in names that do not repeat it */
};

/* What AWS said in its own words was searched before: here are the names that it gave. */
static void hide_secret(const struct call *call, cogmig_error *err)
{
    if (call->secret.len < MIN_SECRET_IN_NAMES || err->status == COGMIG_OK ||
        memmem(err->message, strlen(err->message), call->secret.bytes, call->secret.len) == NULL)
        return;
    struct cogmig_error was = *err;
    fail_plainly(err, was.status);
    fail_upstream(err, was.upstream, was.upstream_code);
}

/* ---- attempts ---- */

void call_sleep_ms(int32_t ms)
{
    struct timespec left = {ms / 1000, ms % 1000 * 1000000L};
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}

static uint32_t random_number(const struct attempt *attempt)
{
    uint64_t mixed = (uint64_t)clock_steady_ns() ^ (uint64_t)(uintptr_t)attempt->call->body.bytes;
    return (uint32_t)(mixed * UINT64_C(0x9E3779B97F4A7C15) >> 32);
}

/* Waits as long as it should; false when there is no time for that. */
static bool may_try_again(const struct attempt *attempt, int number)
{
    int32_t delay_ms = retry_delay_ms(number, random_number(attempt));
    if (delay_ms >= deadline_left_ms(attempt->deadline))
        return false;
    call_sleep_ms(delay_ms);
    return true;
}

enum {
    ALMOST_OVER_MS = 10 /* a time-out may come a little early */
};

/* An attempt that was cut off by the end of the time tells less than what Cognito said before. */
static cogmig_status reason_of(const struct attempt *attempt, const struct cogmig_error *refusal,
                               cogmig_error *err)
{
    if (refusal->status != COGMIG_OK && deadline_left_ms(attempt->deadline) < ALMOST_OVER_MS)
        *err = *refusal;
    return err->status;
}

static cogmig_status judge(const struct attempt *attempt, const struct credentials *credentials,
                           const struct http_reply *reply, cogmig_error *err)
{
    const struct refused_call refused = {
        attempt->call->operation, attempt->call->is_signed, attempt->call->secret,
        span_of(attempt->cognito->client_secret), span_of(credentials->session_token)};
    return refusal_of(&refused, reply, err);
}

static cogmig_status try_until(const struct attempt *attempt, struct answer *ret_answer,
                               cogmig_error *err)
{
    SCOPED(credentials_release) struct credentials credentials = {.access_key_id = NULL};
    SCOPED(release_reply) struct http_reply reply = {.body = buffer_with_max(MAX_ANSWER)};
    bool looked_again = false;
    struct cogmig_error refusal = {.status = COGMIG_OK};
    for (int number = 0;; number++) {
        cogmig_status status = try_once(attempt, &credentials, &reply, err);
        if (status != COGMIG_OK)
            return reason_of(attempt, &refusal, err);
        if (reply.http_status == HTTP_OK)
            return take_answer(attempt->call, &reply, ret_answer, err);
        status = judge(attempt, &credentials, &reply, err);
        bool others = refusal_is_of_credentials(err) && !looked_again &&
                      client_forget_credentials(attempt->cognito);
        looked_again = looked_again || others;
        refusal = *err;
        if (!others && (!refusal_is_passing(status, err) || !may_try_again(attempt, number)))
            return status;
    }
}

cogmig_status call_run(cogmig_cognito *cognito, struct call *call, struct http_session *session,
                       struct answer *ret_answer, cogmig_error *err)
{
    SCOPED(http_session_release) struct http_session *own = NULL;
    struct cogmig_error detail = {.status = COGMIG_OK};
    call_close(call, '}');
    if (call->body.state == BUFFER_FULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "The request is larger than %d bytes.",
                    MAX_REQUEST);
    if (session == NULL) {
        own = http_session_new();
        session = own;
    }
    if (session == NULL || call->body.state == BUFFER_REFUSED)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    const struct attempt attempt = {cognito, call, session, deadline_in_ms(cognito->timeout_ms)};
    cogmig_status status = try_until(&attempt, ret_answer, &detail);
    hide_secret(call, &detail);
    if (status != COGMIG_OK)
        error_copy(err, &detail);
    return status;
}
