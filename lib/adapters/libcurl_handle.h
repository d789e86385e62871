/* SPDX-License-Identifier: Apache-2.0
 * What every transfer has in common. For adapters of libcurl alone. */
#ifndef ADAPTERS_LIBCURL_HANDLE_H
#define ADAPTERS_LIBCURL_HANDLE_H

#include "adapters/libcurl.h"
#include "base/span.h"

#include <curl/curl.h>

/* NULL when memory is refused. */
CURL *libcurl_handle_new(void);
void libcurl_handle_release(CURL **handle);

/* TLS verified, no redirects, no other protocols, within the time. False when libcurl cannot. */
bool libcurl_handle_set_limits(CURL *handle, const struct libcurl_options *options,
                               int32_t timeout_ms);

/* An option was refused: OUT_OF_MEMORY, or INTERNAL_ERROR of a libcurl without TLS. */
cogmig_status libcurl_handle_refused(cogmig_error *err);

/* Why a transfer failed: what libcurl wrote to its error buffer, or what the code means. */
const char *libcurl_reason(CURLcode code, const char *detail);

long libcurl_http_status(CURL *handle);

/* What stands behind the name (with its colon) when the line is that header; no bytes when not. */
struct span libcurl_header_value(struct span line, const char *name);

#endif
