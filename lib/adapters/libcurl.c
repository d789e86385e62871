/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/libcurl.h"

#include "adapters/libcurl_handle.h"
#include "adapters/libcurl_header.h"
#include "base/cleanup.h"
#include "status/error.h"

#include <stdio.h>
#include <string.h>

/* ---- one transfer ---- */

struct transfer {
    CURL *handle;
    cogmig_jwks_reply *reply;
    struct response_headers headers;
    cogmig_status body_outcome;
};

/* Anything but the whole length ends the transfer. */
static size_t take_body(char *bytes, size_t size, size_t count, void *user_data)
{
    struct transfer *transfer = user_data;
    size_t len = size * count;
    if (libcurl_http_status(transfer->handle) != 200)
        return 0;
    transfer->body_outcome = cogmig_jwks_reply_append(transfer->reply, bytes, len);
    return transfer->body_outcome == COGMIG_OK ? len : 0;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *user_data)
{
    struct transfer *transfer = user_data;
    struct span line = {bytes, size * count};
    libcurl_take_header(&transfer->headers, line);
    return line.len;
}

/* ---- what is asked, and how ---- */

static bool set_condition(CURL *handle, const struct transfer *transfer,
                          struct curl_slist **ret_headers)
{
    char line[512];
    const char *etag = cogmig_jwks_reply_if_none_match(transfer->reply);
    if (etag == NULL)
        return true;
    snprintf(line, sizeof line, "If-None-Match: %s", etag);
    *ret_headers = curl_slist_append(NULL, line);
    return *ret_headers != NULL &&
           curl_easy_setopt(handle, CURLOPT_HTTPHEADER, *ret_headers) == CURLE_OK;
}

static void release_headers(struct curl_slist **headers)
{
    curl_slist_free_all(*headers);
}

static bool set_request(CURL *handle, const char *url, struct transfer *transfer)
{
    return curl_easy_setopt(handle, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_HEADERDATA, transfer) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_WRITEDATA, transfer) == CURLE_OK;
}

static cogmig_status judge(const struct transfer *transfer, CURLcode code, const char *detail,
                           cogmig_error *err)
{
    long http_status = libcurl_http_status(transfer->handle);
    bool body_not_wanted = code == CURLE_WRITE_ERROR && http_status != 200;
    if (code == CURLE_OK || body_not_wanted) {
        cogmig_jwks_reply_set_http_status(transfer->reply, (int32_t)http_status);
        return COGMIG_OK;
    }
    if (transfer->body_outcome == COGMIG_JWKS_RESPONSE_INVALID)
        return fail(err, transfer->body_outcome, "the answer is larger than 256 KiB.");
    if (transfer->body_outcome != COGMIG_OK)
        return fail_plainly(err, transfer->body_outcome);
    if (code == CURLE_OUT_OF_MEMORY)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    cogmig_status status = fail(err, COGMIG_JWKS_UNREACHABLE, "%s", libcurl_reason(code, detail));
    fail_upstream_number(err, COGMIG_UPSTREAM_CURL, code);
    return status;
}

cogmig_status libcurl_get(const struct libcurl_options *options, const char *url,
                          int32_t timeout_ms, cogmig_jwks_reply *reply, cogmig_error *err)
{
    SCOPED(release_headers) struct curl_slist *headers = NULL;
    SCOPED(libcurl_handle_release) CURL *handle = libcurl_handle_new();
    if (handle == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    struct transfer transfer = {handle, reply, {.reply = reply}, COGMIG_OK};
    char detail[CURL_ERROR_SIZE] = "";
    if (curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, detail) != CURLE_OK ||
        !libcurl_handle_set_limits(handle, options, timeout_ms) ||
        !set_request(handle, url, &transfer) || !set_condition(handle, &transfer, &headers))
        return libcurl_handle_refused(err);
    return judge(&transfer, curl_easy_perform(handle), detail, err);
}
