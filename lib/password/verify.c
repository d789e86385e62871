/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "password/bcrypt.h"
#include "password/password.h"
#include "password/scheme.h"
#include "password/self_test.h"
#include "status/error.h"

#include <inttypes.h>
#include <stdio.h>

/* ---- one comparison ---- */

/* A feed of one job. */
static struct lane_job *take_only(void *user_data)
{
    struct lane_job **only = user_data;
    struct lane_job *job = *only;
    *only = NULL;
    return job;
}

static void leave(void *user_data, struct lane_job *job)
{
    (void)user_data, (void)job;
}

static cogmig_status compare(struct span password, const struct bcrypt_hash *hash)
{
    SCOPED(memory_release) struct lanes *lanes = memory_new(sizeof *lanes);
    if (lanes == NULL)
        return COGMIG_OUT_OF_MEMORY;
    if (!self_test_passed(lanes))
        return COGMIG_INTERNAL_ERROR;
    struct lane_job job = bcrypt_job(password, hash, KEY_WITH_NUL);
    struct lane_job *only = &job;
    lanes_run(lanes, &(struct lane_feed){take_only, leave, &only});
    bool same = bcrypt_job_matches(&job, hash);
    memory_wipe(&job, sizeof job);
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

/* ---- what is not compared, and why ---- */

static cogmig_status refuse_scheme(struct scheme scheme, const char *damage, cogmig_error *err)
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

static cogmig_status check_cost(int32_t cost, int32_t max_cost, cogmig_error *err)
{
    if (cost <= max_cost)
        return COGMIG_OK;
    return fail(err, COGMIG_HASH_COST_REFUSED,
                "The stored hash has the bcrypt cost %" PRId32 ", the ceiling is %" PRId32
                "; raise the ceiling or let the user reset the password.",
                cost, max_cost);
}

/* node's bcrypt counts the length, the NUL behind included, modulo 256 for $2a$: what it hashed of
 * a longer password may be a single byte. */
static cogmig_status check_length(size_t password_len, const struct bcrypt_hash *hash,
                                  cogmig_error *err)
{
    enum {
        NODE_WRAPS_AT = 255
    };
    bool wraps = span_starts_with(span_of(hash->text), "$2a$") && password_len >= NODE_WRAPS_AT;
    return wraps ? fail_plainly(err, COGMIG_PASSWORD_TOO_LONG) : COGMIG_OK;
}

static cogmig_status read_hash(const char *stored, struct bcrypt_hash *ret_hash, cogmig_error *err)
{
    struct span text = scheme_trim(stored);
    const char *damage = bcrypt_hash_parse(text, ret_hash);
    return damage == NULL ? COGMIG_OK : refuse_scheme(scheme_of(text), damage, err);
}

/* ---- the verdict ---- */

cogmig_status password_verify(struct span password, const char *stored, int32_t max_cost,
                              int32_t stand_in_cost, cogmig_error *err)
{
    struct bcrypt_hash hash;
    cogmig_status status = read_hash(stored, &hash, err);
    if (status == COGMIG_OK)
        status = check_cost(hash.cost, max_cost, err);
    if (status == COGMIG_OK)
        status = check_length(password.len, &hash, err);
    if (status == COGMIG_OK) {
        status = compare(password, &hash);
        return status == COGMIG_OK ? COGMIG_OK : fail_plainly(err, status);
    }
    cogmig_status worked = stand_in(password, stand_in_cost);
    return worked == COGMIG_OK ? status : fail_plainly(err, worked);
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
