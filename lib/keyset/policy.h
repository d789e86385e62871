/* SPDX-License-Identifier: Apache-2.0
 * When an issuer is asked for its keys, when not, and how long its answer is trusted. Numbers in,
 * numbers out: times are milliseconds of the steady clock. */
#ifndef KEYSET_POLICY_H
#define KEYSET_POLICY_H

#include <stdbool.h>
#include <stdint.h>

enum {
    KEYS_DUE_AFTER_DEFAULT_S = 10 * 60, /* where the issuer names no max-age */
    KEYS_DUE_AFTER_MIN_S = 60,
    KEYS_DUE_AFTER_MAX_S = 12 * 60 * 60, /* so that half a day of outage is survived at least */
    KEYS_TRUSTED_FOR_MS = 24 * 60 * 60 * 1000,
    UNKNOWN_KID_COOL_DOWN_MS = 30 * 1000,
    BACK_OFF_FIRST_MS = 1000,
    BACK_OFF_MAX_MS = 60 * 1000,
    MAX_AGE_UNKNOWN = -1
};

struct policy {
    int64_t fetch_from_ms;    /* no fetch begins earlier */
    int64_t due_at_ms;        /* from then on the keys held are asked for again */
    int64_t trusted_until_ms; /* from then on the keys held count for nothing */
    int64_t began_at_ms;
    uint32_t failures; /* in a row */
};

/* As long as nothing was fetched, keys that the caller gave are trusted without end. */
struct policy policy_start(void);

bool policy_may_fetch(const struct policy *policy, int64_t now_ms);
bool policy_is_due(const struct policy *policy, int64_t now_ms);
bool policy_trusts(const struct policy *policy, int64_t now_ms);

/* Until when the keys held may be used without asking anew whether a fetch should begin. */
int64_t policy_settled_until_ms(const struct policy *policy);

/* Until when the keys held are neither due to be asked for again nor too old. */
int64_t policy_fresh_until_ms(const struct policy *policy);

/* Keys of the caller took the place of what was fetched. */
void policy_note_seed(struct policy *policy);

/* A fetch begins: the cool-down counts from here, however long it takes. */
void policy_note_begin(struct policy *policy, int64_t now_ms);

/* max_age_s  of the response, or MAX_AGE_UNKNOWN */
void policy_note_success(struct policy *policy, int64_t now_ms, int64_t max_age_s);

/* Keys that another process fetched came so long after it did; its cool-down counts here too. */
void policy_note_restored(struct policy *policy, int64_t now_ms, int64_t age_ms, int64_t max_age_s);

/* random  any number: it spreads the next attempts of many processes */
void policy_note_failure(struct policy *policy, int64_t now_ms, uint32_t random);

#endif
