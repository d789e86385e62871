/* SPDX-License-Identifier: Apache-2.0 */
#include "token/split.h"

#include "status/error.h"

#include <string.h>

static size_t count_dots(struct span token)
{
    size_t dots = 0;
    const char *end = token.bytes + token.len, *at = token.bytes;
    while (at < end && (at = memchr(at, '.', (size_t)(end - at))) != NULL) {
        dots++;
        at++;
    }
    return dots;
}

static struct span up_to_dot(struct span s)
{
    const char *dot = memchr(s.bytes, '.', s.len);
    return (struct span){s.bytes, (size_t)(dot - s.bytes)};
}

static struct span behind(struct span part, struct span whole)
{
    return (struct span){part.bytes + part.len + 1, whole.len - part.len - 1};
}

cogmig_status token_split(struct span token, struct token_parts *ret_parts, cogmig_error *err)
{
    if (token.len > TOKEN_MAX_BYTES)
        return fail(err, COGMIG_TOKEN_TOO_LARGE, "The token has %zu bytes; at most %d are read.",
                    token.len, TOKEN_MAX_BYTES);
    size_t dots = count_dots(token);
    if (dots == 4)
        return fail(err, COGMIG_TOKEN_ENCRYPTED,
                    "The token has the five parts of an encrypted one, as Cognito's refresh tokens "
                    "have; send the ID or access token.");
    if (dots != 2)
        return fail(err, COGMIG_TOKEN_MALFORMED,
                    "The token has %zu parts between dots; a signed one has three.", dots + 1);
    ret_parts->header = up_to_dot(token);
    struct span rest = behind(ret_parts->header, token);
    ret_parts->payload = up_to_dot(rest);
    ret_parts->signature = behind(ret_parts->payload, rest);
    ret_parts->signed_bytes =
        (struct span){token.bytes, ret_parts->header.len + 1 + ret_parts->payload.len};
    if (ret_parts->header.len == 0 || ret_parts->payload.len == 0)
        return fail(err, COGMIG_TOKEN_MALFORMED, "The token's header or payload is empty.");
    return COGMIG_OK;
}
