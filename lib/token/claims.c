/* SPDX-License-Identifier: Apache-2.0 */
#include "token/claims.h"

#include "base/base64url.h"
#include "base/memory.h"
#include "base/public.h"
#include "status/error.h"

#include <string.h>

#define NAME(text)                                                                                 \
    {                                                                                              \
        text, sizeof text - 1                                                                      \
    }
static const struct span names[CLAIM_COUNT] = {
    [CLAIM_ISS] = NAME("iss"),
    [CLAIM_SUB] = NAME("sub"),
    [CLAIM_AUD] = NAME("aud"),
    [CLAIM_EXP] = NAME("exp"),
    [CLAIM_NBF] = NAME("nbf"),
    [CLAIM_IAT] = NAME("iat"),
    [CLAIM_TOKEN_USE] = NAME("token_use"),
    [CLAIM_CLIENT_ID] = NAME("client_id"),
    [CLAIM_USERNAME] = NAME("username"),
    [CLAIM_COGNITO_USERNAME] = NAME("cognito:username"),
    [CLAIM_EMAIL] = NAME("email"),
    [CLAIM_EMAIL_VERIFIED] = NAME("email_verified"),
    [CLAIM_CUSTOM_LEGACY_ID] = NAME("custom:legacy_id"),
    [CLAIM_LEGACY_ID] = NAME("legacy_id"),
};
#undef NAME

const char *claim_name(enum claim claim)
{
    return names[claim].bytes;
}

/* ---- reading a payload ---- */

static struct span inside_quotes(struct json_value string)
{
    return (struct span){string.text.bytes + 1, string.text.len - 2};
}

static bool has_escapes(struct json_value string)
{
    return memchr(string.text.bytes, '\\', string.text.len) != NULL;
}

static char *place_of(const cogmig_claims *claims, struct json_value string)
{
    return claims->texts + (string.text.bytes - claims->json);
}

/* The quotes leave room for the NUL. A text that a C string cannot hold is marked by a byte that
 * UTF-8 never has. */
static void store_text(cogmig_claims *claims, struct json_value string)
{
    char *place = place_of(claims, string);
    size_t len;
    if (has_escapes(string)) {
        len = json_string_decode_into(string, place);
    } else {
        struct span plain = inside_quotes(string);
        memcpy(place, plain.bytes, plain.len);
        len = plain.len;
    }
    if (memchr(place, '\0', len) != NULL) {
        place[0] = (char)0xFF;
        len = 1;
    }
    place[len] = '\0';
}

static void note(cogmig_claims *claims, struct json_value name, struct json_value value)
{
    struct span plain = inside_quotes(name);
    bool escaped = has_escapes(name);
    for (int i = 0; i < CLAIM_COUNT; i++) {
        if (escaped ? json_string_equals(name, names[i]) : span_equal(plain, names[i])) {
            claims->found[i] = value;
            return;
        }
    }
}

static void store_elements(cogmig_claims *claims, struct json_value array)
{
    struct json_cursor cursor = json_enter(array);
    struct json_value element;
    while (json_next_element(&cursor, &element))
        if (element.type == JSON_STRING)
            store_text(claims, element);
}

static void read_members(cogmig_claims *claims)
{
    struct json_cursor cursor = json_enter(claims->root);
    struct json_value name, value;
    while (json_next_member(&cursor, &name, &value)) {
        note(claims, name, value);
        if (value.type == JSON_STRING)
            store_text(claims, value);
        else if (value.type == JSON_ARRAY)
            store_elements(claims, value);
    }
}

static cogmig_claims *new_with_room_for(size_t json_bytes)
{
    cogmig_claims *claims = memory_new(sizeof *claims + 2 * (json_bytes + 1));
    if (claims != NULL)
        claims->texts = claims->json + json_bytes + 1;
    return claims;
}

