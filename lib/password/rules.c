/* SPDX-License-Identifier: Apache-2.0 */
#include "password/rules.h"

#include "base/memory.h"
#include "base/public.h"
#include "password/bcrypt_hash.h"
#include "status/error.h"

#include <inttypes.h>
#include <string.h>

const struct cogmig_password_rules rules_by_default = {.max_cost =
                                                           COGMIG_PASSWORD_DEFAULT_MAX_COST};

COGMIG_PUBLIC cogmig_status cogmig_password_rules_new(cogmig_password_rules **ret_rules,
                                                      cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_rules == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    *ret_rules = memory_new(sizeof **ret_rules);
    if (*ret_rules == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    **ret_rules = rules_by_default;
    return COGMIG_OK;
}

COGMIG_PUBLIC void cogmig_password_rules_free(cogmig_password_rules **rules)
{
    if (rules == NULL)
        return;
    memory_free(*rules);
    *rules = NULL;
}

COGMIG_PUBLIC cogmig_status cogmig_password_rules_set_max_cost(cogmig_password_rules *rules,
                                                               int32_t max_cost, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (rules == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    if (max_cost < BCRYPT_MIN_COST || max_cost > BCRYPT_MAX_COST)
        return fail(err, COGMIG_CONFIG_INVALID, "A bcrypt cost is 4 to 31, not %" PRId32 ".",
                    max_cost);
    rules->max_cost = max_cost;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_password_rules_set_strict_length(cogmig_password_rules *rules,
                                                                    bool strict, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (rules == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    rules->strict_length = strict;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_password_rules_allow_2x(cogmig_password_rules *rules,
                                                           cogmig_error *err)
{
    cogmig_error_clear(err);
    if (rules == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    rules->allow_2x = true;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_password_rules_allow_2(cogmig_password_rules *rules,
                                                          cogmig_error *err)
{
    cogmig_error_clear(err);
    if (rules == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    rules->allow_2 = true;
    return COGMIG_OK;
}

static cogmig_status refuse_both(cogmig_error *err)
{
    return fail(err, COGMIG_CONFIG_INVALID,
                "There is a pepper and a pre-hash, and no order of the two that is known; add the "
                "pepper in the pre-hash.");
}

COGMIG_PUBLIC cogmig_status cogmig_password_rules_set_pepper(cogmig_password_rules *rules,
                                                             const char *pepper, size_t pepper_len,
                                                             cogmig_error *err)
{
    cogmig_error_clear(err);
    if (rules == NULL || (pepper == NULL && pepper_len > 0))
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    if (pepper_len > RULES_MAX_PEPPER)
        return fail(err, COGMIG_CONFIG_INVALID, "The pepper has %zu bytes; at most %d can be.",
                    pepper_len, RULES_MAX_PEPPER);
    if (pepper_len > 0 && rules->prehash != NULL)
        return refuse_both(err);
    memory_wipe(rules->pepper, sizeof rules->pepper);
    if (pepper_len > 0)
        memcpy(rules->pepper, pepper, pepper_len);
    rules->pepper_len = pepper_len;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_password_rules_set_prehash(cogmig_password_rules *rules,
                                                              cogmig_password_prehash_fn prehash,
                                                              void *user_data, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (rules == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    if (prehash != NULL && rules->pepper_len > 0)
        return refuse_both(err);
    rules->prehash = prehash;
    rules->user_data = user_data;
    return COGMIG_OK;
}
