/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/libcurl.h"

#include "base/cleanup.h"
#include "status/error.h"

#include <curl/curl.h>
#include <pthread.h>

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

static bool set_request(CURL *handle, const char *url, struct transfer *transfer)
{
    return curl_easy_setopt(handle, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_USERAGENT, "libcogmig/" PROJECT_VERSION) == CURLE_OK &&
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
    SCOPED(release_handle) CURL *handle = libcurl_is_ready() ? curl_easy_init() : NULL;
    if (handle == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    struct transfer transfer = {handle, reply, COGMIG_OK};
    char detail[CURL_ERROR_SIZE] = "";
    if (curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, detail) != CURLE_OK ||
        !set_security(handle, options) || !set_limits(handle, timeout_ms) ||
        !set_request(handle, url, &transfer))
        return fail(err, COGMIG_INTERNAL_ERROR, "libcurl refused an option; is it built with TLS?");
    return judge(&transfer, curl_easy_perform(handle), detail, err);
}