cogmig_status claims_read(struct span payload, cogmig_claims **ret_claims, cogmig_error *err)
{
    cogmig_claims *claims = new_with_room_for(base64url_max_decoded(payload.len));
    if (claims == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    if (!base64url_decode(payload, (unsigned char *)claims->json, &claims->json_len)) {
        memory_free(claims);
        return fail(err, COGMIG_TOKEN_MALFORMED, "The token's payload is not strict base64url.");
    }
    struct span json = {claims->json, claims->json_len};
    if (json_check(json, &claims->root, &claims->fault)) {
        if (claims->root.type == JSON_OBJECT)
            read_members(claims);
        else
            claims->fault.reason = "it is not an object";
    }
    *ret_claims = claims;
    return COGMIG_OK;
}

/* ---- asking for claims ---- */

bool claims_have(const cogmig_claims *claims, enum claim claim)
{
    return claims->found[claim].text.bytes != NULL;
}

const char *claims_text_of(const cogmig_claims *claims, struct json_value string)
{
    const char *text = place_of(claims, string);
    return (unsigned char)text[0] == 0xFF ? NULL : text;
}

const char *claims_text(const cogmig_claims *claims, enum claim claim)
{
    struct json_value value = claims->found[claim];
    if (value.text.bytes == NULL || value.type != JSON_STRING)
        return NULL;
    return claims_text_of(claims, value);
}

/* ---- the public getters ---- */

COGMIG_PUBLIC void cogmig_claims_free(cogmig_claims **claims)
{
    if (claims == NULL)
        return;
    memory_free(*claims);
    *claims = NULL;
}

COGMIG_PUBLIC const char *cogmig_claims_sub(const cogmig_claims *claims)
{
    return claims_text(claims, CLAIM_SUB);
}

static const char *text_unless_empty(const cogmig_claims *claims, enum claim claim)
{
    const char *text = claims_text(claims, claim);
    return text == NULL || text[0] == '\0' ? NULL : text;
}

COGMIG_PUBLIC const char *cogmig_claims_legacy_id(const cogmig_claims *claims)
{
    const char *custom = text_unless_empty(claims, CLAIM_CUSTOM_LEGACY_ID);
    return custom != NULL ? custom : text_unless_empty(claims, CLAIM_LEGACY_ID);
}

COGMIG_PUBLIC const char *cogmig_claims_username(const cogmig_claims *claims)
{
    if (claims->token_use == COGMIG_TOKEN_USE_ACCESS)
        return claims_text(claims, CLAIM_USERNAME);
    return claims_text(claims, CLAIM_COGNITO_USERNAME);
}

COGMIG_PUBLIC const char *cogmig_claims_email(const cogmig_claims *claims)
{
    return claims_text(claims, CLAIM_EMAIL);
}

COGMIG_PUBLIC bool cogmig_claims_email_verified(const cogmig_claims *claims)
{
    struct json_value value = claims->found[CLAIM_EMAIL_VERIFIED];
    if (value.text.bytes == NULL)
        return false;
    return value.type == JSON_TRUE ||
           (value.type == JSON_STRING && json_string_equals(value, span_of("true")));
}

COGMIG_PUBLIC const char *cogmig_claims_issuer(const cogmig_claims *claims)
{
    return claims_text(claims, CLAIM_ISS);
}

COGMIG_PUBLIC const char *cogmig_claims_client_id(const cogmig_claims *claims)
{
    return claims->client_id;
}

COGMIG_PUBLIC int32_t cogmig_claims_token_use(const cogmig_claims *claims)
{
    return claims->token_use;
}

COGMIG_PUBLIC int64_t cogmig_claims_expires_at_s(const cogmig_claims *claims)
{
    return claims->expires_at_s;
}

COGMIG_PUBLIC int64_t cogmig_claims_issued_at_s(const cogmig_claims *claims)
{
    return claims->issued_at_s;
}

COGMIG_PUBLIC const char *cogmig_claims_json(const cogmig_claims *claims, size_t *ret_len)
{
    if (ret_len != NULL)
        *ret_len = claims->json_len;
    return claims->json;
}

COGMIG_PUBLIC cogmig_status cogmig_claims_get_string(const cogmig_claims *claims, const char *name,
                                                     const char **ret_text, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_text != NULL)
        *ret_text = NULL;
    if (claims == NULL || name == NULL || ret_text == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "claims, name and ret_text must not be NULL.");
    struct json_value value;
    if (json_find(claims->root, name, &value) && value.type == JSON_STRING)
        *ret_text = claims_text_of(claims, value);
    if (*ret_text == NULL)
        return fail(err, COGMIG_CLAIM_NOT_FOUND, "The token has no claim \"%.100s\" that is text.",
                    name);
    return COGMIG_OK;
}
