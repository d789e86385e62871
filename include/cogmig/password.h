/* SPDX-License-Identifier: Apache-2.0
 * A password against a stored hash. */
#ifndef COGMIG_PASSWORD_H
#define COGMIG_PASSWORD_H

#include <cogmig/error.h>
#include <cogmig/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    COGMIG_PASSWORD_DEFAULT_MAX_COST = 15,
    COGMIG_PASSWORD_MAX_PREHASH = 256 /* bytes */
};

/* Does this password belong to this stored hash? $2a$, $2b$ and $2y$ are verified, bare or behind
 * Django's bcrypt$, bcrypt_sha256$ and Spring's {bcrypt}. bcrypt reads the first 72 bytes of a
 * password; what follows does not count, as with every bcrypt library.
 *
 * Any other scheme is recognised and named (HASH_UNSUPPORTED), never called a wrong password. A
 * NULL or empty hash is a user without a password, "!" and "*" mark a locked one. A hash of a cost
 * above 15 is not worked on. Where nothing can be compared, a hash of cost 10 is computed and
 * thrown away, so that time does not tell who has a password.
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
COGMIG_MUST_CHECK cogmig_status cogmig_password_verify_up_to_cost(const char *password,
                                                                  size_t password_len,
                                                                  const char *stored,
                                                                  int32_t max_cost,
                                                                  cogmig_error *err);

/* The work of a verification for a user who does not exist, so that an answer does not tell by its
 * time whether there is one. Never a match.
 *
 * cost  4 to 31: the cost that the store's hashes have
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, INTERNAL_ERROR, PASSWORD_MISMATCH (always, otherwise).
 * Threads: any. Since: 1.0. */
cogmig_status cogmig_password_verify_dummy(const char *password, size_t password_len, int32_t cost,
                                           cogmig_error *err);

/* n independent verifications, several at a time in one thread: a core that computes hashes side by
 * side does more than twice as many as one after the other. Each has the verdict that
 * cogmig_password_verify() gives. The memory is the same however many there are.
 *
 * passwords      in: as of cogmig_password_verify(), one for each verification
 * password_lens  bytes of each
 * stored         in: the columns' texts; NULL for SQL NULL
 * count          of the lists
 * ret_statuses   out: the verdict of each: COGMIG_OK for a match, or what cogmig_password_verify()
 *                returns; never COGMIG_OK after a failure of the whole
 * err            out, optional: of the whole
 *
 * Returns COGMIG_OK when every verification has its verdict, whatever that is.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, INTERNAL_ERROR. Threads: any. Since: 1.0. */
COGMIG_MUST_CHECK cogmig_status cogmig_password_verify_many(
    const char *const passwords[], const size_t password_lens[], const char *const stored[],
    size_t count, cogmig_status ret_statuses[], cogmig_error *err);

/* What no stored hash tells and has to be chosen. */
typedef struct cogmig_password_rules cogmig_password_rules;

/* Make rules: those of cogmig_password_verify().
 *
 * ret_rules  out: release them with cogmig_password_rules_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: any. Since: 1.0. */
cogmig_status cogmig_password_rules_new(cogmig_password_rules **ret_rules, cogmig_error *err);

