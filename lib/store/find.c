/* SPDX-License-Identifier: Apache-2.0 */
#include "store/find.h"

static bool equals_key(const cogmig_user *user, int32_t question, struct span key)
{
    return span_equal_text(key, question == COGMIG_FIND_BY_ID ? user->id : user->email);
}

struct candidates {
    size_t exact;
    size_t last_exact;
};

static struct candidates count_exact(const cogmig_store_answer *answer, int32_t question,
                                     struct span key)
{
    struct candidates c = {0, 0};
    for (size_t i = 0; i < answer->count; i++) {
        if (!equals_key(answer->users[i], question, key))
            continue;
        c.exact++;
        c.last_exact = i;
    }
    return c;
}

static cogmig_status refuse_to_guess(int32_t question, cogmig_error *err)
{
    if (question == COGMIG_FIND_BY_ID)
        return fail(err, COGMIG_USER_AMBIGUOUS,
                    "Several rows have this id; the id column must be unique.");
    return fail_plainly(err, COGMIG_USER_AMBIGUOUS);
}

static void take(cogmig_store_answer *answer, size_t index, cogmig_user **ret_user)
{
    *ret_user = answer->users[index];
    answer->users[index] = NULL;
}

cogmig_status find_pick(cogmig_store_answer *answer, int32_t question, struct span key,
                        cogmig_user **ret_user, cogmig_error *err)
{
    struct candidates c = count_exact(answer, question, key);
    if (answer->overflowed || c.exact > 1 || (c.exact == 0 && answer->count > 1))
        return refuse_to_guess(question, err);
    if (c.exact == 0 && answer->count == 1 && question == COGMIG_FIND_BY_ID)
        return fail(err, COGMIG_STORE_ROW_INVALID,
                    "The store answered with a row of another id than was asked for.");
    if (answer->count > 0)
        take(answer, c.last_exact, ret_user);
    return COGMIG_OK;
}
