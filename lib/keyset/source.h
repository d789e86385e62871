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
 * steady_ms the clock of the cool-down
 *
 * Where the fetcher has a file, what that has of this address is taken at once. */
struct key_source *key_source_new(const char *url, const struct fetcher *fetcher,
                                  steady_clock_fn steady_ms);
void key_source_free(struct key_source *source);

/* From now on these are the issuer's keys, trusted without end unless others are fetched. Nobody
 * else seeds the same set. */
void key_source_seed(struct key_source *source, cogmig_keyset *keyset);

/* What it holds, for the caller to release; NULL when there is nothing. */
cogmig_keyset *key_source_keys(struct key_source *source);

const char *key_source_url(const struct key_source *source);

bool key_source_holds_keys(struct key_source *source);

/* May keys that were found before, and that last, be used without asking anew? Takes no lock. */
bool key_source_is_settled(const struct key_source *source, int64_t now_ms);

/* Fetch now, or wait for the fetch under way. Where the caller fetches: KEYS_NEEDED.
 *
 * Errors: as key_source_find(). */
cogmig_status key_source_refresh(struct key_source *source, cogmig_error *err);

/* What came of the last fetch; OK when there was none. Errors: as fetch_keyset(). */
cogmig_status key_source_outcome(struct key_source *source, cogmig_error *err);

enum key_event {
    KEYS_FETCHED, /* well or not */
    KEYS_FETCH_FAILED,
    KEYS_NOT_MODIFIED,
    KEYS_CHANGED, /* a set took the place of another */
    KEY_UNKNOWN,
    KEY_STALE,     /* used although its set should have been fetched anew */
    KEYS_WITHHELD, /* a fetch was wanted, and back-off or cool-down forbade it */
    KEY_EVENT_COUNT
};
uint64_t key_source_count(struct key_source *source, enum key_event event);

/* ---- where the caller fetches ---- */

struct fetch_order {
    uint64_t number;
    char etag[ETAG_MAX_BYTES + 1]; /* to ask with; empty when there is none */
};

/* Is there a fetch to be made now? Then it is under way until it is taken back, or until the
 * fetcher's time-out is over. */
bool key_source_hand_out(struct key_source *source, struct fetch_order *ret_order);

/* What the caller says of it, as a fetch function would.
 *
 * Errors: as fetch_judge(), DEADLINE_EXCEEDED (it came too late and changes nothing). */
cogmig_status key_source_take_back(struct key_source *source, const struct fetch_order *order,
                                   cogmig_status said, const struct cogmig_jwks_reply *reply,
                                   cogmig_error *err);

/* ---- one key ---- */

/* The key of a kid, which is a JSON_STRING. When keyset/policy.h says that a fetch is due, or the
 * kid is not held, one thread fetches; who has no key to go on with waits for the outcome. A failed
 * fetch changes no keys. Before the issuer is asked the file is, if there is one.
 *
 * ret_holder  out: what keeps the key alive; released with keyset_release()
 *
 * Errors: TOKEN_KEY_UNKNOWN, KEYS_NEEDED (the caller fetches), INVALID_ARGUMENT (called from within
 * its own fetch), and as fetch_keyset() when the last fetch failed and the key is not held, or held
 * for too long. */
cogmig_status key_source_find(struct key_source *source, struct json_value kid,
                              cogmig_keyset **ret_holder, const struct key **ret_key,
                              cogmig_error *err);

#endif
