/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/libcurl.h"

#include "base/cleanup.h"
#include "base/span.h"
#include "status/error.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* ---- libcurl as a whole ---- */

static CURLcode global_outcome;

static void initialise_globally(void)
{
    global_outcome = curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* Once per process, at the first fetch, and never undone: the host program may use libcurl too. */
static bool libcurl_is_ready(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, initialise_globally);
    return global_outcome == CURLE_OK;
}

/* ---- one transfer ---- */

struct transfer {
    CURL *handle;
    cogmig_jwks_reply *reply;
    cogmig_status body_outcome;
};

static long http_status_of(CURL *handle)
{
    long http_status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &http_status);
    return http_status;
}

/* Anything but the whole length ends the transfer. */
static size_t take_body(char *bytes, size_t size, size_t count, void *user_data)
{
    struct transfer *transfer = user_data;
    size_t len = size * count;
    if (http_status_of(transfer->handle) != 200)
        return 0;
    transfer->body_outcome = cogmig_jwks_reply_append(transfer->reply, bytes, len);
    return transfer->body_outcome == COGMIG_OK ? len : 0;
}

/* ---- headers ---- */

static struct span value_of_header(struct span line, const char *name)
{
    struct span prefix = span_of(name);
    if (line.len < prefix.len ||
        !span_equal_ascii_case((struct span){line.bytes, prefix.len}, prefix))
        return (struct span){NULL, 0};
    return span_trim((struct span){line.bytes + prefix.len, line.len - prefix.len});
}

static struct span next_directive(struct span *rest)
{
    const char *comma = memchr(rest->bytes, ',', rest->len);
    size_t len = comma == NULL ? rest->len : (size_t)(comma - rest->bytes);
    struct span directive = span_trim((struct span){rest->bytes, len});
    size_t used = comma == NULL ? len : len + 1;
    *rest = (struct span){rest->bytes + used, rest->len - used};
    return directive;
}

/* RFC 9111 section 1.2.2: digits; what is too large to hold counts as large. */
static int64_t seconds_of(struct span digits)
{
    enum {
        LARGE = 1000000000
    };
    int64_t seconds = 0;
    for (size_t i = 0; i < digits.len && seconds < LARGE; i++) {
        if (digits.bytes[i] < '0' || digits.bytes[i] > '9')
            return 0;
        seconds = seconds * 10 + (digits.bytes[i] - '0');
    }
    return seconds;
}

static void take_cache_control(cogmig_jwks_reply *reply, struct span directives)
{
    while (directives.len > 0) {
        struct span seconds = value_of_header(next_directive(&directives), "max-age=");
        if (seconds.bytes != NULL)
            cogmig_jwks_reply_set_max_age_s(reply, seconds_of(seconds));
    }
}

static void take_etag(cogmig_jwks_reply *reply, struct span value)
{
    char text[512];
    if (value.len >= sizeof text || span_contains_nul(value))
        return;
    memcpy(text, value.bytes, value.len);
    text[value.len] = '\0';
    cogmig_jwks_reply_set_etag(reply, text);
}

static size_t take_header(char *bytes, size_t size, size_t count, void *user_data)
{
    struct transfer *transfer = user_data;
    struct span line = {bytes, size * count};
    struct span cache_control = value_of_header(line, "cache-control:");
    struct span etag = value_of_header(line, "etag:");
    if (cache_control.bytes != NULL)
        take_cache_control(transfer->reply, cache_control);
    if (etag.bytes != NULL)
        take_etag(transfer->reply, etag);
    return line.len;
}

/* ---- what is asked, and how ---- */

static CURLcode allow_protocols(CURL *handle, bool plain_http)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, plain_http ? "https,http" : "https");
#else
    long allowed = plain_http ? CURLPROTO_HTTPS | CURLPROTO_HTTP : CURLPROTO_HTTPS;
    return curl_easy_setopt(handle, CURLOPT_PROTOCOLS, allowed);
#endif
}

static bool set_security(CURL *handle, const struct libcurl_options *options)
{
    return allow_protocols(handle, options->plain_http) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) ==
               CURLE_OK &&
           (options->ca_file == NULL ||
            curl_easy_setopt(handle, CURLOPT_CAINFO, options->ca_file) == CURLE_OK);
}

/* Half of the time for the connection: with the default of 3 s one lost packet is survived. */
static bool set_limits(CURL *handle, int32_t timeout_ms)
{
    return curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)timeout_ms) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, (timeout_ms + 1L) / 2) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
}

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
           curl_easy_setopt(handle, CURLOPT_USERAGENT, "libcogmig/" PROJECT_VERSION) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_HEADERDATA, transfer) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_WRITEDATA, transfer) == CURLE_OK;
}

static cogmig_status judge(const struct transfer *transfer, CURLcode code, const char *detail,
                           cogmig_error *err)
{
    long http_status = http_status_of(transfer->handle);
    bool body_not_wanted = code == CURLE_WRITE_ERROR && http_status != 200;
    if (code == CURLE_OK || body_not_wanted) {
        cogmig_jwks_reply_set_http_status(transfer->reply, (int32_t)http_status);
        return COGMIG_OK;
    }
    if (transfer->body_outcome != COGMIG_OK)
        return fail_plainly(err, transfer->body_outcome);
    cogmig_status status = fail(err, COGMIG_JWKS_UNREACHABLE, "%s",
                                detail[0] == '\0' ? curl_easy_strerror(code) : detail);
    fail_upstream_number(err, COGMIG_UPSTREAM_CURL, code);
    return status;
}

static void release_handle(CURL **handle)
{
    curl_easy_cleanup(*handle);
}

cogmig_status libcurl_get(const struct libcurl_options *options, const char *url,
                          int32_t timeout_ms, cogmig_jwks_reply *reply, cogmig_error *err)
{
    SCOPED(release_headers) struct curl_slist *headers = NULL;
    SCOPED(release_handle) CURL *handle = libcurl_is_ready() ? curl_easy_init() : NULL;
    if (handle == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    struct transfer transfer = {handle, reply, COGMIG_OK};
    char detail[CURL_ERROR_SIZE] = "";
    if (curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, detail) != CURLE_OK ||
        !set_security(handle, options) || !set_limits(handle, timeout_ms) ||
        !set_request(handle, url, &transfer) || !set_condition(handle, &transfer, &headers))
        return fail(err, COGMIG_INTERNAL_ERROR, "libcurl refused an option; is it built with TLS?");
    return judge(&transfer, curl_easy_perform(handle), detail, err);
}
