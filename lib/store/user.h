/* SPDX-License-Identifier: Apache-2.0
 * What a user record is. */
#ifndef STORE_USER_H
#define STORE_USER_H

#include "store/timestamp.h"

#include <cogmig/user.h>
#include <stddef.h>

struct user_attribute {
    char *name;
    char *value;
};

/* NULL where the row has none. What a row always has is allocated with the user: a look-up is to
 * cost little more than its query. */
struct cogmig_user {
    const char *id, *email, *password_hash; /* in texts */
    char *name;                             /* owned */
    const char *created_at, *updated_at;    /* in the arrays below */
    char created_at_text[TIMESTAMP_SIZE];
    char updated_at_text[TIMESTAMP_SIZE];
    bool email_verified;
    bool disabled;
    struct user_attribute *attributes; /* owned */
    size_t attribute_count;
    char texts[];
};

#endif
