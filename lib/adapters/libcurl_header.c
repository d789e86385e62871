/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/libcurl_header.h"

#include "adapters/libcurl_handle.h"

#include <string.h>

static struct span next_directive(struct span *rest)
{
    const char *comma = memchr(rest->bytes, ',', rest->len);
    size_t len = comma == NULL ? rest->len : (size_t)(comma - rest->bytes);
    struct span directive = span_trim((struct span){rest->bytes, len});
    size_t used = comma == NULL ? len : len + 1;
    *rest = (struct span){rest->bytes + used, rest->len - used};
    return directive;
}

/* RFC 9111 section 1.2.2: digits; what is too large to hold counts as large. */
static int64_t seconds_of(struct span digits)
{
    enum {
        LARGE = 1000000000
    };
    int64_t seconds = 0;
    for (size_t i = 0; i < digits.len && seconds < LARGE; i++) {
        if (digits.bytes[i] < '0' || digits.bytes[i] > '9')
            return 0;
        seconds = seconds * 10 + (digits.bytes[i] - '0');
    }
    return seconds;
}

static void take_cache_control(cogmig_jwks_reply *reply, struct span directives)
{
    while (directives.len > 0) {
        struct span seconds = libcurl_header_value(next_directive(&directives), "max-age=");
        if (seconds.bytes != NULL)
            cogmig_jwks_reply_set_max_age_s(reply, seconds_of(seconds));
    }
}

static void take_etag(cogmig_jwks_reply *reply, struct span value)
{
    char text[512];
    if (value.len >= sizeof text || span_contains_nul(value))
        return;
    memcpy(text, value.bytes, value.len);
    text[value.len] = '\0';
    cogmig_jwks_reply_set_etag(reply, text);
}

void libcurl_take_header(cogmig_jwks_reply *reply, struct span line)
{
    struct span cache_control = libcurl_header_value(line, "cache-control:");
    struct span etag = libcurl_header_value(line, "etag:");
    if (cache_control.bytes != NULL)
        take_cache_control(reply, cache_control);
    if (etag.bytes != NULL)
        take_etag(reply, etag);
}
