/* SPDX-License-Identifier: Apache-2.0 */
#include "keyset/reply.h"

#include "base/public.h"
#include "keyset/keyset.h"
#include "keyset/policy.h"

#include <string.h>

struct cogmig_jwks_reply reply_empty(const char *etag)
{
    return (struct cogmig_jwks_reply){.if_none_match = etag,
                                      .max_age_s = MAX_AGE_UNKNOWN,
                                      .body = buffer_with_max(JWKS_MAX_BYTES)};
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

COGMIG_PUBLIC void cogmig_jwks_reply_set_max_age_s(cogmig_jwks_reply *reply, int64_t max_age_s)
{
    if (reply != NULL)
        reply->max_age_s = max_age_s < 0 ? 0 : max_age_s;
}

/* RFC 9110 section 8.8.3: printable, without spaces. Anything else would split the next request. */
bool etag_is_valid(const char *text)
{
    size_t len = strnlen(text, ETAG_MAX_BYTES + 1);
    if (len == 0 || len > ETAG_MAX_BYTES)
        return false;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] <= ' ' || text[i] == 0x7F)
            return false;
    return true;
}

COGMIG_PUBLIC void cogmig_jwks_reply_set_etag(cogmig_jwks_reply *reply, const char *etag)
{
    if (reply == NULL)
        return;
    if (etag == NULL || !etag_is_valid(etag))
        etag = "";
    memcpy(reply->etag, etag, strlen(etag) + 1);
}

COGMIG_PUBLIC const char *cogmig_jwks_reply_if_none_match(const cogmig_jwks_reply *reply)
{
    return reply == NULL ? NULL : reply->if_none_match;
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
