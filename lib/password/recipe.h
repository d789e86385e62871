/* SPDX-License-Identifier: Apache-2.0
 * What a stored text and the rules say together: which bcrypt hash is compared, with a key made of
 * the password in which way. Chosen by the text's prefix or by the rules, never guessed. */
#ifndef PASSWORD_RECIPE_H
#define PASSWORD_RECIPE_H

#include "password/bcrypt_hash.h"
#include "password/key_schedule.h"
#include "password/rules.h"
#include "password/scheme.h"

struct recipe {
    struct bcrypt_hash hash; /* of $2x$ and $2$: as $2b$ */
    enum key_form form;
    enum recipe_key key;
};

/* Errors: PASSWORD_NOT_SET, PASSWORD_LOCKED, HASH_MALFORMED, HASH_UNSUPPORTED, HASH_COST_REFUSED.
 */
cogmig_status recipe_read(const struct cogmig_password_rules *rules, const char *stored,
                          struct recipe *ret_recipe, cogmig_error *err);

/* For where there is no hash: nothing is compared with it, only the time it takes counts. */
struct recipe recipe_of_stand_in(int32_t cost);

#endif
