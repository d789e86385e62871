/* SPDX-License-Identifier: Apache-2.0 */
#include "keyset/source.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/readers.h"
#include "keyset/keyset.h"
#include "status/error.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

struct key_source {
    const char *url;
    const struct fetcher *fetcher;
    steady_clock_fn steady_ms;
    _Atomic int64_t settled_until_ms;
    _Atomic int64_t fresh_until_ms;   /* until then a key that is held needs no second thought */
    struct readers readers;           /* of current: those who take no lock */
    _Atomic(cogmig_keyset *) current; /* NULL until there are any; changed with the lock held */

    pthread_mutex_t lock; /* of everything below; never held while fetching */
    pthread_cond_t fetch_ended;
    int64_t as_of_s; /* when current was fetched or given, by the calendar of the file */
    struct policy policy;
    char etag[ETAG_MAX_BYTES + 1]; /* of current; empty when there is none */
    bool fetching;
    bool wanted; /* of the caller: a token came that cannot be judged without */
    pthread_t who_fetches;
    pid_t where_fetching;
    uint64_t fetches_ended;
    struct cogmig_error outcome; /* of the last fetch */
    uint64_t counts[KEY_EVENT_COUNT];
};

static void restore(struct key_source *source);

struct key_source *key_source_new(const char *url, const struct fetcher *fetcher,
                                  steady_clock_fn steady_ms)
{
    struct key_source *source = memory_new(sizeof *source);
    if (source == NULL)
        return NULL;
    source->url = url;
    source->fetcher = fetcher;
    source->steady_ms = steady_ms;
    source->policy = policy_start();
    atomic_init(&source->settled_until_ms, INT64_MIN);
    atomic_init(&source->fresh_until_ms, INT64_MIN);
    pthread_mutex_init(&source->lock, NULL);
    pthread_cond_init(&source->fetch_ended, NULL);
    pthread_mutex_lock(&source->lock);
    restore(source);
    pthread_mutex_unlock(&source->lock);
    return source;
}

void key_source_free(struct key_source *source)
{
    if (source == NULL)
        return;
    cogmig_keyset *current = atomic_load(&source->current);
    keyset_release(&current);
    pthread_cond_destroy(&source->fetch_ended);
    pthread_mutex_destroy(&source->lock);
    memory_free(source);
}

bool key_source_is_settled(const struct key_source *source, int64_t now_ms)
{
    return now_ms < atomic_load_explicit(&source->settled_until_ms, memory_order_acquire);
}

/* ---- which set is current: what follows is called with the lock held ---- */

/* A fetch that was under way elsewhere when this process was forked ends there. */
static bool is_fetching(struct key_source *source)
{
    if (source->fetching && source->where_fetching != process_id())
        source->fetching = false;
    return source->fetching;
}

/* While one thread fetches, the others go on with what is held. */
static void settle(struct key_source *source)
{
    if (atomic_load(&source->current) == NULL)
        return;
    atomic_store_explicit(&source->settled_until_ms,
                          source->fetching ? source->policy.trusted_until_ms
                                           : policy_settled_until_ms(&source->policy),
                          memory_order_release);
    atomic_store_explicit(&source->fresh_until_ms, policy_fresh_until_ms(&source->policy),
                          memory_order_release);
}

static uint32_t random_number(const struct key_source *source)
{
    uint64_t mixed = (uint64_t)clock_steady_ns() ^ (uint64_t)(uintptr_t)source;
    return (uint32_t)(mixed * UINT64_C(0x9E3779B97F4A7C15) >> 32);
}

/* Takes next, and gives the former set for release. Who found that one without the lock has counted
 * himself among its holders by then. */
static void replace(struct key_source *source, cogmig_keyset **next)
{
    cogmig_keyset *former = atomic_load(&source->current);
    source->counts[KEYS_CHANGED] += former != NULL;
    keyset_succeed(former, *next);
    atomic_store(&source->current, *next);
    *next = readers_await(&source->readers) ? former : NULL;
}

static int64_t calendar_s(const struct key_source *source)
{
    return source->fetcher->file == NULL ? 0 : key_file_now_s(source->fetcher->file);
}

/* "Unchanged" says nothing of keys that were seeded while it was on its way. */
static bool take_keys(struct key_source *source, struct fetched *fetched)
{
    bool seeded_meanwhile = fetched->keyset == NULL && source->etag[0] == '\0';
    if (seeded_meanwhile)
        return false;
    memcpy(source->etag, fetched->etag, sizeof source->etag);
    source->as_of_s = calendar_s(source);
    if (fetched->keyset != NULL)
        replace(source, &fetched->keyset);
    return true;
}

