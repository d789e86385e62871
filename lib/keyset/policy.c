/* SPDX-License-Identifier: Apache-2.0 */
#include "keyset/policy.h"

struct policy policy_start(void)
{
    return (struct policy){
        .fetch_from_ms = INT64_MIN, .due_at_ms = INT64_MAX, .trusted_until_ms = INT64_MAX};
}

/* ---- questions ---- */

bool policy_may_fetch(const struct policy *policy, int64_t now_ms)
{
    return now_ms >= policy->fetch_from_ms;
}

bool policy_is_due(const struct policy *policy, int64_t now_ms)
{
    return now_ms >= policy->due_at_ms;
}

bool policy_trusts(const struct policy *policy, int64_t now_ms)
{
    return now_ms < policy->trusted_until_ms;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

int64_t policy_settled_until_ms(const struct policy *policy)
{
    return earlier(later(policy->due_at_ms, policy->fetch_from_ms), policy->trusted_until_ms);
}

int64_t policy_fresh_until_ms(const struct policy *policy)
{
    return earlier(policy->due_at_ms, policy->trusted_until_ms);
}

/* ---- events ---- */

void policy_note_seed(struct policy *policy)
{
    policy->due_at_ms = INT64_MAX;
    policy->trusted_until_ms = INT64_MAX;
}

void policy_note_begin(struct policy *policy, int64_t now_ms)
{
    policy->began_at_ms = now_ms;
}

static int64_t due_after_ms(int64_t max_age_s)
{
    int64_t seconds = max_age_s == MAX_AGE_UNKNOWN ? KEYS_DUE_AFTER_DEFAULT_S : max_age_s;
    return 1000 * earlier(later(seconds, KEYS_DUE_AFTER_MIN_S), KEYS_DUE_AFTER_MAX_S);
}

void policy_note_success(struct policy *policy, int64_t now_ms, int64_t max_age_s)
{
    policy->failures = 0;
    policy->fetch_from_ms = policy->began_at_ms + UNKNOWN_KID_COOL_DOWN_MS;
    policy->due_at_ms = now_ms + due_after_ms(max_age_s);
    policy->trusted_until_ms = now_ms + KEYS_TRUSTED_FOR_MS;
}

void policy_note_restored(struct policy *policy, int64_t now_ms, int64_t age_ms, int64_t max_age_s)
{
    policy_note_begin(policy, now_ms - age_ms);
    policy_note_success(policy, now_ms - age_ms, max_age_s);
}

static int64_t back_off_ms(uint32_t failures)
{
    int64_t ms = BACK_OFF_FIRST_MS;
    for (uint32_t i = 1; i < failures && ms < BACK_OFF_MAX_MS; i++)
        ms *= 2;
    return earlier(ms, BACK_OFF_MAX_MS);
}

/* Between half of the back-off and the whole: a fleet that failed together does not come back
 * together. */
void policy_note_failure(struct policy *policy, int64_t now_ms, uint32_t random)
{
    if (policy->failures < UINT32_MAX)
        policy->failures++;
    int64_t ms = back_off_ms(policy->failures);
    policy->fetch_from_ms = now_ms + ms / 2 + (int64_t)(random % (uint64_t)(ms / 2 + 1));
}
