/* SPDX-License-Identifier: Apache-2.0
 * One HTTP request whose body and headers may be secrets. */
#ifndef ADAPTERS_LIBCURL_REQUEST_H
#define ADAPTERS_LIBCURL_REQUEST_H

#include "adapters/libcurl.h"
#include "base/buffer.h"

#include <stddef.h>

struct http_header {
    const char *name;
    const char *value; /* without line ends */
};

struct http_request {
    const char *method; /* GET, PUT or POST */
    const char *url;
    const struct http_header *headers;
    size_t header_count;
    struct span body; /* of a POST; borrowed until the reply */
    bool without_proxy;
    bool once; /* over a connection of its own: libcurl sends it anew where a kept one is lost */
};

enum {
    HTTP_MAX_REQUEST_ID = 64,
    HTTP_MAX_ERROR_TYPE = 128
};

struct http_reply {
    int32_t http_status;
    struct buffer body; /* whatever the status is */
    char request_id[HTTP_MAX_REQUEST_ID + 1];
    char
        error_type[HTTP_MAX_ERROR_TYPE + 1]; /* of AWS's services that do not have it in the body */
};

/* Keeps its connection for the next request. One thread at a time. */
struct http_session;

struct http_session *http_session_new(void); /* NULL when memory is refused */
void http_session_release(struct http_session **session);

/* No redirects, no cookies, no compression, TLS verified.
 *
 * reply  its body is a buffer with its maximum, emptied here
 *
 * Errors: OUT_OF_MEMORY, INTERNAL_ERROR, COGNITO_UNREACHABLE (upstream: the CURLcode),
 * COGNITO_RESPONSE_INVALID (the body is larger than the buffer takes). */
cogmig_status http_exchange(struct http_session *session, const struct libcurl_options *options,
                            const struct http_request *request, int32_t timeout_ms,
                            struct http_reply *reply, cogmig_error *err);

#endif
