/* SPDX-License-Identifier: Apache-2.0 */
#include "base/authority.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static size_t scheme_length(const char *url)
{
    if (strncmp(url, "https://", 8) == 0)
        return 8;
    return strncmp(url, "http://", 7) == 0 ? 7 : 0;
}

struct span authority_of(const char *url)
{
    size_t scheme = scheme_length(url);
    return (struct span){url + scheme, scheme == 0 ? 0 : strcspn(url + scheme, "/?#")};
}

static bool is_port(struct span digits)
{
    long port = 0;
    if (digits.len > 5)
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.bytes[i] < '0' || digits.bytes[i] > '9')
            return false;
        port = 10 * port + (digits.bytes[i] - '0');
    }
    return port > 0 && port <= UINT16_MAX;
}

bool authority_has_host(struct span authority)
{
    bool bracketed = authority.len > 0 && authority.bytes[0] == '[';
    const char *end = memchr(authority.bytes, bracketed ? ']' : ':', authority.len);
    size_t host_len = end == NULL ? authority.len : (size_t)(end - authority.bytes) + bracketed;
    bool has_host = bracketed ? end != NULL && host_len > 2 : host_len > 0;
    struct span rest = {authority.bytes + host_len, authority.len - host_len};
    return has_host && (rest.len == 0 || (rest.bytes[0] == ':' &&
                                          is_port((struct span){rest.bytes + 1, rest.len - 1})));
}
