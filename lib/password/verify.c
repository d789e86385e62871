/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/libxcrypt.h"
#include "adapters/openssl.h"
#include "base/memory.h"
#include "base/public.h"
#include "password/bcrypt_hash.h"
#include "password/password.h"
#include "password/scheme.h"
#include "status/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The bytes that count, as libxcrypt wants them: ended by a NUL, with none among them. */
struct bcrypt_key {
    char bytes[BCRYPT_MAX_PASSWORD + 1];
};

static bool make_key(struct span password, struct bcrypt_key *ret_key)
{
    if (password.len > BCRYPT_MAX_PASSWORD)
        password.len = BCRYPT_MAX_PASSWORD;
    memset(ret_key, 0, sizeof *ret_key);
    if (span_contains_nul(password))
        return false;
    if (password.len > 0)
        memcpy(ret_key->bytes, password.bytes, password.len);
    return true;
}

static cogmig_status compare(struct span password, const struct bcrypt_hash *hash)
{
    struct bcrypt_key key;
    char computed[LIBXCRYPT_BCRYPT_TEXT + 1] = "";
    bool hashable = make_key(password, &key);
    cogmig_status status = libxcrypt_bcrypt(key.bytes, hash->text, computed);
    memory_wipe(&key, sizeof key);
    bool same = openssl_equal(computed, hash->text, BCRYPT_HASH_LEN);
    memory_wipe(computed, sizeof computed);
    if (status != COGMIG_OK)
        return status;
    if (!hashable)
        return COGMIG_PASSWORD_NOT_HASHABLE;
    return same ? COGMIG_OK : COGMIG_PASSWORD_MISMATCH;
}

/* A hash that nothing is compared with: only the time it takes counts. */
static cogmig_status stand_in(struct span password, int32_t cost)
{
    struct bcrypt_hash hash = {.cost = cost};
    snprintf(hash.text, sizeof hash.text,
             "$2b$%02" PRId32 "$......................"
             "...............................",
             cost);
    cogmig_status status = compare(password, &hash);
    return status == COGMIG_OUT_OF_MEMORY || status == COGMIG_INTERNAL_ERROR ? status : COGMIG_OK;
}

/* Why there is nothing to compare with. */
static cogmig_status refuse(struct scheme scheme, const char *damage, cogmig_error *err)
{
    switch (scheme.kind) {
    case SCHEME_NONE:
        return fail_plainly(err, COGMIG_PASSWORD_NOT_SET);
    case SCHEME_LOCKED:
        return fail_plainly(err, COGMIG_PASSWORD_LOCKED);
    case SCHEME_BCRYPT:
        return fail(err, COGMIG_HASH_MALFORMED,
                    "The stored hash begins like bcrypt but %s; mend the row or let the user reset "
                    "the password.",
                    damage);
    default:
        return fail(err, COGMIG_HASH_UNSUPPORTED,
                    "The stored hash is not one that can be verified (it looks like: %s); only "
                    "bcrypt $2a$, $2b$ and $2y$ can. Let the user reset the password.",
                    scheme.name);
    }
}

static cogmig_status refuse_cost(int32_t cost, int32_t max_cost, cogmig_error *err)
{
    return fail(err, COGMIG_HASH_COST_REFUSED,
                "The stored hash has the bcrypt cost %" PRId32 ", the ceiling is %" PRId32
                "; raise the ceiling or let the user reset the password.",
                cost, max_cost);
}

cogmig_status password_verify(struct span password, const char *stored, int32_t max_cost,
                              int32_t stand_in_cost, cogmig_error *err)
{
    struct span text = scheme_trim(stored);
    struct scheme scheme = scheme_of(text);
    struct bcrypt_hash hash;
    const char *damage = bcrypt_hash_parse(text, &hash);
    bool too_costly = damage == NULL && hash.cost > max_cost;
    if (damage == NULL && !too_costly) {
        cogmig_status verdict = compare(password, &hash);
        return verdict == COGMIG_OK ? COGMIG_OK : fail_plainly(err, verdict);
    }
    cogmig_status status = stand_in(password, stand_in_cost);
    if (status != COGMIG_OK)
        return fail_plainly(err, status);
    return too_costly ? refuse_cost(hash.cost, max_cost, err) : refuse(scheme, damage, err);
}

static bool is_cost(int32_t cost)
{
    return cost >= BCRYPT_MIN_COST && cost <= BCRYPT_MAX_COST;
}

static cogmig_status check_arguments(const char *password, size_t password_len, int32_t cost,
                                     cogmig_error *err)
{
    cogmig_error_clear(err);
    if (password == NULL && password_len > 0)
        return fail(err, COGMIG_INVALID_ARGUMENT, "The password is NULL but its length is not 0.");
    if (!is_cost(cost))
        return fail(err, COGMIG_INVALID_ARGUMENT, "A bcrypt cost is 4 to 31, not %" PRId32 ".",
                    cost);
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_password_verify_up_to_cost(const char *password,
                                                              size_t password_len,
                                                              const char *stored, int32_t max_cost,
                                                              cogmig_error *err)
{
    cogmig_status status = check_arguments(password, password_len, max_cost, err);
    if (status != COGMIG_OK)
        return status;
    return password_verify((struct span){password, password_len}, stored, max_cost,
                           PASSWORD_USUAL_COST, err);
}

COGMIG_PUBLIC cogmig_status cogmig_password_verify(const char *password, size_t password_len,
                                                   const char *stored, cogmig_error *err)
{
    return cogmig_password_verify_up_to_cost(password, password_len, stored,
                                             COGMIG_PASSWORD_DEFAULT_MAX_COST, err);
}

COGMIG_PUBLIC cogmig_status cogmig_password_verify_dummy(const char *password, size_t password_len,
                                                         int32_t cost, cogmig_error *err)
{
    cogmig_status status = check_arguments(password, password_len, cost, err);
    if (status != COGMIG_OK)
        return status;
    status = stand_in((struct span){password, password_len}, cost);
    return fail_plainly(err, status == COGMIG_OK ? COGMIG_PASSWORD_MISMATCH : status);
}
