/* SPDX-License-Identifier: Apache-2.0
 * The public questions about the claims of a token that was accepted. */
#include "base/public.h"
#include "status/error.h"
#include "token/claims.h"

#include <string.h>

/* ---- by name; of NULL everything is absent ---- */

static bool find(const cogmig_claims *claims, const char *name, struct json_value *ret_value)
{
    return claims != NULL && json_find(claims->root, name, ret_value);
}

static bool is_there(const cogmig_claims *claims, const char *name, enum json_type type,
                     struct json_value *ret_value)
{
    return find(claims, name, ret_value) && ret_value->type == type;
}

static const char *text_named(const cogmig_claims *claims, const char *name)
{
    struct json_value value;
    return is_there(claims, name, JSON_STRING, &value) ? claims_text_of(claims, value) : NULL;
}

static int64_t integer_named(const cogmig_claims *claims, const char *name)
{
    struct json_value value;
    int64_t integer;
    return is_there(claims, name, JSON_NUMBER, &value) && json_integer(value, &integer) ? integer
                                                                                        : 0;
}

static const char *text_of(const cogmig_claims *claims, enum claim claim)
{
    return claims == NULL ? NULL : claims_text(claims, claim);
}

/* Cognito writes these as booleans into tokens and as text into trigger events, and identity
 * providers hand on either. */
static bool is_true(struct json_value value)
{
    return value.type == JSON_TRUE ||
           (value.type == JSON_STRING && json_string_equals(value, span_of("true")));
}

/* ---- who, from where, for whom ---- */

COGMIG_PUBLIC const char *cogmig_claims_sub(const cogmig_claims *claims)
{
    return text_of(claims, CLAIM_SUB);
}

static const char *text_unless_empty(const cogmig_claims *claims, enum claim claim)
{
    const char *text = text_of(claims, claim);
    return text == NULL || text[0] == '\0' ? NULL : text;
}

COGMIG_PUBLIC const char *cogmig_claims_legacy_id(const cogmig_claims *claims)
{
    const char *custom = text_unless_empty(claims, CLAIM_CUSTOM_LEGACY_ID);
    return custom != NULL ? custom : text_unless_empty(claims, CLAIM_LEGACY_ID);
}

COGMIG_PUBLIC const char *cogmig_claims_username(const cogmig_claims *claims)
{
    if (cogmig_claims_token_use(claims) == COGMIG_TOKEN_USE_ACCESS)
        return text_of(claims, CLAIM_USERNAME);
    return text_of(claims, CLAIM_COGNITO_USERNAME);
}

COGMIG_PUBLIC const char *cogmig_claims_email(const cogmig_claims *claims)
{
    return text_of(claims, CLAIM_EMAIL);
}

COGMIG_PUBLIC bool cogmig_claims_email_verified(const cogmig_claims *claims)
{
    return claims != NULL && claims_have(claims, CLAIM_EMAIL_VERIFIED) &&
           is_true(claims->found[CLAIM_EMAIL_VERIFIED]);
}

COGMIG_PUBLIC const char *cogmig_claims_phone_number(const cogmig_claims *claims)
{
    return text_named(claims, "phone_number");
}

COGMIG_PUBLIC bool cogmig_claims_phone_number_verified(const cogmig_claims *claims)
{
    struct json_value value;
    return find(claims, "phone_number_verified", &value) && is_true(value);
}

COGMIG_PUBLIC const char *cogmig_claims_name(const cogmig_claims *claims)
{
    return text_named(claims, "name");
}

COGMIG_PUBLIC const char *cogmig_claims_issuer(const cogmig_claims *claims)
{
    if (claims != NULL && claims->issuer_of_header != NULL)
        return claims->issuer_of_header;
    return text_of(claims, CLAIM_ISS);
}

COGMIG_PUBLIC const char *cogmig_claims_client_id(const cogmig_claims *claims)
{
    return claims == NULL ? NULL : claims->client_id;
}

