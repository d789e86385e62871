/* SPDX-License-Identifier: Apache-2.0
 * One fetch of a JWKS document: by whom, and what the answer is worth. */
#ifndef KEYSET_FETCH_H
#define KEYSET_FETCH_H

#include "adapters/libcurl.h"

#include <cogmig/keyset.h>

struct fetcher {
    cogmig_jwks_fetch_fn callback; /* NULL: libcurl */
    void *user_data;
    struct libcurl_options libcurl;
    int32_t timeout_ms;
};

/* Errors: OUT_OF_MEMORY, INTERNAL_ERROR, STOPPED_BY_CALLBACK, JWKS_UNREACHABLE, JWKS_HTTP_STATUS,
 * JWKS_RESPONSE_INVALID, and what of kind UNAVAILABLE a callback returns. */
cogmig_status fetch_keyset(const struct fetcher *fetcher, const char *url,
                           cogmig_keyset **ret_keyset, cogmig_error *err);

#endif
