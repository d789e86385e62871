/* SPDX-License-Identifier: Apache-2.0
 * Where an issuer's keys come from: which set is current, who fetches, who waits, when not to. */
#ifndef KEYSET_SOURCE_H
#define KEYSET_SOURCE_H

#include "base/json.h"
#include "keyset/fetch.h"
#include "keyset/jwk.h"
#include "keyset/policy.h"

#include <cogmig/keyset.h>
#include <stdint.h>

typedef int64_t (*steady_clock_fn)(void);

struct key_source;

/* url       borrowed, as what fetcher points to: they outlive the source
 * steady_ms the clock of the cool-down */
struct key_source *key_source_new(const char *url, const struct fetcher *fetcher,
                                  steady_clock_fn steady_ms);
void key_source_free(struct key_source *source);

/* From now on these are the issuer's keys, trusted without end unless others are fetched. Nobody
 * else seeds the same set. */
void key_source_seed(struct key_source *source, cogmig_keyset *keyset);

bool key_source_holds_keys(struct key_source *source);

/* May keys that were found before, and that last, be used without asking anew? Takes no lock. */
bool key_source_is_settled(const struct key_source *source, int64_t now_ms);

/* Fetch now, or wait for the fetch under way. Errors: as key_source_find(). */
cogmig_status key_source_refresh(struct key_source *source, cogmig_error *err);

/* What came of the last fetch; OK when there was none. Errors: as fetch_keyset(). */
cogmig_status key_source_outcome(struct key_source *source, cogmig_error *err);

enum key_event {
    KEYS_FETCHED, /* well or not */
    KEYS_FETCH_FAILED,
    KEYS_NOT_MODIFIED,
    KEYS_CHANGED, /* a set took the place of another */
    KEY_UNKNOWN,
    KEY_STALE, /* used although its set should have been fetched anew */
    KEY_EVENT_COUNT
};
uint64_t key_source_count(struct key_source *source, enum key_event event);

/* The key of a kid, which is a JSON_STRING. When keyset/policy.h says that a fetch is due, or the
 * kid is not held, one thread fetches; who has no key to go on with waits for the outcome. A failed
 * fetch changes no keys.
 *
 * ret_holder  out: what keeps the key alive; released with keyset_release()
 *
 * Errors: TOKEN_KEY_UNKNOWN, INVALID_ARGUMENT (called from within its own fetch), and as
 * fetch_keyset() when the last fetch failed and the key is not held, or held for too long. */
cogmig_status key_source_find(struct key_source *source, struct json_value kid,
                              cogmig_keyset **ret_holder, const struct key **ret_key,
                              cogmig_error *err);

#endif
