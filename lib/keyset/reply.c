/* SPDX-License-Identifier: Apache-2.0 */
#include "keyset/reply.h"

#include "base/public.h"
#include "keyset/keyset.h"

struct cogmig_jwks_reply reply_empty(void)
{
    return (struct cogmig_jwks_reply){.body = buffer_with_max(JWKS_MAX_BYTES)};
}

void reply_release(struct cogmig_jwks_reply *reply)
{
    buffer_release(&reply->body);
}

COGMIG_PUBLIC void cogmig_jwks_reply_set_http_status(cogmig_jwks_reply *reply, int32_t http_status)
{
    if (reply != NULL)
        reply->http_status = http_status;
}

COGMIG_PUBLIC cogmig_status cogmig_jwks_reply_append(cogmig_jwks_reply *reply, const char *bytes,
                                                     size_t len)
{
    if (reply == NULL || (bytes == NULL && len > 0))
        return COGMIG_INVALID_ARGUMENT;
    buffer_add(&reply->body, (struct span){bytes, len});
    switch (reply->body.state) {
    case BUFFER_FULL:
        return COGMIG_JWKS_RESPONSE_INVALID;
    case BUFFER_REFUSED:
        return COGMIG_OUT_OF_MEMORY;
    default:
        return COGMIG_OK;
    }
}
