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

static char *place_of(const cogmig_claims *claims, struct json_value string)
{
    return claims->texts + (string.text.bytes + 1 - claims->json);
}

/* A text is there already, with its quotes: the second becomes the NUL. Only an escape can stand
 * for U+0000; a text that a C string cannot hold is marked by a byte that UTF-8 never has. */
static void end_text(cogmig_claims *claims, struct json_value string, bool escaped)
{
    char *place = place_of(claims, string);
    size_t len = string.text.len - 2;
    if (escaped)
        len = json_string_decode_into(string, place);
    place[len] = '\0';
    if (escaped && memchr(place, '\0', len) != NULL)
        place[0] = (char)0xFF;
}

/* Nearly all names differ by their length or their last letter. */
static bool is_named(const struct json_member *member, struct span name)
{
    if (member->escaped)
        return json_string_equals(member->name, name);
    struct span plain = inside_quotes(member->name);
    return plain.len == name.len && plain.bytes[name.len - 1] == name.bytes[name.len - 1] &&
           memcmp(plain.bytes, name.bytes, name.len) == 0;
}

static void note(cogmig_claims *claims, const struct json_member *member)
{
    for (int i = 0; i < CLAIM_COUNT && names[i].len + 2 <= member->name.text.len; i++) {
        if (is_named(member, names[i])) {
            claims->found[i] = member->value;
            return;
        }
    }
}

static void end_elements(cogmig_claims *claims, struct json_value array, bool escaped)
{
    struct json_cursor cursor = json_enter(array);
    struct json_value element;
    while (json_next_element(&cursor, &element))
        if (element.type == JSON_STRING)
            end_text(claims, element, escaped);
}

static void take_member(void *user_data, const struct json_member *member)
{
    cogmig_claims *claims = user_data;
    note(claims, member);
    if (member->value.type == JSON_STRING)
        end_text(claims, member->value, member->escaped);
    else if (member->value.type == JSON_ARRAY)
        end_elements(claims, member->value, member->escaped);
}

/* What cannot be read has no claims. */
static void read_members(cogmig_claims *claims)
{
    struct span json = {claims->json, claims->json_len};
    memcpy(claims->texts, json.bytes, json.len);
    bool good = json_check_and_visit(json, take_member, claims, &claims->root, &claims->fault);
    if (good && claims->root.type != JSON_OBJECT)
        claims->fault.reason = "it is not an object";
    if (claims->fault.reason != NULL)
        memset(claims->found, 0, sizeof claims->found);
}

static cogmig_claims *new_with_room_for(size_t json_bytes)
{
    cogmig_claims *claims = memory_new(sizeof *claims + 2 * (json_bytes + 1));
    if (claims == NULL)
        return NULL;
    atomic_init(&claims->holders, 1);
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
    read_members(claims);
    *ret_claims = claims;
    return COGMIG_OK;
}

/* ---- sharing them ---- */

cogmig_claims *claims_hold(cogmig_claims *claims)
{
    atomic_fetch_add_explicit(&claims->holders, 1, memory_order_relaxed);
    return claims;
}

size_t claims_bytes(const cogmig_claims *claims)
{
    return (size_t)(claims->texts - (const char *)claims) + claims->json_len + 1;
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

/* ---- their end ---- */

static void destroy(cogmig_claims *claims)
{
    memory_free(claims->client_of_header);
    memory_free(claims->issuer_of_header);
    memory_free(claims);
}

COGMIG_PUBLIC void cogmig_claims_free(cogmig_claims **claims)
{
    cogmig_claims *held = claims == NULL ? NULL : *claims;
    if (held == NULL)
        return;
    *claims = NULL;
    if (atomic_fetch_sub_explicit(&held->holders, 1, memory_order_acq_rel) == 1)
        destroy(held);
}
