/* SPDX-License-Identifier: Apache-2.0 */
#include "password/bcrypt.h"

#include "adapters/openssl.h"
#include "base/memory.h"

#include <string.h>

enum {
    DIGEST_BYTES = 23, /* of 24: the last is thrown away by every implementation */
    SALT_AT = 7,
    DIGEST_AT = BCRYPT_SETTING_LEN
};

/* bcrypt's base64 has the bits of base64 in another alphabet. The text has been checked. */
static uint32_t value_of(char c)
{
    static const char alphabet[] =
        "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    return (uint32_t)(strchr(alphabet, c) - alphabet);
}

static void decode(const char *text, unsigned char *out, size_t out_len)
{
    uint32_t bits = 0;
    int held = 0;
    for (size_t i = 0; i < out_len; i++) {
        while (held < 8) {
            bits = bits << 6 | value_of(*text++);
            held += 6;
        }
        held -= 8;
        out[i] = (unsigned char)(bits >> held);
    }
}

void bcrypt_job(struct span password, const struct bcrypt_hash *hash, enum key_form form,
                struct lane_job *ret_job)
{
    unsigned char salt[BCRYPT_SALT_BYTES];
    decode(hash->text + SALT_AT, salt, sizeof salt);
    if (password.len > BCRYPT_KEY_BYTES)
        password.len = BCRYPT_KEY_BYTES;
    key_words_of_password(password, form, &ret_job->password);
    ret_job->salt = key_words_of_salt(salt);
    ret_job->cost = hash->cost;
}

bool bcrypt_job_matches(const struct lane_job *job, const struct bcrypt_hash *hash)
{
    unsigned char computed[4 * BCRYPT_DIGEST_WORDS], stored[DIGEST_BYTES];
    for (size_t i = 0; i < sizeof computed; i++)
        computed[i] = (unsigned char)(job->digest[i / 4] >> (24 - i % 4 * 8));
    decode(hash->text + DIGEST_AT, stored, sizeof stored);
    bool same = openssl_equal(computed, stored, sizeof stored);
    memory_wipe(computed, sizeof computed);
    return same;
}
