/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/libcurl_header.h"

#include "adapters/libcurl_handle.h"

#include <string.h>

/* A comma in a quoted string ends nothing (RFC 9110 section 5.6.4). */
static size_t length_of_directive(struct span rest)
{
    bool quoted = false;
    size_t at = 0;
    for (; at < rest.len && (quoted || rest.bytes[at] != ','); at++) {
        if (rest.bytes[at] == '"')
            quoted = !quoted;
        else if (quoted && rest.bytes[at] == '\\' && at + 1 < rest.len)
            at++;
    }
    return at;
}

static struct span next_directive(struct span *rest)
{
    size_t len = length_of_directive(*rest);
    struct span directive = span_trim((struct span){rest->bytes, len});
    size_t used = len < rest->len ? len + 1 : len;
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

/* RFC 9111 section 5.2: either form is to be read. */
static struct span without_quotes(struct span argument)
{
    bool quoted =
        argument.len >= 2 && argument.bytes[0] == '"' && argument.bytes[argument.len - 1] == '"';
    return quoted ? (struct span){argument.bytes + 1, argument.len - 2} : argument;
}

static bool is_directive(struct span directive, const char *name)
{
    return span_equal_ascii_case(directive, span_of(name));
}

/* RFC 9111 section 4.2.1: of several max-ages the first counts. */
static void take_directive(struct response_headers *headers, struct span directive)
{
    struct span seconds = libcurl_header_value(directive, "max-age=");
    if (is_directive(directive, "no-store") || is_directive(directive, "no-cache"))
        headers->not_to_be_kept = true;
    if (seconds.bytes == NULL || headers->has_max_age)
        return;
    headers->has_max_age = true;
    headers->max_age_s = seconds_of(without_quotes(seconds));
}

static void take_cache_control(struct response_headers *headers, struct span directives)
{
    while (directives.len > 0)
        take_directive(headers, next_directive(&directives));
}

/* RFC 9111 section 4.2: the time that it lay elsewhere counts. */
static void tell_max_age(const struct response_headers *headers)
{
    if (headers->not_to_be_kept)
        cogmig_jwks_reply_set_max_age_s(headers->reply, 0);
    else if (headers->has_max_age)
        cogmig_jwks_reply_set_max_age_s(headers->reply, headers->max_age_s - headers->age_s);
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

/* RFC 8297 section 2: what an interim response says of the final one is a hint. RFC 9110 section
 * 6.5.1: nor do fields count that come behind the body. */
static bool is_of_response(struct response_headers *headers, struct span line)
{
    bool begins = span_starts_with(line, "HTTP/");
    const char *blank = begins ? memchr(line.bytes, ' ', line.len) : NULL;
    if (begins)
        headers->over = blank != NULL && blank + 1 < line.bytes + line.len && blank[1] == '1';
    else if (span_trim(line).len == 0)
        headers->over = true;
    return !headers->over;
}

void libcurl_take_header(struct response_headers *headers, struct span line)
{
    if (!is_of_response(headers, line))
        return;
    struct span cache_control = libcurl_header_value(line, "cache-control:");
    struct span age = libcurl_header_value(line, "age:");
    struct span etag = libcurl_header_value(line, "etag:");
    if (cache_control.bytes != NULL)
        take_cache_control(headers, cache_control);
    if (age.bytes != NULL)
        headers->age_s = seconds_of(next_directive(&age)); /* RFC 9111 section 5.1: the first */
    if (etag.bytes != NULL)
        take_etag(headers->reply, etag);
    tell_max_age(headers);
}
