/* SPDX-License-Identifier: Apache-2.0
 * The text form of a bcrypt hash: $2b$10$ + 22 characters of salt + 31 of digest. */
#ifndef PASSWORD_BCRYPT_HASH_H
#define PASSWORD_BCRYPT_HASH_H

#include "base/span.h"

#include <stdint.h>

enum {
    BCRYPT_MIN_COST = 4,
    BCRYPT_MAX_COST = 31,
    BCRYPT_MAX_PASSWORD = 72, /* bytes that count */
    BCRYPT_SETTING_LEN = 29,
    BCRYPT_HASH_LEN = 60
};

struct bcrypt_hash {
    char text[BCRYPT_HASH_LEN + 1];
    int32_t cost;
};

/* Does the text claim to be bcrypt of a revision that is verified here ($2a$, $2b$, $2y$), or
 * of none that there is? */
bool bcrypt_hash_claimed(struct span text);

/* Read it strictly: exactly 60 characters, a cost from 04 to 31 in two digits, bcrypt's own base64
 * with its unused bits zero, as every hasher writes them. NULL when it fits, else what is wrong. */
const char *bcrypt_hash_parse(struct span text, struct bcrypt_hash *ret_hash);

#endif
