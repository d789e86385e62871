/* SPDX-License-Identifier: Apache-2.0
 * Every single bit of password, salt and digest decides. */
#include "cmocka_all.h"

#include <cogmig/password.h>
#include <string.h>

/* Made by node's bcrypt 6: 72 bytes, so that each counts. */
#define PASSWORD_BYTES 72
static const char stored[] = "$2b$04$CCCCCCCCCCCCCCCCCCCCC.mDyzbhj.9K0apb9O/AGMWwoLXiYAu6u";

enum {
    PASSWORD_BITS = 8 * PASSWORD_BYTES,
    SALT_AT = 7,
    DIGEST_AT = 29,
    SALT_BITS = 128,
    DIGEST_BITS = 184,
    HASH_BITS = SALT_BITS + DIGEST_BITS,
    HASH_BYTES = sizeof stored
};

static char password[PASSWORD_BYTES];

static int set_up(void **state)
{
    (void)state;
    memset(password, 'a', sizeof password);
    return 0;
}

/* None of them may match; `count` of them are verified side by side. */
static void assert_all_refused(const char *const passwords[], const char *const hashes[],
                               size_t count)
{
    static size_t lens[PASSWORD_BITS];
    static cogmig_status statuses[PASSWORD_BITS];
    for (size_t i = 0; i < count; i++)
        lens[i] = PASSWORD_BYTES;
    assert_int_equal(cogmig_password_verify_many(passwords, lens, hashes, count, statuses, NULL),
                     COGMIG_OK);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(statuses[i], COGMIG_PASSWORD_MISMATCH);
}

static void what_is_flipped_below_matches_as_it_is(void **state)
{
    (void)state;
    assert_int_equal(cogmig_password_verify(password, sizeof password, stored, NULL), COGMIG_OK);
}

static void every_flipped_bit_of_the_password_is_refused(void **state)
{
    (void)state;
    static char flipped[PASSWORD_BITS][PASSWORD_BYTES];
    static const char *passwords[PASSWORD_BITS], *hashes[PASSWORD_BITS];
    for (size_t bit = 0; bit < PASSWORD_BITS; bit++) {
        memcpy(flipped[bit], password, PASSWORD_BYTES);
        flipped[bit][bit / 8] ^= (char)(1 << bit % 8);
        passwords[bit] = flipped[bit];
        hashes[bit] = stored;
    }
    assert_all_refused(passwords, hashes, PASSWORD_BITS);
}

/* The text of bcrypt's base64 with one of the bits that it stands for flipped. */
static void flip(char *text, size_t bit)
{
    static const char alphabet[] =
        "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    char *at = text + bit / 6;
    *at = alphabet[(strchr(alphabet, *at) - alphabet) ^ (0x20 >> bit % 6)];
}

static void every_flipped_bit_of_salt_and_digest_is_refused(void **state)
{
    (void)state;
    static char flipped[HASH_BITS][HASH_BYTES];
    static const char *passwords[HASH_BITS], *hashes[HASH_BITS];
    for (size_t bit = 0; bit < HASH_BITS; bit++) {
        memcpy(flipped[bit], stored, HASH_BYTES);
        if (bit < SALT_BITS)
            flip(flipped[bit] + SALT_AT, bit);
        else
            flip(flipped[bit] + DIGEST_AT, bit - SALT_BITS);
        passwords[bit] = password;
        hashes[bit] = flipped[bit];
    }
    assert_all_refused(passwords, hashes, HASH_BITS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_flipped_below_matches_as_it_is),
        cmocka_unit_test(every_flipped_bit_of_the_password_is_refused),
        cmocka_unit_test(every_flipped_bit_of_salt_and_digest_is_refused),
    };
    return cmocka_run_group_tests_name("bit flips", tests, set_up, NULL);
}
