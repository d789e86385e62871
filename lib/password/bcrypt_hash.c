/* SPDX-License-Identifier: Apache-2.0 */
#include "password/bcrypt_hash.h"

#include <string.h>

enum {
    COST = 4,
    SALT = 7,
    DIGEST = BCRYPT_SETTING_LEN
};

static const char alphabet[] = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

bool bcrypt_hash_claimed(struct span text)
{
    return span_starts_with(text, "$2") && !span_starts_with(text, "$2$") &&
           !span_starts_with(text, "$2x$");
}

static bool is_revision(const char *text)
{
    static const char *const revisions[] = {"$2a$", "$2b$", "$2y$"};
    for (size_t i = 0; i < sizeof revisions / sizeof revisions[0]; i++)
        if (memcmp(text, revisions[i], COST) == 0)
            return true;
    return false;
}

static int value_of(char c)
{
    const char *found = c == '\0' ? NULL : strchr(alphabet, c);
    return found == NULL ? -1 : (int)(found - alphabet);
}

static bool is_base64(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (value_of(text[i]) < 0)
            return false;
    return true;
}

/* 22 characters hold 132 bits for a salt of 128, 31 hold 186 for a digest of 184. */
static bool unused_bits_are_zero(const char *text)
{
    return value_of(text[DIGEST - 1]) % 16 == 0 && value_of(text[BCRYPT_HASH_LEN - 1]) % 4 == 0;
}

static int32_t read_cost(const char *text)
{
    const char *digits = text + COST;
    if (digits[0] < '0' || digits[0] > '3' || digits[1] < '0' || digits[1] > '9')
        return -1;
    return (digits[0] - '0') * 10 + (digits[1] - '0');
}

const char *bcrypt_hash_parse(struct span text, struct bcrypt_hash *ret_hash)
{
    if (text.len != BCRYPT_HASH_LEN)
        return text.len < BCRYPT_HASH_LEN ? "it is shorter than 60 characters"
                                          : "it is longer than 60 characters";
    const char *t = text.bytes;
    if (!is_revision(t))
        return "its revision is not $2a$, $2b$ or $2y$";
    int32_t cost = read_cost(t);
    if (cost < BCRYPT_MIN_COST || cost > BCRYPT_MAX_COST || t[SALT - 1] != '$')
        return "its cost is not two digits from 04 to 31";
    if (!is_base64(t + SALT, BCRYPT_HASH_LEN - SALT))
        return "its salt or digest has a character that bcrypt does not use";
    if (!unused_bits_are_zero(t))
        return "the unused bits of its salt or digest are not zero";
    memcpy(ret_hash->text, t, BCRYPT_HASH_LEN);
    ret_hash->text[BCRYPT_HASH_LEN] = '\0';
    ret_hash->cost = cost;
    return NULL;
}
