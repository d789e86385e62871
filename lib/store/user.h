/* SPDX-License-Identifier: Apache-2.0
 * What a user record is. */
#ifndef STORE_USER_H
#define STORE_USER_H

#include <cogmig/user.h>
#include <stddef.h>

struct user_attribute {
    char *name;
    char *value;
};

/* All text is owned by the user; NULL where the row has none. */
struct cogmig_user {
    char *id;
    char *email;
    char *name;
    char *password_hash;
    char *created_at;
    char *updated_at;
    bool email_verified;
    bool disabled;
    struct user_attribute *attributes;
    size_t attribute_count;
};

#endif
