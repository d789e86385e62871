/* SPDX-License-Identifier: Apache-2.0 */
#include "token/issuer.h"

#include "adapters/openssl_signature.h"
#include "base/authority.h"
#include "base/aws_domain.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "status/error.h"

#include <string.h>

/* ---- a user pool's id: {region}_{letters and digits} ---- */

enum {
    POOL_ID_MAX_BYTES = 55 /* API reference, UserPoolIdType */
};

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alphanumeric(char c)
{
    return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z');
}

static bool all(struct span s, bool (*holds)(char))
{
    for (size_t i = 0; i < s.len; i++)
        if (!holds(s.bytes[i]))
            return false;
    return s.len > 0;
}

static struct span take_up_to(struct span *rest, char separator)
{
    const char *found = memchr(rest->bytes, separator, rest->len);
    struct span part = {rest->bytes, found == NULL ? rest->len : (size_t)(found - rest->bytes)};
    size_t taken = part.len + (found == NULL ? 0 : 1);
    *rest = (struct span){rest->bytes + taken, rest->len - taken};
    return part;
}

/* eu-central-1, us-gov-west-1, eusc-de-east-1: words, then a number. */
bool region_is_valid(struct span region)
{
    size_t words = 0;
    if (region.len == 0 || !is_digit(region.bytes[region.len - 1]))
        return false;
    struct span word = take_up_to(&region, '-');
    for (; region.len > 0; word = take_up_to(&region, '-'), words++)
        if (!all(word, is_lower))
            return false;
    return words >= 2 && word.len <= 2 && all(word, is_digit);
}

static cogmig_status refuse_pool_id(const char *pool_id, cogmig_error *err)
{
    if (strncmp(pool_id, "local_", strlen("local_")) == 0)
        return fail(err, COGMIG_POOL_ID_INVALID,
                    "\"%.60s\" is a pool of an emulator; give its issuer URL with "
                    "cogmig_verifier_config_add_issuer() or COGNITO_ISSUER.",
                    pool_id);
    return fail(err, COGMIG_POOL_ID_INVALID,
                "\"%.60s\" is not the id of a user pool, such as eu-central-1_AbCdEfGhI.", pool_id);
}

static bool is_pool_id(const char *pool_id, struct span *ret_region)
{
    struct span rest = span_of(pool_id);
    if (rest.len > POOL_ID_MAX_BYTES)
        return false;
    *ret_region = take_up_to(&rest, '_');
    return region_is_valid(*ret_region) && all(rest, is_alphanumeric);
}

/* ---- URLs ---- */

/* Printable ASCII with a host and without user information or fragment. */
static bool is_url(const char *url, size_t max)
{
    size_t len = strnlen(url, max + 1);
    if (len > max)
        return false;
    for (size_t i = 0; i < len; i++)
        if (url[i] <= ' ' || url[i] > '~' || strchr("\"<>\\^`{|}#", url[i]) != NULL)
            return false;
    struct span authority = authority_of(url);
    return memchr(authority.bytes, '@', authority.len) == NULL && authority_has_host(authority);
}

static void add_without_trailing_slash(struct buffer *b, const char *text)
{
    size_t len = strlen(text);
    buffer_add(b, (struct span){text, len > 0 && text[len - 1] == '/' ? len - 1 : len});
}

/* OpenID Connect Discovery 1.0 section 4: a slash at the issuer's end goes first. */
static char *jwks_url_of(const char *issuer)
{
    struct buffer url = buffer_with_max(JWKS_URL_MAX_BYTES);
    add_without_trailing_slash(&url, issuer);
    buffer_add_text(&url, "/.well-known/jwks.json");
    return buffer_take(&url, NULL);
}

bool issuer_is_kin(const struct issuer *a, const struct issuer *b)
{
    if (a->pool_id == NULL || b->pool_id == NULL)
        return a == b;
    return strcmp(a->pool_id, b->pool_id) == 0;
}

bool issuer_needs_plain_http(const char *url)
{
    return strncmp(url, "http://", 7) == 0;
}

/* ---- an issuer ---- */

static cogmig_status whole_or_nothing(struct issuer *issuer, bool pool_is_whole, cogmig_error *err)
{
    if (issuer->name != NULL && issuer->jwks_url != NULL && pool_is_whole)
        return COGMIG_OK;
    issuer_release(issuer);
    return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
}

