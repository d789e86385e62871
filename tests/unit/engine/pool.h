/* SPDX-License-Identifier: Apache-2.0
 * What the tests of the engine share: an engine, and a store that waits at a gate. */
#ifndef TESTS_ENGINE_POOL_H
#define TESTS_ENGINE_POOL_H

#include "cmocka_all.h"
#include "engine/engine.h"

#include <stdatomic.h>

/* Openwall crypt_blowfish's published vector for "U*U", cost 5. */
#define RIGHT "U*U"
#define HASH "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
/* Some tenths of a second of work, and no match. */
#define LONG_HASH "$2b$12$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
#define EMAIL "a@example.com"
#define ID "clx1"

/* One user, or a fault in place of an answer. */
struct legacy {
    const char *hash;
    int rows;
    bool disabled;
    _Atomic cogmig_status fault;
    atomic_bool closed; /* whoever asks waits until it is open */
    atomic_int asked;
};

struct pool {
    struct legacy legacy;
    cogmig_engine_config *config;
    cogmig_engine *engine;
    cogmig_store *store;
    cogmig_migration *migration;
    struct cogmig_error err;
};

/* As set-up and tear-down of a test; the engine itself is made by pool_start(). */
int pool_set_up(void **state);
int pool_tear_down(void **state);

void pool_start(struct pool *pool);

/* An event of a user who signs in; valid until the next one. */
const char *sign_in_event(const char *email, const char *password);

int64_t submit_password(struct pool *pool, const char *password, const char *stored);
int64_t submit_sign_in(struct pool *pool, const char *email, const char *password);
int64_t submit_event(struct pool *pool, const char *event);

/* The next verdict, waited for at the file descriptor; release it. */
cogmig_verdict *next_verdict(struct pool *pool);

/* The status of the next verdict, which is that of this job. */
cogmig_status status_of(struct pool *pool, int64_t job);

/* Until the store was asked so often, and until so many hashes are computed. */
void wait_until_asked(struct pool *pool, int times);
void wait_until_hashing(struct pool *pool, size_t hashes);

#endif
