/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "password/check.h"
#include "password/password.h"
#include "password/self_test.h"
#include "status/error.h"

#include <inttypes.h>

/* ---- one verification ---- */

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

cogmig_status password_verify(const struct cogmig_password_rules *rules, struct span password,
                              const char *stored, int32_t stand_in_cost, bool *ret_cut,
                              cogmig_error *err)
{
    SCOPED(memory_release) struct lanes *lanes = memory_new(sizeof *lanes);
    if (lanes == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    if (!self_test_passed(lanes))
        return fail_plainly(err, COGMIG_INTERNAL_ERROR);
    struct check check;
    cogmig_status status = check_begin(&check, rules, password, stored, stand_in_cost, err);
    if (status != COGMIG_OK)
        return status;
    struct lane_job *only = &check.job;
    lanes_run(lanes, &(struct lane_feed){take_only, leave, &only});
    status = check_end(&check, ret_cut);
    return status == COGMIG_PASSWORD_MISMATCH ? fail_plainly(err, status) : status;
}

/* ---- the public calls ---- */

static cogmig_status check_cost(int32_t cost, cogmig_error *err)
{
    if (cost >= BCRYPT_MIN_COST && cost <= BCRYPT_MAX_COST)
        return COGMIG_OK;
    return fail(err, COGMIG_INVALID_ARGUMENT, "A bcrypt cost is 4 to 31, not %" PRId32 ".", cost);
}

COGMIG_PUBLIC cogmig_status cogmig_password_rules_verify(const cogmig_password_rules *rules,
                                                         const char *password, size_t password_len,
                                                         const char *stored, bool *ret_cut,
                                                         cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_cut != NULL)
        *ret_cut = false;
    return password_verify(rules == NULL ? &rules_by_default : rules,
                           (struct span){password, password_len}, stored, PASSWORD_USUAL_COST,
                           ret_cut, err);
}

COGMIG_PUBLIC cogmig_status cogmig_password_verify(const char *password, size_t password_len,
                                                   const char *stored, cogmig_error *err)
{
    return cogmig_password_rules_verify(NULL, password, password_len, stored, NULL, err);
}

COGMIG_PUBLIC cogmig_status cogmig_password_verify_up_to_cost(const char *password,
                                                              size_t password_len,
                                                              const char *stored, int32_t max_cost,
                                                              cogmig_error *err)
{
    cogmig_error_clear(err);
    cogmig_status status = check_cost(max_cost, err);
    if (status != COGMIG_OK)
        return status;
    struct cogmig_password_rules rules = rules_by_default;
    rules.max_cost = max_cost;
    return cogmig_password_rules_verify(&rules, password, password_len, stored, NULL, err);
}

COGMIG_PUBLIC cogmig_status cogmig_password_verify_dummy(const char *password, size_t password_len,
                                                         int32_t cost, cogmig_error *err)
{
    cogmig_error_clear(err);
    cogmig_status status = check_cost(cost, err);
    if (status != COGMIG_OK)
        return status;
    status = password_verify(&rules_by_default, (struct span){password, password_len}, NULL, cost,
                             NULL, err);
    return status == COGMIG_PASSWORD_NOT_SET ? fail_plainly(err, COGMIG_PASSWORD_MISMATCH) : status;
}
