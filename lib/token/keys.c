/* SPDX-License-Identifier: Apache-2.0
 * The keys of a verifier's issuers as a whole. */
#include "base/public.h"
#include "status/error.h"
#include "token/verifier.h"

#include <cogmig/verifier.h>
#include <string.h>

/* ---- all at once ---- */

static bool answered_as_unused(const struct trusted_issuer *trusted)
{
    struct cogmig_error outage = {.status = COGMIG_OK};
    key_source_outcome(trusted->keys, &outage);
    return outage.status == COGMIG_JWKS_HTTP_STATUS &&
           (strcmp(outage.upstream_code, "403") == 0 || strcmp(outage.upstream_code, "404") == 0);
}

/* Of the issuers of a pool some are not in use, which is to be seen when another of them is. */
static bool another_is_used(const cogmig_verifier *verifier, const struct trusted_issuer *trusted)
{
    for (size_t i = 0; i < verifier->issuer_count; i++) {
        const struct trusted_issuer *other = &verifier->issuers[i];
        if (other != trusted && issuer_is_kin(other->issuer, trusted->issuer) &&
            key_source_outcome(other->keys, NULL) == COGMIG_OK)
            return true;
    }
    return false;
}

static cogmig_status judge_outcomes(const cogmig_verifier *verifier, cogmig_error *err)
{
    for (size_t i = 0; i < verifier->issuer_count; i++) {
        const struct trusted_issuer *trusted = &verifier->issuers[i];
        if (answered_as_unused(trusted) && another_is_used(verifier, trusted))
            continue;
        cogmig_status status = key_source_outcome(trusted->keys, err);
        if (status != COGMIG_OK)
            return status;
    }
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_hydrate(cogmig_verifier *verifier, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (verifier == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "verifier must not be NULL.");
    for (size_t i = 0; i < verifier->issuer_count; i++) {
        cogmig_status status = key_source_refresh(verifier->issuers[i].keys, err);
        if (status == COGMIG_INVALID_ARGUMENT)
            return status;
    }
    cogmig_error_clear(err);
    return judge_outcomes(verifier, err);
}

/* ---- counters ---- */

static bool event_of(int32_t counter, enum key_event *ret_event)
{
    switch (counter) {
    case COGMIG_COUNTER_FETCHES:
        *ret_event = KEYS_FETCHED;
        return true;
    case COGMIG_COUNTER_FETCH_FAILURES:
        *ret_event = KEYS_FETCH_FAILED;
        return true;
    case COGMIG_COUNTER_NOT_MODIFIED:
        *ret_event = KEYS_NOT_MODIFIED;
        return true;
    case COGMIG_COUNTER_KEY_SET_CHANGES:
        *ret_event = KEYS_CHANGED;
        return true;
    case COGMIG_COUNTER_UNKNOWN_KIDS:
        *ret_event = KEY_UNKNOWN;
        return true;
    case COGMIG_COUNTER_STALE_KEY_USES:
        *ret_event = KEY_STALE;
        return true;
    default:
        return false;
    }
}

COGMIG_PUBLIC uint64_t cogmig_verifier_get_counter(const cogmig_verifier *verifier, int32_t counter)
{
    enum key_event event;
    uint64_t sum = 0;
    if (verifier == NULL || !event_of(counter, &event))
        return 0;
    for (size_t i = 0; i < verifier->issuer_count; i++)
        sum += key_source_count(verifier->issuers[i].keys, event);
    return sum;
}
