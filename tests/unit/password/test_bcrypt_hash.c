/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "password/bcrypt_hash.h"

#include <string.h>

/* Openwall crypt_blowfish's published vector for "U*U". */
#define GOOD "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"

static const char *damage_of(const char *text)
{
    struct bcrypt_hash hash;
    return bcrypt_hash_parse(span_of(text), &hash);
}

static void a_good_hash_is_read_whole(void **state)
{
    (void)state;
    struct bcrypt_hash hash;
    assert_null(bcrypt_hash_parse(span_of(GOOD), &hash));
    assert_string_equal(hash.text, GOOD);
    assert_int_equal(hash.cost, 5);
}

static void every_cost_from_04_to_31_is_read_and_no_other(void **state)
{
    (void)state;
    for (int cost = 0; cost < 100; cost++) {
        char text[] = GOOD;
        text[4] = (char)('0' + cost / 10);
        text[5] = (char)('0' + cost % 10);
        struct bcrypt_hash hash;
        bool good = bcrypt_hash_parse(span_of(text), &hash) == NULL;
        assert_int_equal(good, cost >= 4 && cost <= 31);
        if (good)
            assert_int_equal(hash.cost, cost);
    }
}

static void any_byte_that_bcrypt_does_not_write_is_refused_in_every_place(void **state)
{
    (void)state;
    static const char others[] = "$ +=-_*!\n\r\t\x7f\x80\xff,:";
    for (size_t place = 0; place < BCRYPT_HASH_LEN; place++) {
        for (size_t i = 0; i < sizeof others; i++) { /* the NUL at the end too */
            char text[] = GOOD;
            if (text[place] == others[i])
                continue;
            text[place] = others[i];
            struct bcrypt_hash hash;
            if (bcrypt_hash_parse((struct span){text, BCRYPT_HASH_LEN}, &hash) == NULL)
                fail_msg("accepted byte %d at %zu", others[i], place);
        }
    }
}

static void unused_bits_must_be_zero(void **state)
{
    (void)state;
    static const char alphabet[] =
        "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    for (size_t i = 0; i < 64; i++) {
        char salt[] = GOOD, digest[] = GOOD;
        salt[28] = alphabet[i];
        digest[59] = alphabet[i];
        assert_int_equal(damage_of(salt) == NULL, i % 16 == 0);
        assert_int_equal(damage_of(digest) == NULL, i % 4 == 0);
    }
}

static void revisions_other_than_a_b_y_are_refused(void **state)
{
    (void)state;
    for (int c = 1; c < 256; c++) {
        char text[] = GOOD;
        text[2] = (char)c;
        assert_int_equal(damage_of(text) == NULL, c == 'a' || c == 'b' || c == 'y');
    }
}

static void lengths_other_than_60_are_refused(void **state)
{
    (void)state;
    char text[64] = GOOD "AAA";
    for (size_t len = 0; len < 64; len++) {
        struct bcrypt_hash hash;
        assert_int_equal(bcrypt_hash_parse((struct span){text, len}, &hash) == NULL, len == 60);
    }
}

static void hashes_of_other_revisions_claim_to_be_bcrypt_except_two_that_are_named(void **state)
{
    (void)state;
    assert_true(bcrypt_hash_claimed(span_of("$2a$")));
    assert_true(bcrypt_hash_claimed(span_of("$2A$10$")));
    assert_false(bcrypt_hash_claimed(span_of("$2x$10$")));
    assert_false(bcrypt_hash_claimed(span_of("$2$10$")));
    assert_false(bcrypt_hash_claimed(span_of("2a$10$")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_hash_is_read_whole),
        cmocka_unit_test(every_cost_from_04_to_31_is_read_and_no_other),
        cmocka_unit_test(any_byte_that_bcrypt_does_not_write_is_refused_in_every_place),
        cmocka_unit_test(unused_bits_must_be_zero),
        cmocka_unit_test(revisions_other_than_a_b_y_are_refused),
        cmocka_unit_test(lengths_other_than_60_are_refused),
        cmocka_unit_test(hashes_of_other_revisions_claim_to_be_bcrypt_except_two_that_are_named),
    };
    return cmocka_run_group_tests_name("bcrypt_hash", tests, NULL, NULL);
}