/* Good keys stay when the fetch failed. True: what is held is what the issuer has. */
static bool take_outcome(struct key_source *source, struct fetched *fetched,
                         const struct cogmig_error *outcome)
{
    int64_t now_ms = source->steady_ms();
    source->outcome = *outcome;
    source->counts[KEYS_FETCHED]++;
    source->counts[KEYS_FETCH_FAILED] += outcome->status != COGMIG_OK;
    source->counts[KEYS_NOT_MODIFIED] += outcome->status == COGMIG_OK && fetched->keyset == NULL;
    if (outcome->status == COGMIG_OK) {
        policy_note_success(&source->policy, now_ms, fetched->max_age_s);
        return take_keys(source, fetched);
    }
    policy_note_failure(&source->policy, now_ms, random_number(source));
    return false;
}

static void take_saved(struct key_source *source, struct saved_keys *saved)
{
    int64_t age_s = calendar_s(source) - saved->fetched_at_s;
    policy_note_restored(&source->policy, source->steady_ms(), age_s < 0 ? 0 : 1000 * age_s,
                         saved->max_age_s);
    memcpy(source->etag, saved->etag, sizeof source->etag);
    source->as_of_s = saved->fetched_at_s;
    source->outcome.status = COGMIG_OK;
    replace(source, &saved->keyset);
}

/* ---- fetching: what follows lets the lock go meanwhile ---- */

static void begin(struct key_source *source)
{
    source->fetching = true;
    source->wanted = false;
    source->who_fetches = pthread_self();
    source->where_fetching = process_id();
    settle(source);
}

static void end(struct key_source *source)
{
    source->fetching = false;
    settle(source);
    source->fetches_ended++;
    pthread_cond_broadcast(&source->fetch_ended);
}

/* Only what is later than what is held. */
static bool read_file(struct key_source *source, struct saved_keys *ret_saved)
{
    const struct fetcher *fetcher = source->fetcher;
    int64_t later_than_s = source->as_of_s;
    pthread_mutex_unlock(&source->lock);
    bool found = key_file_read(fetcher->file, source->url, fetcher_algorithms(fetcher),
                               later_than_s, ret_saved);
    pthread_mutex_lock(&source->lock);
    return found;
}

/* Keys that were seeded meanwhile are not replaced by older ones. */
static void restore(struct key_source *source)
{
    struct saved_keys saved;
    if (source->fetcher->file == NULL || !read_file(source, &saved))
        return;
    if (saved.fetched_at_s > source->as_of_s)
        take_saved(source, &saved);
    settle(source);
    keyset_release(&saved.keyset);
}

static void save(struct key_source *source, int64_t max_age_s)
{
    struct saved_keys saved = {keyset_hold(source->current), source->as_of_s, max_age_s, ""};
    memcpy(saved.etag, source->etag, sizeof saved.etag);
    pthread_mutex_unlock(&source->lock);
    key_file_write(source->fetcher->file, source->url, &saved);
    keyset_release(&saved.keyset);
    pthread_mutex_lock(&source->lock);
}

/* Whoever waits for keys does not wait for the disk. */
static void finish(struct key_source *source, struct fetched *fetched,
                   const struct cogmig_error *outcome)
{
    bool took = take_outcome(source, fetched, outcome);
    end(source);
    if (took && source->fetcher->file != NULL)
        save(source, fetched->max_age_s);
    keyset_release(&fetched->keyset);
}

static void ask_issuer(struct key_source *source)
{
    policy_note_begin(&source->policy, source->steady_ms());
    struct fetched fetched = {.keyset = NULL};
    struct cogmig_error outcome = {.status = COGMIG_OK};
    char etag[ETAG_MAX_BYTES + 1];
    memcpy(etag, source->etag, sizeof etag);
    pthread_mutex_unlock(&source->lock);
    outcome.status = fetch_keyset(source->fetcher, source->url, etag[0] == '\0' ? NULL : etag,
                                  &fetched, &outcome);
    pthread_mutex_lock(&source->lock);
    finish(source, &fetched, &outcome);
}

static void fetch(struct key_source *source)
{
    begin(source);
    ask_issuer(source);
}

static void wait_for_fetch(struct key_source *source)
{
    uint64_t before = source->fetches_ended;
    while (source->fetches_ended == before)
        pthread_cond_wait(&source->fetch_ended, &source->lock);
}

static bool calls_from_its_own_fetch(struct key_source *source)
{
    return !source->fetcher->by_caller && is_fetching(source) &&
           pthread_equal(source->who_fetches, pthread_self());
}

static cogmig_status refuse_own_fetch(cogmig_error *err)
{
    return fail(err, COGMIG_INVALID_ARGUMENT,
                "The fetch function asked the verifier that waits for its answer.");
}

