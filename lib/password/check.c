/* SPDX-License-Identifier: Apache-2.0 */
#include "password/check.h"

#include "adapters/openssl_sha256.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "password/recipe.h"
#include "status/error.h"

#include <stdio.h>
#include <string.h>

/* ---- the key: what bcrypt is given ---- */

struct key {
    char room[COGMIG_PASSWORD_MAX_PREHASH]; /* for keys that are not the password itself */
    struct span used;
    size_t whole_len; /* of what the legacy hasher was given */
};

static void key_wipe(struct key *key)
{
    memory_wipe(key, sizeof *key);
}

static size_t at_most(size_t len, size_t max)
{
    return len < max ? len : max;
}

static void add_pepper(const struct cogmig_password_rules *rules, struct span password,
                       struct key *key)
{
    size_t of_password = at_most(password.len, BCRYPT_KEY_BYTES);
    size_t of_pepper = at_most(rules->pepper_len, BCRYPT_KEY_BYTES - of_password);
    if (of_password > 0)
        memcpy(key->room, password.bytes, of_password);
    memcpy(key->room + of_password, rules->pepper, of_pepper);
    key->used = (struct span){key->room, of_password + of_pepper};
    key->whole_len = password.len + rules->pepper_len;
}

static cogmig_status ask_prehash(const struct cogmig_password_rules *rules, struct span password,
                                 struct key *key, cogmig_error *err)
{
    size_t len = 0;
    cogmig_status status = rules->prehash(rules->user_data, password.bytes, password.len, key->room,
                                          sizeof key->room, &len);
    if (status != COGMIG_OK || len > sizeof key->room) {
        fail(err, COGMIG_STOPPED_BY_CALLBACK,
             "The pre-hash of the password rules returned %s and %zu bytes.",
             cogmig_status_name(status), len);
        fail_upstream_number(err, COGMIG_UPSTREAM_CALLBACK, status);
        return COGMIG_STOPPED_BY_CALLBACK;
    }
    key->used = (struct span){key->room, len};
    key->whole_len = len;
    return COGMIG_OK;
}

static cogmig_status hash_to_hex(struct span password, struct key *key, cogmig_error *err)
{
    unsigned char digest[OPENSSL_SHA256_BYTES];
    if (!openssl_sha256(password, digest))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(key->room + 2 * i, 3, "%02x", digest[i]);
    memory_wipe(digest, sizeof digest);
    key->used = (struct span){key->room, 2 * sizeof digest};
    key->whole_len = key->used.len;
    return COGMIG_OK;
}

static cogmig_status make_key(const struct cogmig_password_rules *rules, enum recipe_key how,
                              struct span password, struct key *key, cogmig_error *err)
{
    if (how == RECIPE_KEY_SHA256_HEX)
        return hash_to_hex(password, key, err);
    if (how == RECIPE_KEY_BY_RULES && rules->prehash != NULL)
        return ask_prehash(rules, password, key, err);
    key->used = password;
    key->whole_len = password.len;
    if (how == RECIPE_KEY_BY_RULES && rules->pepper_len > 0)
        add_pepper(rules, password, key);
    return COGMIG_OK;
}

/* ---- lengths ---- */

/* node's bcrypt counts the length modulo 256 for $2a$ (its NUL included) and $2$: what it hashed of
 * a longer password may be a single byte. */
static bool may_have_wrapped(const struct recipe *recipe, size_t key_len)
{
    enum {
        NODE_WRAPS_AT = 255
    };
    return key_len >= NODE_WRAPS_AT && (recipe->form == KEY_WITHOUT_NUL ||
                                        span_starts_with(span_of(recipe->hash.text), "$2a$"));
}

static bool reads_password_itself(const struct cogmig_password_rules *rules, enum recipe_key how)
{
    return how == RECIPE_KEY_PLAIN || (how == RECIPE_KEY_BY_RULES && rules->prehash == NULL);
}

static cogmig_status check_length(const struct cogmig_password_rules *rules, size_t key_len,
                                  const struct recipe *recipe, bool cut, cogmig_error *err)
{
    if (may_have_wrapped(recipe, key_len))
        return fail_plainly(err, COGMIG_PASSWORD_TOO_LONG);
    if (cut && rules->strict_length)
        return fail(err, COGMIG_PASSWORD_TOO_LONG,
                    "The password has more than %d bytes, of which bcrypt reads no more; let the "
                    "user reset it.",
                    BCRYPT_KEY_BYTES);
    return COGMIG_OK;
}

/* ---- beginning and end ---- */

cogmig_status check_begin(struct check *check, const struct cogmig_password_rules *rules,
                          struct span password, const char *stored, int32_t stand_in_cost,
                          cogmig_error *err)
{
    if (password.bytes == NULL && password.len > 0)
        return fail(err, COGMIG_INVALID_ARGUMENT, "The password is NULL but its length is not 0.");
    struct recipe recipe;
    check->refusal = recipe_read(rules, stored, &recipe, err);
    if (check->refusal != COGMIG_OK)
        recipe = recipe_of_stand_in(stand_in_cost);
    SCOPED(key_wipe) struct key key;
    cogmig_status status = make_key(rules, recipe.key, password, &key, err);
    if (status != COGMIG_OK)
        return status;
    check->cut = password.len > BCRYPT_KEY_BYTES && reads_password_itself(rules, recipe.key);
    if (check->refusal == COGMIG_OK)
        check->refusal = check_length(rules, key.whole_len, &recipe, check->cut, err);
    check->hash = recipe.hash;
    bcrypt_job(key.used, &recipe.hash, recipe.form, &check->job);
    return COGMIG_OK;
}

cogmig_status check_end(struct check *check, bool *ret_cut)
{
    bool same = bcrypt_job_matches(&check->job, &check->hash);
    cogmig_status verdict = check->refusal;
    if (verdict == COGMIG_OK && !same)
        verdict = COGMIG_PASSWORD_MISMATCH;
    if (ret_cut != NULL)
        *ret_cut = verdict == COGMIG_OK && check->cut;
    memory_wipe(check, sizeof *check);
    return verdict;
}
