/* SPDX-License-Identifier: Apache-2.0 */
#include "keyset/jwk.h"

#include "base/base64url.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "keyset/ed25519.h"
#include "keyset/roca.h"

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

/* ---- which algorithm it is bound to ---- */

struct binding {
    uint32_t algorithm;
    const char *alg;
    const char *kty;
    const char *crv; /* NULL: it has none */
};

/* Where alg is absent the first one that fits counts. Ed25519 has two names: RFC 8037, RFC 9864. */
static const struct binding bindings[] = {
    {SIGNATURE_RS256, "RS256", "RSA", NULL},        {SIGNATURE_RS384, "RS384", "RSA", NULL},
    {SIGNATURE_RS512, "RS512", "RSA", NULL},        {SIGNATURE_PS256, "PS256", "RSA", NULL},
    {SIGNATURE_PS384, "PS384", "RSA", NULL},        {SIGNATURE_PS512, "PS512", "RSA", NULL},
    {SIGNATURE_ES256, "ES256", "EC", "P-256"},      {SIGNATURE_ES384, "ES384", "EC", "P-384"},
    {SIGNATURE_ES512, "ES512", "EC", "P-521"},      {SIGNATURE_EDDSA, "EdDSA", "OKP", "Ed25519"},
    {SIGNATURE_EDDSA, "Ed25519", "OKP", "Ed25519"},
};

const char *algorithm_name(uint32_t algorithm)
{
    size_t i = 0;
    while (bindings[i].algorithm != algorithm)
        i++;
    return bindings[i].alg;
}

uint32_t algorithm_named(struct json_value alg)
{
    for (size_t i = 0; i < sizeof bindings / sizeof bindings[0]; i++)
        if (json_string_equals(alg, span_of(bindings[i].alg)))
            return bindings[i].algorithm;
    return 0;
}

static uint32_t algorithm_of(struct json_value jwk)
{
    for (size_t i = 0; i < sizeof bindings / sizeof bindings[0]; i++)
        if (says(jwk, "kty", bindings[i].kty) && is_absent_or_says(jwk, "alg", bindings[i].alg) &&
            (bindings[i].crv == NULL || says(jwk, "crv", bindings[i].crv)))
            return bindings[i].algorithm;
    return 0;
}

static const char *reason_against(struct json_value jwk)
{
    if (!is_absent_or_says(jwk, "use", "sig"))
        return "its use is not sig";
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

struct numbers {
    struct number first, second; /* n and e, x and y, or x alone */
};

static const char *read_numbers(struct json_value jwk, uint32_t algorithm, struct numbers *numbers)
{
    numbers->second.len = 0;
    if (algorithm == SIGNATURE_EDDSA)
        return read_number(jwk, "x", &numbers->first)
                   ? ed25519_reason_against(bytes_of(&numbers->first))
                   : "its x is missing or not base64url";
    if ((algorithm & (SIGNATURE_ES256 | SIGNATURE_ES384 | SIGNATURE_ES512)) != 0)
        return read_number(jwk, "x", &numbers->first) && read_number(jwk, "y", &numbers->second)
                   ? NULL
                   : "its x or y is missing or not base64url";
    if (!read_number(jwk, "n", &numbers->first) || !read_number(jwk, "e", &numbers->second))
        return "its n or e is missing, too large or not base64url";
    return roca_has_made(bytes_of(&numbers->first)) ? "its n can be factored (CVE-2017-15361)"
                                                    : NULL;
}

static cogmig_status make_key(const struct numbers *numbers, struct key *key,
                              const char **ret_reason)
{
    struct span first = bytes_of(&numbers->first), second = bytes_of(&numbers->second);
    if (key->algorithm == SIGNATURE_RS256)
        return openssl_rsa_key_new(first, second, &key->rsa, ret_reason);
    return openssl_public_key_new(key->algorithm, first, second, &key->other, ret_reason);
}

/* ---- written again: the members that were looked at, as they stood ---- */

static void add_member(struct json_value jwk, const char *name, struct buffer *text)
{
    struct json_value value;
    if (!json_find(jwk, name, &value))
        return;
    buffer_add_byte(text, ',');
    buffer_add_json_string(text, span_of(name));
    buffer_add_byte(text, ':');
    buffer_add(text, value.text);
}

static char *copy_of(struct json_value jwk, uint32_t algorithm)
{
    static const char *const of_rsa[] = {"kty", "kid", "n", "e"};
    static const char *const of_curve[] = {"kty", "kid", "crv", "x", "y"};
    const char *const *names = algorithm < SIGNATURE_ES256 ? of_rsa : of_curve;
    size_t count = algorithm < SIGNATURE_ES256 ? 4 : algorithm == SIGNATURE_EDDSA ? 4 : 5;
    struct buffer text = buffer_with_max(jwk.text.len + 64);
    buffer_add_text(&text, "{\"alg\":\"");
    buffer_add_text(&text, algorithm_name(algorithm));
    buffer_add_byte(&text, '"');
    for (size_t i = 0; i < count; i++)
        add_member(jwk, names[i], &text);
    buffer_add_byte(&text, '}');
    return buffer_take(&text, NULL);
}

cogmig_status jwk_read(struct json_value jwk, uint32_t algorithms, struct key *ret_key,
                       const char **ret_reason)
{
    struct numbers numbers;
    ret_key->algorithm = algorithm_of(jwk);
    *ret_reason = (ret_key->algorithm & algorithms) != 0
                      ? reason_against(jwk)
                      : "its kty, crv and alg are not those of an algorithm that is wanted";
    if (*ret_reason == NULL && !read_kid(jwk, ret_key))
        *ret_reason = "it has no kid of 1 to 256 bytes";
    if (*ret_reason == NULL)
        *ret_reason = read_numbers(jwk, ret_key->algorithm, &numbers);
    if (*ret_reason != NULL)
        return COGMIG_JWKS_NO_USABLE_KEY;
    cogmig_status status = make_key(&numbers, ret_key, ret_reason);
    if (status != COGMIG_OK)
        return status;
    ret_key->life = key_life_new();
    ret_key->jwk = copy_of(jwk, ret_key->algorithm);
    if (ret_key->life != NULL && ret_key->jwk != NULL)
        return COGMIG_OK;
    jwk_release(ret_key);
    return COGMIG_OUT_OF_MEMORY;
}

static void release_what_verifies(struct key *key)
{
    openssl_rsa_key_free(key->rsa);
    openssl_public_key_free(key->other);
    key_life_release(key->life);
    key->rsa = NULL;
    key->other = NULL;
    key->life = NULL;
}

void jwk_release(struct key *key)
{
    release_what_verifies(key);
    memory_free(key->jwk);
    key->jwk = NULL;
}

void key_verify_as(struct key *key, const struct key *former)
{
    release_what_verifies(key);
    key->rsa = openssl_rsa_key_hold(former->rsa);
    key->other = openssl_public_key_hold(former->other);
    key->life = key_life_hold(former->life);
}

bool key_is_same(const struct key *a, const struct key *b)
{
    if (a->algorithm != b->algorithm)
        return false;
    return a->rsa != NULL ? openssl_rsa_key_equal(a->rsa, b->rsa)
                          : openssl_public_key_equal(a->other, b->other);
}

bool key_equal(const struct key *a, const struct key *b)
{
    return a->kid_len == b->kid_len && memcmp(a->kid, b->kid, a->kid_len) == 0 && key_is_same(a, b);
}