COGMIG_PUBLIC int32_t cogmig_claims_token_use(const cogmig_claims *claims)
{
    return claims == NULL ? 0 : claims->token_use;
}

/* ---- times ---- */

COGMIG_PUBLIC int64_t cogmig_claims_expires_at_s(const cogmig_claims *claims)
{
    return claims == NULL ? 0 : claims->expires_at_s;
}

COGMIG_PUBLIC int64_t cogmig_claims_issued_at_s(const cogmig_claims *claims)
{
    return claims == NULL ? 0 : claims->issued_at_s;
}

COGMIG_PUBLIC int64_t cogmig_claims_auth_time_s(const cogmig_claims *claims)
{
    return integer_named(claims, "auth_time");
}

/* ---- this token, this sign-in ---- */

COGMIG_PUBLIC const char *cogmig_claims_jti(const cogmig_claims *claims)
{
    return text_named(claims, "jti");
}

COGMIG_PUBLIC const char *cogmig_claims_origin_jti(const cogmig_claims *claims)
{
    return text_named(claims, "origin_jti");
}

COGMIG_PUBLIC const char *cogmig_claims_event_id(const cogmig_claims *claims)
{
    return text_named(claims, "event_id");
}

COGMIG_PUBLIC const char *cogmig_claims_device_key(const cogmig_claims *claims)
{
    return text_named(claims, "device_key");
}

COGMIG_PUBLIC const char *cogmig_claims_nonce(const cogmig_claims *claims)
{
    return text_named(claims, "nonce");
}

COGMIG_PUBLIC int64_t cogmig_claims_version(const cogmig_claims *claims)
{
    return integer_named(claims, "version");
}

/* ---- scopes: words between blanks (RFC 6749 section 3.3) ---- */

COGMIG_PUBLIC const char *cogmig_claims_scope(const cogmig_claims *claims)
{
    return text_named(claims, "scope");
}

COGMIG_PUBLIC bool cogmig_claims_has_scope(const cogmig_claims *claims, const char *scope)
{
    const char *at = scope == NULL ? NULL : cogmig_claims_scope(claims);
    size_t wanted = scope == NULL ? 0 : strlen(scope);
    if (at == NULL || wanted == 0)
        return false;
    for (;;) {
        size_t len = strcspn(at, " ");
        if (len == wanted && memcmp(at, scope, len) == 0)
            return true;
        if (at[len] == '\0')
            return false;
        at += len + 1;
    }
}

/* ---- arrays of texts ---- */

static bool text_at(const cogmig_claims *claims, struct json_value array, size_t index,
                    const char **ret_text)
{
    struct json_cursor cursor = json_enter(array);
    struct json_value element;
    while (json_next_element(&cursor, &element)) {
        if (index-- > 0)
            continue;
        *ret_text = element.type == JSON_STRING ? claims_text_of(claims, element) : NULL;
        return *ret_text != NULL;
    }
    return false;
}

static size_t count_of(struct json_value array)
{
    struct json_cursor cursor = json_enter(array);
    struct json_value element;
    size_t count = 0;
    while (json_next_element(&cursor, &element))
        count++;
    return count;
}

static const char groups_name[] = "cognito:groups";

COGMIG_PUBLIC size_t cogmig_claims_group_count(const cogmig_claims *claims)
{
    struct json_value groups;
    return is_there(claims, groups_name, JSON_ARRAY, &groups) ? count_of(groups) : 0;
}

COGMIG_PUBLIC const char *cogmig_claims_group_at(const cogmig_claims *claims, size_t index)
{
    struct json_value groups;
    const char *group = NULL;
    if (is_there(claims, groups_name, JSON_ARRAY, &groups))
        text_at(claims, groups, index, &group);
    return group;
}

COGMIG_PUBLIC bool cogmig_claims_in_group(const cogmig_claims *claims, const char *group)
{
    struct json_value groups, element;
    if (group == NULL || !is_there(claims, groups_name, JSON_ARRAY, &groups))
        return false;
    struct json_cursor cursor = json_enter(groups);
    while (json_next_element(&cursor, &element))
        if (element.type == JSON_STRING && json_string_equals(element, span_of(group)))
            return true;
    return false;
}

