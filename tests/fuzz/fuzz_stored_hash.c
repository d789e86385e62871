/* SPDX-License-Identifier: Apache-2.0
 * Any text in the password column: it is named, and taken for bcrypt only in bcrypt's own form. */
#include "base/memory.h"
#include "fuzz.h"
#include "password/recipe.h"
#include "password/scheme.h"

/* By rules that allow everything: whatever is compared is bcrypt's own form. */
static void read_by_rules(const char *stored)
{
    struct cogmig_password_rules rules = rules_by_default;
    struct recipe recipe;
    struct bcrypt_hash again;
    rules.allow_2x = rules.allow_2 = true;
    cogmig_status status = recipe_read(&rules, stored, &recipe, NULL);
    if (status != COGMIG_OK) {
        HOLDS(cogmig_status_kind(status) == COGMIG_KIND_INVALID ||
              cogmig_status_kind(status) == COGMIG_KIND_DENIED);
        return;
    }
    HOLDS(bcrypt_hash_parse(span_of(recipe.hash.text), &again) == NULL);
    HOLDS(again.cost == recipe.hash.cost && again.cost <= rules.max_cost);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *stored = memory_copy_bytes((const char *)data, size);
    HOLDS(stored != NULL);
    struct bcrypt_hash hash;
    struct span text = scheme_trim(stored);
    HOLDS(cogmig_password_scheme(stored) != NULL);
    if (bcrypt_hash_parse(text, &hash) == NULL) {
        HOLDS(scheme_of(text).kind == SCHEME_BCRYPT);
        HOLDS(text.len == BCRYPT_HASH_LEN);
        HOLDS(cogmig_password_cost(stored) >= BCRYPT_MIN_COST);
    } else if (cogmig_password_cost(stored) != 0) {
        HOLDS(scheme_of(text).kind == SCHEME_UNSUPPORTED); /* behind a prefix that is unwrapped */
        HOLDS(text.len > BCRYPT_HASH_LEN);
    }
    read_by_rules(stored);
    memory_free(stored);
    return 0;
}
