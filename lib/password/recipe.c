/* SPDX-License-Identifier: Apache-2.0 */
#include "password/recipe.h"

#include "base/public.h"
#include "password/password.h"
#include "password/scheme.h"
#include "status/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- the hash ---- */

static struct span behind(struct span text, const char *prefix)
{
    size_t len = strlen(prefix);
    return (struct span){text.bytes + len, text.len - len};
}

/* Old revisions differ in the key alone; with another prefix they are read like any. A text that is
 * too long stays so. */
static const char *parse_as_2b(struct span rest, struct bcrypt_hash *ret_hash)
{
    char modern[BCRYPT_HASH_LEN + 2];
    int len = rest.len < BCRYPT_HASH_LEN ? (int)rest.len : BCRYPT_HASH_LEN;
    snprintf(modern, sizeof modern, "$2b$%.*s", len, rest.bytes);
    return bcrypt_hash_parse(span_of(modern), ret_hash);
}

static const char *parse(const struct cogmig_password_rules *rules, struct span text,
                         struct recipe *ret_recipe)
{
    static const char revision_2x[] = "$2x$", revision_2[] = "$2$";
    if (rules->allow_2x && span_starts_with(text, revision_2x)) {
        ret_recipe->form = KEY_SIGN_EXTENDED;
        return parse_as_2b(behind(text, revision_2x), &ret_recipe->hash);
    }
    if (rules->allow_2 && span_starts_with(text, revision_2)) {
        ret_recipe->form = KEY_WITHOUT_NUL;
        return parse_as_2b(behind(text, revision_2), &ret_recipe->hash);
    }
    ret_recipe->form = KEY_WITH_NUL;
    return bcrypt_hash_parse(text, &ret_recipe->hash);
}

/* ---- what is not compared, and why ---- */

static cogmig_status refuse_damaged(const char *damage, cogmig_error *err)
{
    return fail(err, COGMIG_HASH_MALFORMED,
                "The stored hash begins like bcrypt but %s; mend the row or let the user reset the "
                "password.",
                damage);
}

static cogmig_status refuse_unsupported(const char *name, cogmig_error *err)
{
    if (strcmp(name, "unknown") == 0)
        return fail(err, COGMIG_HASH_UNSUPPORTED,
                    "What is stored is of an unknown scheme, or plain text; only bcrypt $2a$, $2b$ "
                    "and $2y$ can be verified. Let the user reset the password.");
    return fail(err, COGMIG_HASH_UNSUPPORTED,
                "The stored hash is not one that can be verified (it looks like: %s); only bcrypt "
                "$2a$, $2b$ and $2y$ can, and by rules of their own $2x$ and $2$. Let the user "
                "reset the password.",
                name);
}

static bool is_allowed_old_revision(const struct cogmig_password_rules *rules, struct span text)
{
    return (rules->allow_2x && span_starts_with(text, "$2x$")) ||
           (rules->allow_2 && span_starts_with(text, "$2$"));
}

static cogmig_status refuse(const struct cogmig_password_rules *rules, struct span text,
                            const char *damage, cogmig_error *err)
{
    struct scheme scheme = scheme_of(text);
    switch (scheme.kind) {
    case SCHEME_NONE:
        return fail_plainly(err, COGMIG_PASSWORD_NOT_SET);
    case SCHEME_LOCKED:
        return fail_plainly(err, COGMIG_PASSWORD_LOCKED);
    case SCHEME_BCRYPT:
        return refuse_damaged(damage, err);
    case SCHEME_UNSUPPORTED:
        break;
    }
    if (is_allowed_old_revision(rules, text))
        return refuse_damaged(damage, err);
    return refuse_unsupported(scheme.name, err);
}

/* A wrapper around nothing, or around a lock, is a damaged hash. */
static cogmig_status refuse_wrapped(const struct cogmig_password_rules *rules, struct span text,
                                    const char *damage, cogmig_error *err)
{
    struct scheme scheme = scheme_of(text);
    if (scheme.kind == SCHEME_UNSUPPORTED && !is_allowed_old_revision(rules, text) &&
        strcmp(scheme.name, "unknown") != 0)
        return refuse_unsupported(scheme.name, err);
    return refuse_damaged(damage, err);
}

static cogmig_status check_cost(const struct cogmig_password_rules *rules, int32_t cost,
                                cogmig_error *err)
{
    if (cost <= rules->max_cost)
        return COGMIG_OK;
    return fail(err, COGMIG_HASH_COST_REFUSED,
                "The stored hash has the bcrypt cost %" PRId32 ", the ceiling is %" PRId32
                "; raise the ceiling or let the user reset the password.",
                cost, rules->max_cost);
}

cogmig_status recipe_read(const struct cogmig_password_rules *rules, const char *stored,
                          struct recipe *ret_recipe, cogmig_error *err)
{
    struct span text = scheme_unwrap(scheme_trim(stored), &ret_recipe->key);
    const char *damage = parse(rules, text, ret_recipe);
    if (damage == NULL)
        return check_cost(rules, ret_recipe->hash.cost, err);
    if (ret_recipe->key == RECIPE_KEY_BY_RULES)
        return refuse(rules, text, damage, err);
    return refuse_wrapped(rules, text, damage, err);
}

struct recipe recipe_of_stand_in(int32_t cost)
{
    struct recipe recipe = {
        .hash = {.cost = cost}, .form = KEY_WITH_NUL, .key = RECIPE_KEY_BY_RULES};
    snprintf(recipe.hash.text, sizeof recipe.hash.text,
             "$2b$%02" PRId32 "$......................"
             "...............................",
             cost);
    return recipe;
}

/* ---- costs ---- */

int32_t password_cost(const struct cogmig_password_rules *rules, const char *stored)
{
    struct recipe recipe;
    return recipe_read(rules, stored, &recipe, NULL) == COGMIG_OK ? recipe.hash.cost : 0;
}

COGMIG_PUBLIC int32_t cogmig_password_cost(const char *stored)
{
    struct cogmig_password_rules any_cost = rules_by_default;
    any_cost.max_cost = BCRYPT_MAX_COST;
    return password_cost(&any_cost, stored);
}
