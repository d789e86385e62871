/* SPDX-License-Identifier: Apache-2.0 */
#include "migration/password_policy.h"

#include <cogmig/migration.h>
#include <string.h>

/* Developer Guide, "Adding user pool password requirements": these, and a blank that is neither the
 * first nor the last character. Letters of other alphabets are of no class. */
static bool is_symbol(struct span password, size_t at)
{
    static const char symbols[] = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+-";
    char c = password.bytes[at];
    if (c == ' ')
        return at > 0 && at + 1 < password.len;
    return memchr(symbols, c, sizeof symbols - 1) != NULL;
}

static int32_t class_of(struct span password, size_t at)
{
    char c = password.bytes[at];
    if (c >= 'a' && c <= 'z')
        return COGMIG_PASSWORD_LOWER;
    if (c >= 'A' && c <= 'Z')
        return COGMIG_PASSWORD_UPPER;
    if (c >= '0' && c <= '9')
        return COGMIG_PASSWORD_DIGIT;
    return is_symbol(password, at) ? COGMIG_PASSWORD_SYMBOL : 0;
}

bool password_meets(int32_t min_length, int32_t classes, struct span password)
{
    int32_t found = 0;
    for (size_t i = 0; i < password.len; i++)
        found |= class_of(password, i);
    return (found & classes) == classes && span_count_code_points(password) >= (size_t)min_length;
}
