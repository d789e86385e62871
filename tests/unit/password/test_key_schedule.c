/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "password/key_schedule.h"

#include <string.h>

static struct key_words words_of(struct span password, enum key_form form)
{
    struct key_words words;
    key_words_of_password(password, form, &words);
    return words;
}

static void a_password_repeats_with_its_nul(void **state)
{
    (void)state;
    struct key_words words = words_of((struct span){"abc", 3}, KEY_WITH_NUL);
    for (size_t i = 0; i < BLOWFISH_SUBKEYS; i++)
        assert_int_equal(words.at[i], 0x61626300);
}

static void without_the_nul_it_repeats_at_once(void **state)
{
    (void)state;
    struct key_words words = words_of((struct span){"abc", 3}, KEY_WITHOUT_NUL);
    assert_int_equal(words.at[0], 0x61626361);
    assert_int_equal(words.at[1], 0x62636162);
    assert_int_equal(words.at[2], 0x63616263);
    words = words_of((struct span){"", 0}, KEY_WITHOUT_NUL);
    assert_int_equal(words.at[0], 0);
}

static void a_nul_inside_is_a_byte(void **state)
{
    (void)state;
    struct key_words words = words_of((struct span){"a\0b", 3}, KEY_WITH_NUL);
    assert_int_equal(words.at[0], 0x61006200);
}

static void seventy_two_bytes_leave_no_room_for_the_nul(void **state)
{
    (void)state;
    char password[BCRYPT_KEY_BYTES];
    memset(password, 'x', sizeof password);
    password[71] = 'y';
    struct key_words words = words_of((struct span){password, sizeof password}, KEY_WITH_NUL);
    assert_int_equal(words.at[0], 0x78787878);
    assert_int_equal(words.at[BLOWFISH_SUBKEYS - 1], 0x78787879);
}

static void the_defect_of_2x_lets_a_sign_overwrite_the_bytes_before(void **state)
{
    (void)state;
    struct span password = {"ab\x80", 3};
    assert_int_equal(words_of(password, KEY_WITH_NUL).at[0], 0x61628000);
    assert_int_equal(words_of(password, KEY_SIGN_EXTENDED).at[0], 0xFFFF8000);
}

static void a_salt_repeats_every_four_words(void **state)
{
    (void)state;
    unsigned char salt[BCRYPT_SALT_BYTES];
    for (size_t i = 0; i < sizeof salt; i++)
        salt[i] = (unsigned char)(i + 1);
    struct key_words words = key_words_of_salt(salt);
    assert_int_equal(words.at[0], 0x01020304);
    assert_int_equal(words.at[3], 0x0D0E0F10);
    for (size_t i = 4; i < BLOWFISH_SUBKEYS; i++)
        assert_int_equal(words.at[i], words.at[i - 4]);
}

/* Eric Young's Blowfish vectors (schneier.com): key of zeros, block of zeros. */
static void blowfish_encrypts_as_published(void **state)
{
    (void)state;
    struct blowfish schedule = blowfish_initial;
    struct key_words zeros = {{0}};
    key_schedule_mix(&schedule, &zeros);
    blowfish_expand(&schedule, 1);
    struct blowfish_block block = blowfish_encrypt(&schedule, (struct blowfish_block){0, 0});
    assert_int_equal(block.left, 0x4EF99745);
    assert_int_equal(block.right, 0x6198DD78);
}

static void every_lane_expands_alike(void **state)
{
    (void)state;
    struct blowfish alone = blowfish_initial;
    blowfish_expand(&alone, 1);
    for (size_t count = 2; count <= BLOWFISH_LANES; count++) {
        struct blowfish states[BLOWFISH_LANES];
        for (size_t i = 0; i < BLOWFISH_LANES; i++)
            states[i] = blowfish_initial;
        blowfish_expand(states, count);
        for (size_t i = 0; i < BLOWFISH_LANES; i++)
            assert_memory_equal(&states[i], i < count ? &alone : &blowfish_initial, sizeof alone);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_password_repeats_with_its_nul),
        cmocka_unit_test(without_the_nul_it_repeats_at_once),
        cmocka_unit_test(a_nul_inside_is_a_byte),
        cmocka_unit_test(seventy_two_bytes_leave_no_room_for_the_nul),
        cmocka_unit_test(the_defect_of_2x_lets_a_sign_overwrite_the_bytes_before),
        cmocka_unit_test(a_salt_repeats_every_four_words),
        cmocka_unit_test(blowfish_encrypts_as_published),
        cmocka_unit_test(every_lane_expands_alike),
    };
    return cmocka_run_group_tests_name("key schedule", tests, NULL, NULL);
}