/* ---- any claim ---- */

COGMIG_PUBLIC const char *cogmig_claims_json(const cogmig_claims *claims, size_t *ret_len)
{
    if (ret_len != NULL)
        *ret_len = claims == NULL ? 0 : claims->json_len;
    return claims == NULL ? NULL : claims->json;
}

static cogmig_status not_found(const char *name, const char *what, cogmig_error *err)
{
    return fail(err, COGMIG_CLAIM_NOT_FOUND, "The token has no claim \"%.100s\" that is %s.", name,
                what);
}

static cogmig_status check_arguments(const cogmig_claims *claims, const char *name, const void *ret,
                                     const char *ret_name, cogmig_error *err)
{
    if (claims == NULL || name == NULL || ret == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "claims, name and %s must not be NULL.",
                    ret_name);
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_claims_get_string(const cogmig_claims *claims, const char *name,
                                                     const char **ret_text, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_text != NULL)
        *ret_text = NULL;
    cogmig_status status = check_arguments(claims, name, ret_text, "ret_text", err);
    if (status != COGMIG_OK)
        return status;
    *ret_text = text_named(claims, name);
    return *ret_text == NULL ? not_found(name, "text", err) : COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_claims_get_integer(const cogmig_claims *claims, const char *name,
                                                      int64_t *ret_integer, cogmig_error *err)
{
    struct json_value value;
    cogmig_error_clear(err);
    if (ret_integer != NULL)
        *ret_integer = 0;
    cogmig_status status = check_arguments(claims, name, ret_integer, "ret_integer", err);
    if (status != COGMIG_OK)
        return status;
    if (is_there(claims, name, JSON_NUMBER, &value) && json_integer(value, ret_integer))
        return COGMIG_OK;
    return not_found(name, "a whole number within 64 bits", err);
}

COGMIG_PUBLIC cogmig_status cogmig_claims_get_bool(const cogmig_claims *claims, const char *name,
                                                   bool *ret_bool, cogmig_error *err)
{
    struct json_value value;
    cogmig_error_clear(err);
    if (ret_bool != NULL)
        *ret_bool = false;
    cogmig_status status = check_arguments(claims, name, ret_bool, "ret_bool", err);
    if (status != COGMIG_OK)
        return status;
    if (!is_there(claims, name, JSON_TRUE, &value) && !is_there(claims, name, JSON_FALSE, &value))
        return not_found(name, "true or false", err);
    *ret_bool = value.type == JSON_TRUE;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_claims_get_count(const cogmig_claims *claims, const char *name,
                                                    size_t *ret_count, cogmig_error *err)
{
    struct json_value array;
    cogmig_error_clear(err);
    if (ret_count != NULL)
        *ret_count = 0;
    cogmig_status status = check_arguments(claims, name, ret_count, "ret_count", err);
    if (status != COGMIG_OK)
        return status;
    if (!is_there(claims, name, JSON_ARRAY, &array))
        return not_found(name, "an array", err);
    *ret_count = count_of(array);
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_claims_get_string_at(const cogmig_claims *claims,
                                                        const char *name, size_t index,
                                                        const char **ret_text, cogmig_error *err)
{
    struct json_value array;
    cogmig_error_clear(err);
    if (ret_text != NULL)
        *ret_text = NULL;
    cogmig_status status = check_arguments(claims, name, ret_text, "ret_text", err);
    if (status != COGMIG_OK)
        return status;
    if (!is_there(claims, name, JSON_ARRAY, &array))
        return not_found(name, "an array", err);
    if (text_at(claims, array, index, ret_text))
        return COGMIG_OK;
    return fail(err, COGMIG_CLAIM_NOT_FOUND, "The token's claim \"%.100s\" has no text at %zu.",
                name, index);
}
