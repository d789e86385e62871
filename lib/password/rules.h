/* SPDX-License-Identifier: Apache-2.0
 * What is not told by a stored hash and has to be chosen. */
#ifndef PASSWORD_RULES_H
#define PASSWORD_RULES_H

#include <cogmig/password.h>

enum {
    RULES_MAX_PEPPER = 1024
};

/* Holds no pointer of its own, so that it is copied by assignment. */
struct cogmig_password_rules {
    int32_t max_cost;
    bool strict_length;
    bool allow_2x;
    bool allow_2;
    cogmig_password_prehash_fn prehash; /* NULL: none */
    void *user_data;
    size_t pepper_len;
    char pepper[RULES_MAX_PEPPER];
};

extern const struct cogmig_password_rules rules_by_default;

#endif
