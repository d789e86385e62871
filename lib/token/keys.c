/* SPDX-License-Identifier: Apache-2.0
 * The keys of a verifier's issuers as a whole. */
#include "base/clock.h"
#include "base/public.h"
#include "status/error.h"
#include "token/verifier.h"

#include <cogmig/verifier.h>
#include <string.h>

/* ---- the key file ---- */

static int64_t calendar_s(void *config)
{
    const cogmig_verifier_config *of = config;
    return of->clock == NULL ? clock_unix_s() : of->clock(of->clock_data);
}

bool verifier_open_key_file(cogmig_verifier *verifier)
{
    cogmig_verifier_config *config = verifier->config;
    if (config->key_file == NULL)
        return true;
    config->fetcher.file = key_file_new(config->key_file, calendar_s, config);
    return config->fetcher.file != NULL;
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_check_key_file(const cogmig_verifier *verifier,
                                                           cogmig_error *err)
{
    cogmig_error_clear(err);
    if (verifier == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "verifier must not be NULL.");
    struct key_file *file = verifier->config->fetcher.file;
    if (file == NULL)
        return fail(err, COGMIG_CONFIG_INCOMPLETE, "The verifier was given no key file.");
    return key_file_problem(file, err);
}

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
    if (verifier->config->fetcher.by_caller)
        return fail_plainly(err, COGMIG_KEYS_NEEDED);
    cogmig_error_clear(err);
    return judge_outcomes(verifier, err);
}

/* ---- counters ---- */

static uint64_t sum_of(const cogmig_verifier *verifier, enum key_event event)
{
    uint64_t sum = verifier->alb_keys == NULL ? 0 : alb_keys_count(verifier->alb_keys, event);
    for (size_t i = 0; i < verifier->issuer_count; i++)
        sum += key_source_count(verifier->issuers[i].keys, event);
    return sum;
}

static uint64_t of_file(const cogmig_verifier *verifier, enum key_file_event event)
{
    struct key_file *file = verifier->config->fetcher.file;
    return file == NULL ? 0 : key_file_count(file, event);
}

COGMIG_PUBLIC uint64_t cogmig_verifier_get_counter(const cogmig_verifier *verifier, int32_t counter)
{
    static const enum key_event of_keys[] = {
        [COGMIG_COUNTER_FETCHES] = KEYS_FETCHED,
        [COGMIG_COUNTER_FETCH_FAILURES] = KEYS_FETCH_FAILED,
        [COGMIG_COUNTER_NOT_MODIFIED] = KEYS_NOT_MODIFIED,
        [COGMIG_COUNTER_KEY_SET_CHANGES] = KEYS_CHANGED,
        [COGMIG_COUNTER_UNKNOWN_KIDS] = KEY_UNKNOWN,
        [COGMIG_COUNTER_STALE_KEY_USES] = KEY_STALE,
        [COGMIG_COUNTER_FETCHES_WITHHELD] = KEYS_WITHHELD,
    };
    if (verifier == NULL || counter < COGMIG_COUNTER_FETCHES)
        return 0;
    if (counter <= COGMIG_COUNTER_FETCHES_WITHHELD)
        return sum_of(verifier, of_keys[counter]);
    switch (counter) {
    case COGMIG_COUNTER_CACHE_HITS:
    case COGMIG_COUNTER_CACHE_MISSES:
        return token_cache_count(verifier->cache, counter == COGMIG_COUNTER_CACHE_HITS);
    case COGMIG_COUNTER_KEY_FILE_READS:
        return of_file(verifier, KEY_FILE_USED);
    case COGMIG_COUNTER_KEY_FILE_REFUSALS:
        return of_file(verifier, KEY_FILE_IGNORED);
    case COGMIG_COUNTER_KEY_FILE_WRITES:
        return of_file(verifier, KEY_FILE_WRITTEN);
    case COGMIG_COUNTER_KEY_FILE_WRITE_FAILURES:
        return of_file(verifier, KEY_FILE_NOT_WRITTEN);
    default:
        return 0;
    }
}