/* Wipe and release rules and set the caller's variable to NULL. NULL is fine.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
void cogmig_password_rules_free(cogmig_password_rules **rules);

/* The highest bcrypt cost that is worked on; 15 by default.
 *
 * max_cost  4 to 31; each step doubles the time
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_password_rules_set_max_cost(cogmig_password_rules *rules, int32_t max_cost,
                                                 cogmig_error *err);

/* Refuse passwords of more than 72 bytes (PASSWORD_TOO_LONG) where bcrypt reads the password
 * itself, a pepper not counted. Without, they are cut as the legacy hasher cut them, and ret_cut of
 * cogmig_password_rules_verify() tells.
 *
 * strict  false by default
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_password_rules_set_strict_length(cogmig_password_rules *rules, bool strict,
                                                      cogmig_error *err);

/* Verify $2x$ too, with the defect that it stands for: of passwords with bytes above 127, several
 * fit one hash (CVE-2011-2483).
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_password_rules_allow_2x(cogmig_password_rules *rules, cogmig_error *err);

/* Verify $2$ too, the first revision: the NUL behind the password does not count, so that "ab" and
 * "abab" have one hash.
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_password_rules_allow_2(cogmig_password_rules *rules, cogmig_error *err);

/* Append a pepper to each password, as Devise does. It counts for bare hashes; a prefix such as
 * {bcrypt} names a recipe that has none.
 *
 * pepper      in: copied, and wiped with the rules; NULL with a length of 0 for none
 * pepper_len  bytes, at most 1024
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID (too long, or there is a pre-hash).
 * Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_password_rules_set_pepper(cogmig_password_rules *rules, const char *pepper,
                                               size_t pepper_len, cogmig_error *err);

/* Makes of a password what the legacy program gave to bcrypt. Called once in each verification,
 * for users who do not exist too.
 *
 * user_data     as given to cogmig_password_rules_set_prehash()
 * password      in: to be kept nowhere; may be NULL when password_len is 0
 * password_len  bytes
 * prehash       out: room for COGMIG_PASSWORD_MAX_PREHASH bytes; wiped afterwards
 * ret_len       out: bytes written; a NUL among them counts like any other
 *
 * Anything but COGMIG_OK ends the verification with STOPPED_BY_CALLBACK. */
typedef cogmig_status (*cogmig_password_prehash_fn)(void *user_data, const char *password,
                                                    size_t password_len, char *prehash,
                                                    size_t prehash_size, size_t *ret_len);

/* Let a function of yours stand before bcrypt, e.g. SHA-256 in base64. It counts for bare hashes; a
 * prefix such as bcrypt_sha256$ names its own.
 *
 * prehash    in: NULL for none
 * user_data  borrowed: must outlive the rules and every migration made with them
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID (there is a pepper). Threads: one at a time.
 * Since: 1.0. */
cogmig_status cogmig_password_rules_set_prehash(cogmig_password_rules *rules,
                                                cogmig_password_prehash_fn prehash, void *user_data,
                                                cogmig_error *err);

/* cogmig_password_verify() by these rules.
 *
 * rules    in: NULL for the defaults
 * ret_cut  out, optional: does it match, but with bytes of the password behind the 72nd that did
 *          not count? Then more than one password fits, and the caller may ask for a new one.
 *
 * Errors: as cogmig_password_verify(), STOPPED_BY_CALLBACK.
 * Threads: any, while nobody changes the rules. Since: 1.0. */
COGMIG_MUST_CHECK cogmig_status cogmig_password_rules_verify(const cogmig_password_rules *rules,
                                                             const char *password,
                                                             size_t password_len,
                                                             const char *stored, bool *ret_cut,
                                                             cogmig_error *err);

/* cogmig_password_verify_many() by these rules.
 *
 * rules    in: NULL for the defaults
 * ret_cut  out, optional: as of cogmig_password_rules_verify(), for each
 *
 * Errors: as cogmig_password_verify_many(). Threads: any, while nobody changes the rules.
 * Since: 1.0. */
COGMIG_MUST_CHECK cogmig_status cogmig_password_rules_verify_many(
    const cogmig_password_rules *rules, const char *const passwords[], const size_t password_lens[],
    const char *const stored[], size_t count, cogmig_status ret_statuses[], bool ret_cut[],
    cogmig_error *err);

/* The scheme of a stored hash by its form alone, e.g. "bcrypt", "argon2id", "scrypt", "none"
 * (NULL or empty), "locked", "unknown". Static storage, never NULL; no part of the hash.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_password_scheme(const char *stored);

/* The cost of a bcrypt hash that cogmig_password_verify() can read, 4 to 31; 0 for anything else.
 *
 * Errors: none. Threads: any. Since: 1.0. */
int32_t cogmig_password_cost(const char *stored);

#ifdef __cplusplus
}
#endif

#endif
