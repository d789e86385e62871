/* SPDX-License-Identifier: Apache-2.0
 * What the headers of a JWKS response say. For adapters of libcurl alone. */
#ifndef ADAPTERS_LIBCURL_HEADER_H
#define ADAPTERS_LIBCURL_HEADER_H

#include "base/span.h"

#include <cogmig/keyset.h>
#include <stdbool.h>
#include <stdint.h>

/* Of one response; all but reply begin as zeros. */
struct response_headers {
    cogmig_jwks_reply *reply;
    bool has_max_age;
    bool not_to_be_kept;
    bool over; /* what comes is of an interim response, or a trailer */
    int64_t max_age_s;
    int64_t age_s; /* it lay in a cache on its way */
};

/* A header line, with its end or without: Cache-Control, Age and ETag are kept, others are nothing.
 * The status lines of a response and of those before it may come along. */
void libcurl_take_header(struct response_headers *headers, struct span line);

#endif
