/* SPDX-License-Identifier: Apache-2.0
 * The keys of load balancers: each kid has an address of its own, which a token's header names. So
 * there is a limit to how many are held, and to how many that nobody has seen yet are asked for. */
#ifndef TOKEN_ALB_KEYS_H
#define TOKEN_ALB_KEYS_H

#include "keyset/source.h"

enum {
    ALB_KEYS_MAX = 32,
    ALB_KEYS_UNSEEN_MAX = 8, /* per cool-down */
    ALB_KID_LEN = 36         /* a UUID */
};

struct alb_keys;

/* fetcher  copied; what it points to outlives the keys
 *
 * NULL: memory was refused. */
struct alb_keys *alb_keys_new(const struct fetcher *fetcher, steady_clock_fn steady_ms);
void alb_keys_free(struct alb_keys *keys);

/* keys_url  of the load balancer
 * kid       a JSON_STRING that holds a UUID
 *
 * Errors: as key_source_find(), KEY_FETCH_POSTPONED. */
cogmig_status alb_keys_find(struct alb_keys *keys, const char *keys_url, struct json_value kid,
                            cogmig_keyset **ret_holder, const struct key **ret_key,
                            cogmig_error *err);

/* Where the caller fetches. What is handed out is given back when the fetch has ended.
 *
 * NULL: nothing is to be fetched. */
struct key_source *alb_keys_hand_out(struct alb_keys *keys, struct fetch_order *ret_order);
void alb_keys_give_back(struct alb_keys *keys, const struct key_source *source);

uint64_t alb_keys_count(struct alb_keys *keys, enum key_event event);

#endif
