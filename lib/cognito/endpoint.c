/* SPDX-License-Identifier: Apache-2.0 */
#include "cognito/endpoint.h"

#include "base/authority.h"
#include "base/aws_domain.h"
#include "base/buffer.h"

#include <string.h>

enum {
    POOL_ID_MAX_BYTES = 55 /* API reference, UserPoolIdType */
};

bool endpoint_is_pool_id(const char *pool_id)
{
    static const char alphanumeric[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const char *underscore = strrchr(pool_id, '_');
    if (strnlen(pool_id, POOL_ID_MAX_BYTES + 1) > POOL_ID_MAX_BYTES || underscore == NULL ||
        underscore == pool_id || underscore[1] == '\0')
        return false;
    return underscore[1 + strspn(underscore + 1, alphanumeric)] == '\0' &&
           strspn(pool_id, "abcdefghijklmnopqrstuvwxyz0123456789-") ==
               (size_t)(underscore - pool_id);
}

struct span endpoint_region(const char *pool_id)
{
    return (struct span){pool_id, (size_t)(strrchr(pool_id, '_') - pool_id)};
}

bool endpoint_is_known_region(struct span region)
{
    return region.len > 2 && memchr(region.bytes, '-', region.len) != NULL &&
           region.bytes[region.len - 1] >= '0' && region.bytes[region.len - 1] <= '9';
}

char *endpoint_of_service(const char *service, struct span region)
{
    struct buffer url = buffer_with_max(ENDPOINT_MAX_BYTES);
    buffer_add_text(&url, "https://");
    buffer_add_text(&url, service);
    buffer_add_byte(&url, '.');
    buffer_add(&url, region);
    buffer_add_byte(&url, '.');
    buffer_add_text(&url, aws_domain(region));
    return buffer_take(&url, NULL);
}

bool endpoint_is_plain_http(const char *url)
{
    return strncmp(url, "http://", 7) == 0;
}

/* Not isalnum(), which knows other letters in other locales. */
static bool is_host_byte(char c)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]";
    return strchr(allowed, c) != NULL;
}

bool endpoint_is_url(const char *url)
{
    if (strnlen(url, ENDPOINT_MAX_BYTES + 1) > ENDPOINT_MAX_BYTES)
        return false;
    struct span authority = authority_of(url);
    for (size_t i = 0; i < authority.len; i++)
        if (!is_host_byte(authority.bytes[i]))
            return false;
    const char *path = authority.bytes + authority.len;
    return authority_has_host(authority) && (path[0] == '\0' || strcmp(path, "/") == 0);
}

struct span endpoint_host(const char *url)
{
    const char *own_port = endpoint_is_plain_http(url) ? ":80" : ":443";
    struct span host = authority_of(url);
    size_t port = strlen(own_port);
    if (host.len > port && memcmp(host.bytes + host.len - port, own_port, port) == 0)
        host.len -= port;
    return host;
}
