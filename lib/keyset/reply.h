/* SPDX-License-Identifier: Apache-2.0
 * What a fetch received. */
#ifndef KEYSET_REPLY_H
#define KEYSET_REPLY_H

#include "base/buffer.h"

#include <cogmig/keyset.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    ETAG_MAX_BYTES = 256
};

struct cogmig_jwks_reply {
    const char *if_none_match; /* borrowed; NULL when there is none to send */
    int32_t http_status;       /* 0 until it is known */
    int64_t max_age_s;         /* MAX_AGE_UNKNOWN until it is known */
    char etag[ETAG_MAX_BYTES + 1];
    struct buffer body;
};

/* Can it be sent? */
bool etag_is_valid(const char *text);

/* etag  of the keys held, borrowed; NULL when there are none */
struct cogmig_jwks_reply reply_empty(const char *etag);
void reply_release(struct cogmig_jwks_reply *reply);

#endif
