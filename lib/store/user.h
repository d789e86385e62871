/* SPDX-License-Identifier: Apache-2.0
 * What a user record is. */
#ifndef STORE_USER_H
#define STORE_USER_H

#include <cogmig/user.h>

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
};

#endif
