/* SPDX-License-Identifier: Apache-2.0
 * bcrypt's expensive key schedule (Provos and Mazières 1999), cut into steps that lanes can take
 * together. */
#ifndef PASSWORD_KEY_SCHEDULE_H
#define PASSWORD_KEY_SCHEDULE_H

#include "base/span.h"
#include "password/blowfish.h"

#include <stdbool.h>

enum {
    BCRYPT_SALT_BYTES = 16,
    BCRYPT_KEY_BYTES = 72 /* of a password and its NUL count */
};

/* Bytes repeated until every subkey has its word. */
struct key_words {
    uint32_t at[BLOWFISH_SUBKEYS];
};

/* How a password becomes key bytes. */
enum key_form {
    KEY_WITH_NUL,     /* $2a$, $2b$, $2y$: the NUL behind it counts */
    KEY_WITHOUT_NUL,  /* $2$ */
    KEY_SIGN_EXTENDED /* $2x$: as KEY_WITH_NUL, with the defect of CVE-2011-2483 */
};

/* Written in place: a copy on the way would stay on the stack. */
void key_words_of_password(struct span password, enum key_form form, struct key_words *ret_words);

struct key_words key_words_of_salt(const unsigned char salt[BCRYPT_SALT_BYTES]);

/* The first step: a fresh state takes in password and salt. */
void key_schedule_begin(struct blowfish *state, const struct key_words *password,
                        const struct key_words *salt);

/* A step of the many: words into the subkeys; blowfish_expand() must follow. */
void key_schedule_mix(struct blowfish *state, const struct key_words *words);

#endif
