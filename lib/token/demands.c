/* SPDX-License-Identifier: Apache-2.0 */
#include "token/demands.h"

#include "base/memory.h"
#include "status/error.h"

#include <string.h>

enum {
    MAX_SHOWN = 64 /* of a claim, in a message */
};

/* ---- its life ---- */

bool demands_add_claim(struct demands *demands, const char *name, const char *text)
{
    struct demanded_claim *claim = &demands->claims[demands->claim_count];
    claim->name = memory_copy_text(name);
    claim->text = text == NULL ? NULL : memory_copy_text(text);
    if (claim->name != NULL && (text == NULL || claim->text != NULL)) {
        demands->claim_count++;
        return true;
    }
    memory_free(claim->name);
    memory_free(claim->text);
    return false;
}

static bool copy_claims(const struct demands *from, struct demands *to)
{
    for (size_t i = to->claim_count; i < from->claim_count; i++)
        if (!demands_add_claim(to, from->claims[i].name, from->claims[i].text))
            return false;
    return true;
}

bool demands_copy(const struct demands *from, struct demands *to)
{
    return text_list_copy(&from->any_groups, &to->any_groups) &&
           text_list_copy(&from->all_groups, &to->all_groups) &&
           text_list_copy(&from->any_scopes, &to->any_scopes) &&
           text_list_copy(&from->all_scopes, &to->all_scopes) && copy_claims(from, to);
}

void demands_release(struct demands *demands)
{
    text_list_release(&demands->any_groups);
    text_list_release(&demands->all_groups);
    text_list_release(&demands->any_scopes);
    text_list_release(&demands->all_scopes);
    for (size_t i = 0; i < demands->claim_count; i++) {
        memory_free(demands->claims[i].name);
        memory_free(demands->claims[i].text);
    }
    demands->claim_count = 0;
}

/* ---- any of, all of ---- */

typedef bool (*claims_hold_fn)(const cogmig_claims *claims, const char *text);

static bool hold_any(const cogmig_claims *claims, const struct text_list *list, claims_hold_fn hold)
{
    for (size_t i = 0; i < list->count; i++)
        if (hold(claims, list->texts[i]))
            return true;
    return list->count == 0;
}

static char *first_lacking(const cogmig_claims *claims, const struct text_list *list,
                           claims_hold_fn hold)
{
    for (size_t i = 0; i < list->count; i++)
        if (!hold(claims, list->texts[i]))
            return list->texts[i];
    return NULL;
}

/* What a claim holds, for a message: JSON as the issuer wrote it, cut. */
static struct span shown(const cogmig_claims *claims, const char *name)
{
    struct json_value value;
    if (!json_find(claims->root, name, &value))
        return span_of("absent");
    return (struct span){value.text.bytes, value.text.len > MAX_SHOWN ? MAX_SHOWN : value.text.len};
}

static cogmig_status refuse(cogmig_status status, const cogmig_claims *claims, const char *name,
                            const char *wanted, cogmig_error *err)
{
    struct span came = shown(claims, name);
    return fail(err, status, "The token's %s must hold %s; it is %.*s.", name, wanted,
                (int)came.len, came.bytes);
}

cogmig_status demands_judge_groups(const struct demands *demands, const cogmig_claims *claims,
                                   cogmig_error *err)
{
    static const char name[] = "cognito:groups";
    if (!hold_any(claims, &demands->any_groups, cogmig_claims_in_group))
        return refuse(COGMIG_TOKEN_GROUP_REFUSED, claims, name,
                      text_list_show(&demands->any_groups).text, err);
    char *lacking = first_lacking(claims, &demands->all_groups, cogmig_claims_in_group);
    if (lacking != NULL)
        return refuse(COGMIG_TOKEN_GROUP_REFUSED, claims, name,
                      text_list_show(&(struct text_list){{lacking}, 1}).text, err);
    return COGMIG_OK;
}

cogmig_status demands_judge_scopes(const struct demands *demands, const cogmig_claims *claims,
                                   cogmig_error *err)
{
    static const char name[] = "scope";
    if (!hold_any(claims, &demands->any_scopes, cogmig_claims_has_scope))
        return refuse(COGMIG_TOKEN_SCOPE_REFUSED, claims, name,
                      text_list_show(&demands->any_scopes).text, err);
    char *lacking = first_lacking(claims, &demands->all_scopes, cogmig_claims_has_scope);
    if (lacking != NULL)
        return refuse(COGMIG_TOKEN_SCOPE_REFUSED, claims, name,
                      text_list_show(&(struct text_list){{lacking}, 1}).text, err);
    return COGMIG_OK;
}

/* ---- single claims ---- */

static cogmig_status missing(const char *name, cogmig_error *err)
{
    return fail(err, COGMIG_TOKEN_CLAIM_MISSING, "The token has no %.*s.", MAX_SHOWN, name);
}

/* A null is what JSON has for "not there". */
static bool is_there(const cogmig_claims *claims, const char *name, struct json_value *ret_value)
{
    return json_find(claims->root, name, ret_value) && ret_value->type != JSON_NULL;
}

static cogmig_status judge_claim(const struct demanded_claim *demanded, const cogmig_claims *claims,
                                 cogmig_error *err)
{
    struct json_value value;
    if (!is_there(claims, demanded->name, &value))
        return missing(demanded->name, err);
    if (demanded->text == NULL ||
        (value.type == JSON_STRING && json_string_equals(value, span_of(demanded->text))))
        return COGMIG_OK;
    struct span came = shown(claims, demanded->name);
    return fail(err, COGMIG_TOKEN_CLAIM_REFUSED, "The token's %.*s must be \"%.*s\"; it is %.*s.",
                MAX_SHOWN, demanded->name, MAX_SHOWN, demanded->text, (int)came.len, came.bytes);
}

cogmig_status demands_judge_claims(const struct demands *demands, const cogmig_claims *claims,
                                   cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    for (size_t i = 0; status == COGMIG_OK && i < demands->claim_count; i++)
        status = judge_claim(&demands->claims[i], claims, err);
    return status;
}

cogmig_status demands_judge_nonce(const char *nonce, const cogmig_claims *claims, cogmig_error *err)
{
    struct json_value value;
    if (!is_there(claims, "nonce", &value))
        return missing("nonce", err);
    bool was_sent = nonce[0] != '\0'; /* a program that lost its nonce has an empty one */
    if (was_sent && value.type == JSON_STRING && json_string_equals(value, span_of(nonce)))
        return COGMIG_OK;
    return fail(err, COGMIG_TOKEN_NONCE_REFUSED,
                "The token's nonce is not the one that was sent with this sign-in: the token was "
                "made for another.");
}
