/* SPDX-License-Identifier: Apache-2.0
 * Any text in the password column: it is named, and taken for bcrypt only in bcrypt's own form. */
#include "base/memory.h"
#include "fuzz.h"
#include "password/bcrypt_hash.h"
#include "password/scheme.h"

#include <cogmig/password.h>

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
    memory_free(stored);
    return 0;
}
