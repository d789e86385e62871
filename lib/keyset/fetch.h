/* SPDX-License-Identifier: Apache-2.0
 * One fetch of a JWKS document: by whom, and what the answer is worth. */
#ifndef KEYSET_FETCH_H
#define KEYSET_FETCH_H

#include "adapters/libcurl.h"
#include "keyset/key_file.h"
#include "keyset/reply.h"

#include <cogmig/keyset.h>

struct fetcher {
    cogmig_jwks_fetch_fn callback; /* NULL: libcurl */
    void *user_data;
    struct libcurl_options libcurl;
    int32_t timeout_ms;
    uint32_t algorithms;   /* SIGNATURE_*, that are wanted besides RS256 */
    bool pem;              /* the address gives one key, whose kid is its last part */
    bool by_caller;        /* whoever verifies never fetches: see key_source_hand_out() */
    struct key_file *file; /* NULL: there is none */
};

uint32_t fetcher_algorithms(const struct fetcher *fetcher);

/* What a fetch that went well brought. */
struct fetched {
    cogmig_keyset *keyset;         /* NULL: those that had the ETag are still good */
    int64_t max_age_s;             /* MAX_AGE_UNKNOWN when it was not said */
    char etag[ETAG_MAX_BYTES + 1]; /* empty when there is none */
};

/* etag  of the keys held; NULL when there are none
 *
 * Errors: OUT_OF_MEMORY, INTERNAL_ERROR, STOPPED_BY_CALLBACK, JWKS_UNREACHABLE, JWKS_HTTP_STATUS,
 * JWKS_RESPONSE_INVALID, and what of kind UNAVAILABLE a callback returns. */
cogmig_status fetch_keyset(const struct fetcher *fetcher, const char *url, const char *etag,
                           struct fetched *ret_fetched, cogmig_error *err);

/* The same of a reply that somebody else got.
 *
 * said  what he says of it: COGMIG_OK when there was a response */
cogmig_status fetch_judge(const struct fetcher *fetcher, const char *url, cogmig_status said,
                          const struct cogmig_jwks_reply *reply, struct fetched *ret_fetched,
                          cogmig_error *err);

#endif