/* ---- where the caller fetches ---- */

/* An answer that never comes must not keep others from asking. */
static void give_up_late_order(struct key_source *source)
{
    const struct fetcher *fetcher = source->fetcher;
    struct fetched nothing = {.keyset = NULL};
    struct cogmig_error outcome;
    if (!fetcher->by_caller || !is_fetching(source) ||
        source->steady_ms() - source->policy.began_at_ms < fetcher->timeout_ms)
        return;
    cogmig_error_clear(&outcome);
    fail(&outcome, COGMIG_JWKS_UNREACHABLE,
         "The fetch that your program began was not ended within %d ms.", (int)fetcher->timeout_ms);
    take_outcome(source, &nothing, &outcome);
    end(source);
}

static bool is_wanted(const struct key_source *source)
{
    int64_t now_ms = source->steady_ms();
    bool due = source->current != NULL && policy_is_due(&source->policy, now_ms);
    return (due || source->wanted) && policy_may_fetch(&source->policy, now_ms);
}

bool key_source_hand_out(struct key_source *source, struct fetch_order *ret_order)
{
    pthread_mutex_lock(&source->lock);
    give_up_late_order(source);
    bool wanted = !is_fetching(source) && is_wanted(source);
    if (wanted) {
        policy_note_begin(&source->policy, source->steady_ms());
        begin(source);
        ret_order->number = source->fetches_ended;
        memcpy(ret_order->etag, source->etag, sizeof ret_order->etag);
    }
    pthread_mutex_unlock(&source->lock);
    return wanted;
}

static cogmig_status take_back(struct key_source *source, const struct fetch_order *order,
                               struct fetched *fetched, const struct cogmig_error *outcome,
                               cogmig_error *err)
{
    give_up_late_order(source);
    if (!is_fetching(source) || order->number != source->fetches_ended) {
        keyset_release(&fetched->keyset);
        return fail(err, COGMIG_DEADLINE_EXCEEDED,
                    "The fetch took longer than allowed; its answer changes nothing.");
    }
    finish(source, fetched, outcome);
    if (outcome->status != COGMIG_OK)
        error_copy(err, outcome);
    return outcome->status;
}

cogmig_status key_source_take_back(struct key_source *source, const struct fetch_order *order,
                                   cogmig_status said, const struct cogmig_jwks_reply *reply,
                                   cogmig_error *err)
{
    struct fetched fetched = {.keyset = NULL};
    struct cogmig_error outcome = {.status = COGMIG_OK};
    outcome.status = fetch_judge(source->fetcher, source->url, said, reply, &fetched, &outcome);
    pthread_mutex_lock(&source->lock);
    cogmig_status status = take_back(source, order, &fetched, &outcome, err);
    pthread_mutex_unlock(&source->lock);
    return status;
}

/* ---- one kid ---- */

static const struct key *find_trusted(const struct key_source *source, struct json_value kid)
{
    const cogmig_keyset *current = atomic_load(&source->current);
    if (current == NULL || !policy_trusts(&source->policy, source->steady_ms()))
        return NULL;
    return keyset_find(current, kid);
}

/* What another process fetched may do, and costs the issuer nothing. */
static void fetch_if_file_does_not_help(struct key_source *source, struct json_value kid)
{
    begin(source);
    restore(source);
    const struct key *key = find_trusted(source, kid);
    int64_t now_ms = source->steady_ms();
    bool helps = key != NULL && !policy_is_due(&source->policy, now_ms);
    if (helps || !policy_may_fetch(&source->policy, now_ms))
        end(source);
    else
        ask_issuer(source);
}

/* One fetch is enough for all who asked while it ran, however long it took; who has a key that is
 * trusted still does not wait for it. False: the caller must fetch first. */
static bool look_once(struct key_source *source, struct json_value kid, bool key_is_held)
{
    int64_t now_ms = source->steady_ms();
    bool by_caller = source->fetcher->by_caller;
    if (key_is_held && (is_fetching(source) || !policy_is_due(&source->policy, now_ms)))
        return true;
    if (is_fetching(source)) {
        if (!by_caller)
            wait_for_fetch(source);
        return !by_caller;
    }
    if (!policy_may_fetch(&source->policy, now_ms)) {
        source->counts[KEYS_WITHHELD]++;
        return true;
    }
    source->wanted = by_caller;
    if (!by_caller)
        fetch_if_file_does_not_help(source, kid);
    return !by_caller;
}

static cogmig_status not_held(struct key_source *source, cogmig_error *err)
{
    source->counts[KEY_UNKNOWN] += source->outcome.status == COGMIG_OK;
    if (source->outcome.status == COGMIG_OK)
        return fail(err, COGMIG_TOKEN_KEY_UNKNOWN,
                    "The issuer's keys, fetched not long ago, have none of the token's kid.");
    error_copy(err, &source->outcome);
    return source->outcome.status;
}