/* No issuer host was seen for a FIPS or dual-stack endpoint: those are the API's alone. */
static char *name_of(const char *pool_id, enum issuer_family family, struct span region)
{
    struct buffer name = buffer_with_max(ISSUER_MAX_BYTES);
    buffer_add_text(&name, family == ISSUER_UPDATED ? "https://issuer-cognito-idp."
                                                    : "https://cognito-idp.");
    buffer_add(&name, region);
    buffer_add_byte(&name, '.');
    buffer_add_text(&name, aws_domain(region));
    buffer_add_byte(&name, '/');
    buffer_add_text(&name, pool_id);
    return buffer_take(&name, NULL);
}

cogmig_status issuer_of_pool(const char *pool_id, enum issuer_family family, const char *region,
                             struct issuer *ret_issuer, cogmig_error *err)
{
    struct span own, at;
    if (!is_pool_id(pool_id, &own))
        return refuse_pool_id(pool_id, err);
    at = region == NULL ? own : span_of(region);
    if (at.len > POOL_ID_MAX_BYTES || !region_is_valid(at))
        return fail(err, COGMIG_CONFIG_INVALID, "\"%.60s\" is not a region, such as eu-central-1.",
                    region);
    ret_issuer->any_name = false;
    ret_issuer->algorithms = SIGNATURE_RS256;
    ret_issuer->name = name_of(pool_id, family, at);
    ret_issuer->jwks_url = ret_issuer->name == NULL ? NULL : jwks_url_of(ret_issuer->name);
    ret_issuer->pool_id = memory_copy_text(pool_id);
    return whole_or_nothing(ret_issuer, ret_issuer->pool_id != NULL, err);
}

static cogmig_status check_jwks_url(const char *jwks_url, cogmig_error *err)
{
    if (is_url(jwks_url, JWKS_URL_MAX_BYTES))
        return COGMIG_OK;
    return fail(err, COGMIG_JWKS_URL_INVALID,
                "\"%.100s\" cannot be a JWKS address; it is an https:// URL of at most %d bytes.",
                jwks_url, JWKS_URL_MAX_BYTES);
}

static cogmig_status issuer_named(const char *name, const char *jwks_url, struct issuer *ret_issuer,
                                  cogmig_error *err)
{
    ret_issuer->pool_id = NULL;
    ret_issuer->any_name = false;
    ret_issuer->algorithms = SIGNATURE_RS256;
    ret_issuer->name = memory_copy_text(name);
    ret_issuer->jwks_url = jwks_url == NULL ? jwks_url_of(name) : memory_copy_text(jwks_url);
    return whole_or_nothing(ret_issuer, true, err);
}

cogmig_status issuer_check_urls(const char *name, const char *jwks_url, cogmig_error *err)
{
    if (!is_url(name, ISSUER_MAX_BYTES) || strchr(name, '?') != NULL)
        return fail(err, COGMIG_ISSUER_INVALID,
                    "\"%.100s\" cannot be an issuer; it is an https:// URL of at most %d bytes "
                    "without query.",
                    name, ISSUER_MAX_BYTES);
    return jwks_url == NULL ? COGMIG_OK : check_jwks_url(jwks_url, err);
}

cogmig_status issuer_from_url(const char *name, const char *jwks_url, struct issuer *ret_issuer,
                              cogmig_error *err)
{
    cogmig_status status = issuer_check_urls(name, jwks_url, err);
    return status == COGMIG_OK ? issuer_named(name, jwks_url, ret_issuer, err) : status;
}

cogmig_status issuer_of_any_name(const char *jwks_url, struct issuer *ret_issuer, cogmig_error *err)
{
    cogmig_status status = check_jwks_url(jwks_url, err);
    if (status == COGMIG_OK)
        status = issuer_named(jwks_url, jwks_url, ret_issuer, err);
    if (status == COGMIG_OK)
        ret_issuer->any_name = true;
    return status;
}

cogmig_status issuer_copy(const struct issuer *issuer, struct issuer *ret_copy, cogmig_error *err)
{
    bool is_pool = issuer->pool_id != NULL;
    ret_copy->any_name = issuer->any_name;
    ret_copy->algorithms = issuer->algorithms;
    ret_copy->pool_id = is_pool ? memory_copy_text(issuer->pool_id) : NULL;
    ret_copy->name = memory_copy_text(issuer->name);
    ret_copy->jwks_url = memory_copy_text(issuer->jwks_url);
    return whole_or_nothing(ret_copy, !is_pool || ret_copy->pool_id != NULL, err);
}

void issuer_release(struct issuer *issuer)
{
    memory_free(issuer->name);
    memory_free(issuer->jwks_url);
    memory_free(issuer->pool_id);
    *issuer = (struct issuer){.name = NULL};
}
