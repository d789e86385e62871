/* SPDX-License-Identifier: Apache-2.0
 * What a fetch received. */
#ifndef KEYSET_REPLY_H
#define KEYSET_REPLY_H

#include "base/buffer.h"

#include <cogmig/keyset.h>
#include <stdint.h>

struct cogmig_jwks_reply {
    int32_t http_status; /* 0 until it is known */
    struct buffer body;
};

struct cogmig_jwks_reply reply_empty(void);
void reply_release(struct cogmig_jwks_reply *reply);

#endif