static cogmig_status find(struct key_source *source, struct json_value kid,
                          cogmig_keyset **ret_holder, const struct key **ret_key, cogmig_error *err)
{
    give_up_late_order(source);
    bool is_held = find_trusted(source, kid) != NULL;
    if (!is_held && calls_from_its_own_fetch(source))
        return refuse_own_fetch(err);
    if (!look_once(source, kid, is_held))
        return fail_plainly(err, COGMIG_KEYS_NEEDED);
    *ret_key = find_trusted(source, kid);
    if (*ret_key == NULL)
        return not_held(source, err);
    source->counts[KEY_STALE] += policy_is_due(&source->policy, source->steady_ms());
    *ret_holder = keyset_hold(atomic_load(&source->current));
    return COGMIG_OK;
}

static cogmig_keyset *hold_current(struct key_source *source)
{
    struct reader_slot *slot = readers_enter(&source->readers);
    cogmig_keyset *current = keyset_hold(atomic_load(&source->current));
    readers_leave(slot, true);
    return current;
}

/* Nearly always, and then no lock is taken: the keys are fresh, and the key is among them. */
static bool find_fresh(struct key_source *source, struct json_value kid, cogmig_keyset **ret_holder,
                       const struct key **ret_key)
{
    if (source->steady_ms() >= atomic_load_explicit(&source->fresh_until_ms, memory_order_acquire))
        return false;
    *ret_holder = hold_current(source);
    *ret_key = keyset_find(*ret_holder, kid);
    if (*ret_key == NULL)
        keyset_release(ret_holder);
    return *ret_key != NULL;
}

cogmig_status key_source_find(struct key_source *source, struct json_value kid,
                              cogmig_keyset **ret_holder, const struct key **ret_key,
                              cogmig_error *err)
{
    if (find_fresh(source, kid, ret_holder, ret_key))
        return COGMIG_OK;
    pthread_mutex_lock(&source->lock);
    cogmig_status status = find(source, kid, ret_holder, ret_key, err);
    pthread_mutex_unlock(&source->lock);
    return status;
}

/* ---- all keys ---- */

static cogmig_status refresh(struct key_source *source, cogmig_error *err)
{
    if (source->fetcher->by_caller) {
        source->wanted = true;
        return fail_plainly(err, COGMIG_KEYS_NEEDED);
    }
    if (calls_from_its_own_fetch(source))
        return refuse_own_fetch(err);
    if (is_fetching(source))
        wait_for_fetch(source);
    else
        fetch(source);
    return COGMIG_OK;
}

cogmig_status key_source_refresh(struct key_source *source, cogmig_error *err)
{
    pthread_mutex_lock(&source->lock);
    cogmig_status status = refresh(source, err);
    pthread_mutex_unlock(&source->lock);
    return status == COGMIG_OK ? key_source_outcome(source, err) : status;
}

cogmig_status key_source_outcome(struct key_source *source, cogmig_error *err)
{
    pthread_mutex_lock(&source->lock);
    cogmig_status status = source->outcome.status;
    if (status != COGMIG_OK)
        error_copy(err, &source->outcome);
    pthread_mutex_unlock(&source->lock);
    return status;
}

uint64_t key_source_count(struct key_source *source, enum key_event event)
{
    pthread_mutex_lock(&source->lock);
    uint64_t count = source->counts[event];
    pthread_mutex_unlock(&source->lock);
    return count;
}

/* ---- keys that the caller has ---- */

void key_source_seed(struct key_source *source, cogmig_keyset *keyset)
{
    cogmig_keyset *next = keyset_hold(keyset);
    pthread_mutex_lock(&source->lock);
    replace(source, &next);
    policy_note_seed(&source->policy);
    source->etag[0] = '\0';
    source->as_of_s = calendar_s(source);
    settle(source);
    pthread_mutex_unlock(&source->lock);
    keyset_release(&next);
}

cogmig_keyset *key_source_keys(struct key_source *source)
{
    pthread_mutex_lock(&source->lock);
    cogmig_keyset *keys = source->current == NULL ? NULL : keyset_hold(source->current);
    pthread_mutex_unlock(&source->lock);
    return keys;
}

const char *key_source_url(const struct key_source *source)
{
    return source->url;
}

bool key_source_holds_keys(struct key_source *source)
{
    pthread_mutex_lock(&source->lock);
    bool holds = atomic_load(&source->current) != NULL;
    pthread_mutex_unlock(&source->lock);
    return holds;
}
