/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/libcurl_handle.h"

#include "base/span.h"
#include "status/error.h"

#include <pthread.h>
#include <string.h>

/* ---- libcurl as a whole ---- */

/* Once per process, at the first fetch, and never undone: the host program may use libcurl too.
 * What failed, for want of memory say, is tried again at the next one. */
static bool libcurl_is_ready(void)
{
    static pthread_mutex_t initialising = PTHREAD_MUTEX_INITIALIZER;
    static bool was_initialised;
    pthread_mutex_lock(&initialising);
    if (!was_initialised)
        was_initialised = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    bool is_ready = was_initialised;
    pthread_mutex_unlock(&initialising);
    return is_ready;
}

CURL *libcurl_handle_new(void)
{
    return libcurl_is_ready() ? curl_easy_init() : NULL;
}

void libcurl_handle_release(CURL **handle)
{
    curl_easy_cleanup(*handle);
}

cogmig_status libcurl_handle_refused(cogmig_error *err)
{
    if ((curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_SSL) != 0)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    return fail(err, COGMIG_INTERNAL_ERROR, "libcurl is built without TLS.");
}

/* libcurl repeats a proxy's address that it cannot read, and the password in it, perhaps cut before
 * the "@". */
const char *libcurl_reason(CURLcode code, const char *detail)
{
    static const char unread[] = "Unsupported proxy";
    if (strchr(detail, '@') != NULL || strncmp(detail, unread, sizeof unread - 1) == 0)
        return "The address of the proxy (HTTPS_PROXY, ALL_PROXY) cannot be read; what is special "
               "in "
               "its user name or password is to be percent-encoded";
    return detail[0] == '\0' ? curl_easy_strerror(code) : detail;
}

long libcurl_http_status(CURL *handle)
{
    long http_status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &http_status);
    return http_status;
}

/* ---- limits ---- */

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
static bool set_time(CURL *handle, int32_t timeout_ms)
{
    return curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)timeout_ms) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, (timeout_ms + 1L) / 2) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
}

bool libcurl_handle_set_limits(CURL *handle, const struct libcurl_options *options,
                               int32_t timeout_ms)
{
    return set_security(handle, options) && set_time(handle, timeout_ms) &&
           curl_easy_setopt(handle, CURLOPT_USERAGENT, "libcogmig/" PROJECT_VERSION) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) == CURLE_OK;
}

/* ---- headers ---- */

struct span libcurl_header_value(struct span line, const char *name)
{
    struct span prefix = span_of(name);
    if (line.len < prefix.len ||
        !span_equal_ascii_case((struct span){line.bytes, prefix.len}, prefix))
        return (struct span){NULL, 0};
    return span_trim((struct span){line.bytes + prefix.len, line.len - prefix.len});
}
