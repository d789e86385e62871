/* SPDX-License-Identifier: Apache-2.0 */
#include "keyset/jwk.h"

#include "base/base64url.h"

#include <string.h>

/* ---- what a key says of itself ---- */

static bool says(struct json_value jwk, const char *name, const char *text)
{
    struct json_value value;
    return json_find(jwk, name, &value) && value.type == JSON_STRING &&
           json_string_equals(value, span_of(text));
}

static bool is_absent(struct json_value jwk, const char *name)
{
    struct json_value value;
    return !json_find(jwk, name, &value);
}

static bool is_absent_or_says(struct json_value jwk, const char *name, const char *text)
{
    return is_absent(jwk, name) || says(jwk, name, text);
}

static bool may_verify(struct json_value jwk)
{
    struct json_value operations, operation;
    if (!json_find(jwk, "key_ops", &operations))
        return true;
    if (operations.type != JSON_ARRAY)
        return false;
    struct json_cursor cursor = json_enter(operations);
    while (json_next_element(&cursor, &operation))
        if (operation.type == JSON_STRING && json_string_equals(operation, span_of("verify")))
            return true;
    return false;
}

/* RFC 7518 sections 6.3.2 and 6.4. Whoever publishes these has lost the key. */
static bool holds_private_material(struct json_value jwk)
{
    static const char *const private_members[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
    for (size_t i = 0; i < sizeof private_members / sizeof private_members[0]; i++)
        if (!is_absent(jwk, private_members[i]))
            return true;
    return false;
}

static const char *reason_against(struct json_value jwk)
{
    if (!says(jwk, "kty", "RSA"))
        return "its kty is not RSA";
    if (!is_absent_or_says(jwk, "use", "sig"))
        return "its use is not sig";
    if (!is_absent_or_says(jwk, "alg", "RS256"))
        return "its alg is not RS256";
    if (!may_verify(jwk))
        return "its key_ops do not allow verify";
    if (holds_private_material(jwk))
        return "it holds private key material";
    return NULL;
}

/* ---- its members ---- */

static bool read_kid(struct json_value jwk, struct key *key)
{
    struct json_value kid;
    char decoded[6 * KID_MAX_BYTES + 2]; /* each byte may be written as \u00XX */
    if (!json_find(jwk, "kid", &kid) || kid.type != JSON_STRING || kid.text.len > sizeof decoded)
        return false;
    size_t len = json_string_decode_into(kid, decoded);
    if (len == 0 || len > KID_MAX_BYTES || memchr(decoded, '\0', len) != NULL)
        return false;
    memcpy(key->kid, decoded, len);
    key->kid[len] = '\0';
    key->kid_len = len;
    return true;
}

struct number {
    unsigned char bytes[RSA_MAX_BITS / 8 + 3]; /* as base64url_max_decoded() asks */
    size_t len;
};

static bool read_number(struct json_value jwk, const char *name, struct number *number)
{
    struct json_value text;
    if (!json_find(jwk, name, &text) || text.type != JSON_STRING)
        return false;
    struct span digits = {text.text.bytes + 1, text.text.len - 2};
    return base64url_max_decoded(digits.len) <= sizeof number->bytes &&
           base64url_decode(digits, number->bytes, &number->len);
}

static struct span bytes_of(const struct number *number)
{
    return (struct span){(const char *)number->bytes, number->len};
}

cogmig_status jwk_read(struct json_value jwk, struct key *ret_key, const char **ret_reason)
{
    struct number modulus, exponent;
    *ret_reason = reason_against(jwk);
    if (*ret_reason == NULL && !read_kid(jwk, ret_key))
        *ret_reason = "it has no kid of 1 to 256 bytes";
    if (*ret_reason == NULL &&
        (!read_number(jwk, "n", &modulus) || !read_number(jwk, "e", &exponent)))
        *ret_reason = "its n or e is missing, too large or not base64url";
    if (*ret_reason != NULL)
        return COGMIG_JWKS_NO_USABLE_KEY;
    cogmig_status status =
        openssl_rsa_key_new(bytes_of(&modulus), bytes_of(&exponent), &ret_key->rsa, ret_reason);
    if (status != COGMIG_OK)
        return status;
    ret_key->life = key_life_new();
    if (ret_key->life != NULL)
        return COGMIG_OK;
    jwk_release(ret_key);
    return COGMIG_OUT_OF_MEMORY;
}

void jwk_release(struct key *key)
{
    openssl_rsa_key_free(key->rsa);
    key_life_release(key->life);
    key->rsa = NULL;
    key->life = NULL;
}

bool key_equal(const struct key *a, const struct key *b)
{
    return a->kid_len == b->kid_len && memcmp(a->kid, b->kid, a->kid_len) == 0 &&
           openssl_rsa_key_equal(a->rsa, b->rsa);
}
