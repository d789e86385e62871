/* SPDX-License-Identifier: Apache-2.0
 * A password against a stored hash. */
#ifndef COGMIG_PASSWORD_H
#define COGMIG_PASSWORD_H

#include <cogmig/error.h>
#include <cogmig/status.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    COGMIG_PASSWORD_DEFAULT_MAX_COST = 15
};

/* Does this password belong to this stored hash? $2a$, $2b$ and $2y$ are verified. bcrypt reads
 * the first 72 bytes of a password; what follows does not count, as with every bcrypt library.
 *
 * Any other scheme is recognised and named (HASH_UNSUPPORTED), never called a wrong password. A
 * NULL or empty hash is a user without a password, "!" and "*" mark a locked one. A hash of a cost
 * above 15 is not worked on. Where nothing can be compared, a hash of cost 10 is computed and thrown
 * away, so that time does not tell who has a password.
 *
 * password      in: bytes as the user sent them; may be NULL when password_len is 0
 * password_len  bytes; the length counts, and a NUL is a byte like any other
 * stored        in: the column's text, blanks at its end (char(60)) ignored; NULL for SQL NULL
 * err           out, optional
 *
 * Returns COGMIG_OK for a match and for nothing else.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, INTERNAL_ERROR, PASSWORD_MISMATCH, PASSWORD_NOT_SET,
 * PASSWORD_LOCKED, PASSWORD_TOO_LONG (255 bytes or more against $2a$, of which node's bcrypt may
 * have hashed as little as one), HASH_MALFORMED, HASH_UNSUPPORTED, HASH_COST_REFUSED.
 * Threads: any. Since: 1.0. */
COGMIG_MUST_CHECK cogmig_status cogmig_password_verify(const char *password, size_t password_len,
                                                       const char *stored, cogmig_error *err);

/* The same with another ceiling for the cost.
 *
 * max_cost  4 to 31; each step doubles the time
 *
 * Errors: as cogmig_password_verify(). Threads: any. Since: 1.0. */
COGMIG_MUST_CHECK cogmig_status
cogmig_password_verify_up_to_cost(const char *password, size_t password_len, const char *stored,
                                  int32_t max_cost, cogmig_error *err);

/* The work of a verification for a user who does not exist, so that an answer does not tell by its
 * time whether there is one. Never a match.
 *
 * cost  4 to 31: the cost that the store's hashes have
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, INTERNAL_ERROR, PASSWORD_MISMATCH (always, otherwise).
 * Threads: any. Since: 1.0. */
cogmig_status cogmig_password_verify_dummy(const char *password, size_t password_len, int32_t cost,
                                           cogmig_error *err);

/* The scheme of a stored hash by its form alone, e.g. "bcrypt", "argon2id", "scrypt", "none"
 * (NULL or empty), "locked", "unknown". Static storage, never NULL; no part of the hash.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_password_scheme(const char *stored);

/* The cost of a bcrypt hash, 4 to 31; 0 for anything else.
 *
 * Errors: none. Threads: any. Since: 1.0. */
int32_t cogmig_password_cost(const char *stored);

#ifdef __cplusplus
}
#endif

#endif
