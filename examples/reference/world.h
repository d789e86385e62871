/* SPDX-License-Identifier: Apache-2.0
 * What the pages of docs/reference take for granted, so that their code can run: a store with the
 * users of ../users (DATABASE_URL), and tokens of an issuer of our own. */
#ifndef WORLD_H
#define WORLD_H

#include <cogmig/cogmig.h>
#include <cogmig/testing.h>
#include <stdbool.h>

#define POOL "eu-central-1_AbCdEfGhI"
#define CLIENT "your-client-id"

/* The user whom the pages look for. */
#define EMAIL "verified@example.com"
#define LEGACY_ID "cm1a0verified000exampleu1"
#define SUB "a36036a8-9061-424d-a737-56d57dae7bc6"
#define PASSWORD "Correct-Horse-10"

extern cogmig_error *err;

/* End the program unless it is so. */
void check(bool so, const char *what);
void must(cogmig_status status);

cogmig_test_issuer *new_issuer(void);

/* A token of the user above, signed by the issuer; use it up before the next one. */
const char *signed_token(const cogmig_test_issuer *issuer, int32_t use);

/* A verifier of the pool, with the issuer's keys. */
cogmig_verifier *new_verifier(cogmig_test_issuer *issuer, int32_t use);

cogmig_store *open_store(void);

#endif
