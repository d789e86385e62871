/* SPDX-License-Identifier: Apache-2.0
 * What is asked of libcurl, in plain C. */
#ifndef ADAPTERS_LIBCURL_H
#define ADAPTERS_LIBCURL_H

#include <cogmig/error.h>
#include <cogmig/keyset.h>
#include <cogmig/status.h>
#include <stdbool.h>
#include <stdint.h>

struct libcurl_options {
    bool plain_http;     /* http:// too, not only https:// */
    const char *ca_file; /* PEM; NULL for the system's certificates */
};

/* GET one URL: no redirects, no cookies, no compression, TLS verified. A proxy is used as libcurl's
 * own environment variables (HTTPS_PROXY, NO_PROXY) say. The body of a response other than 200 is
 * not kept.
 *
 * Errors: OUT_OF_MEMORY, INTERNAL_ERROR, JWKS_UNREACHABLE (upstream: the CURLcode),
 * JWKS_RESPONSE_INVALID (the body is larger than the reply takes). */
cogmig_status libcurl_get(const struct libcurl_options *options, const char *url,
                          int32_t timeout_ms, cogmig_jwks_reply *reply, cogmig_error *err);

#endif
