/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"

#include <cogmig/password.h>
#include <stdio.h>
#include <string.h>

/* Salt of Openwall crypt_blowfish's published vectors. */
#define SALT "CCCCCCCCCCCCCCCCCCCCC."

static cogmig_status verify(const char *password, const char *stored)
{
    return cogmig_password_verify(password, strlen(password), stored, NULL);
}

/* promise 26 */
static void published_vectors_verify(void **state)
{
    (void)state;
    /* Openwall crypt_blowfish wrapper.c; the last one is bcryptjs 3's and libxcrypt's. */
    static const struct {
        const char *password;
        const char *stored;
    } vectors[] = {
        {"U*U", "$2a$05$" SALT "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"},
        {"U*U*", "$2a$05$" SALT "VGOzA784oUp/Z0DY336zx7pLYAy0lwK"},
        {"U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"},
        {"", "$2a$05$" SALT "7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"},
        {"\xff\xff\xa3", "$2y$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e"},
        {"\xff\xff\xa3", "$2b$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e"},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
        assert_int_equal(verify(vectors[i].password, vectors[i].stored), COGMIG_OK);
}

static void all_three_revisions_verify_and_blanks_of_a_char_column_do_not_count(void **state)
{
    (void)state;
    for (const char *revision = "aby"; *revision != '\0'; revision++) {
        char stored[96];
        snprintf(stored, sizeof stored, "$2%c$05$" SALT "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW%s",
                 *revision, "            ");
        assert_int_equal(verify("U*U", stored), COGMIG_OK);
        assert_int_equal(verify("U*V", stored), COGMIG_PASSWORD_MISMATCH);
    }
}

static void any_other_password_is_a_mismatch(void **state)
{
    (void)state;
    const char *stored = "$2a$05$" SALT "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    assert_int_equal(verify("", stored), COGMIG_PASSWORD_MISMATCH);
    assert_int_equal(verify("U*", stored), COGMIG_PASSWORD_MISMATCH);
    assert_int_equal(verify("u*u", stored), COGMIG_PASSWORD_MISMATCH);
    assert_int_equal(verify("U*U ", stored), COGMIG_PASSWORD_MISMATCH);
    assert_int_equal(cogmig_password_verify("U*Uxx", 3, stored, NULL), COGMIG_OK);
    assert_int_equal(cogmig_password_verify(NULL, 0, stored, NULL), COGMIG_PASSWORD_MISMATCH);
}

static void every_changed_character_of_the_digest_is_a_mismatch(void **state)
{
    (void)state;
    for (size_t place = 29; place < 60; place++) {
        char stored[] = "$2a$04$" SALT "mDyzbhj.9K0apb9O/AGMWwoLXiYAu6u";
        stored[place] = stored[place] == 'O' ? 'e' : 'O'; /* both have zero unused bits */
        char password[72];
        memset(password, 'a', sizeof password);
        assert_int_equal(cogmig_password_verify(password, sizeof password, stored, NULL),
                         COGMIG_PASSWORD_MISMATCH);
    }
}

/* Interop values measured with libxcrypt, bcryptjs 3 and node's bcrypt. */
static void seventy_two_bytes_count_and_no_more(void **state)
{
    (void)state;
    const char *of_71 = "$2b$04$" SALT "ZP48wSDJeZC4KEEZRkahyfLke0vxZNC";
    const char *of_72 = "$2b$04$" SALT "mDyzbhj.9K0apb9O/AGMWwoLXiYAu6u";
    static char password[100000];
    memset(password, 'a', sizeof password);
    static const size_t longer[] = {72, 73, 100, 254, 255, 300, 512, 100000};
    assert_int_equal(cogmig_password_verify(password, 71, of_71, NULL), COGMIG_OK);
    assert_int_equal(cogmig_password_verify(password, 71, of_72, NULL), COGMIG_PASSWORD_MISMATCH);
    for (size_t i = 0; i < sizeof longer / sizeof longer[0]; i++) {
        assert_int_equal(cogmig_password_verify(password, longer[i], of_72, NULL), COGMIG_OK);
        assert_int_equal(cogmig_password_verify(password, longer[i], of_71, NULL),
                         COGMIG_PASSWORD_MISMATCH);
    }
    password[71] = 'b';
    assert_int_equal(cogmig_password_verify(password, 72, of_72, NULL), COGMIG_PASSWORD_MISMATCH);
}

static void one_byte_never_decides_for_a_password_of_255_or_more(void **state)
{
    (void)state;
    /* node's bcrypt 6 made this of z and 255 q: its length wraps to 0 for $2a$. */
    const char *wrapped = "$2a$04$" SALT "8hcSy/TlKss1bjzVuRoGV.BKyi/mRa2";
    const char *whole = "$2b$04$" SALT "mDyzbhj.9K0apb9O/AGMWwoLXiYAu6u";
    char password[256];
    memset(password, 'r', sizeof password);
    password[0] = 'z';
    assert_int_equal(cogmig_password_verify(password, 256, wrapped, NULL),
                     COGMIG_PASSWORD_TOO_LONG);
    assert_int_equal(cogmig_password_verify(password, 255, wrapped, NULL),
                     COGMIG_PASSWORD_TOO_LONG);
    assert_int_equal(cogmig_password_verify(password, 254, wrapped, NULL),
                     COGMIG_PASSWORD_MISMATCH);
    memset(password, 'a', sizeof password);
    assert_int_equal(cogmig_password_verify(password, 256, whole, NULL), COGMIG_OK);
}

static void a_nul_is_a_byte_like_any_other(void **state)
{
    (void)state;
    /* bcryptjs 3 and node's bcrypt made the first, libxcrypt the second, which ends at the NUL. */
    const char *through = "$2b$05$" SALT "VHy/kzL4sCcX3Ib3wN5rNGiRt.TpfxS";
    const char *cut = "$2b$05$" SALT "jrBwbgM1v009XXHlN0sbvliVdtlvysq";
    assert_int_equal(cogmig_password_verify("Passw\0rd123", 11, through, NULL), COGMIG_OK);
    assert_int_equal(cogmig_password_verify("Passw\0rd123", 11, cut, NULL),
                     COGMIG_PASSWORD_MISMATCH);
    assert_int_equal(cogmig_password_verify("Passw", 5, cut, NULL), COGMIG_OK);
    assert_int_equal(cogmig_password_verify("Passw", 5, through, NULL), COGMIG_PASSWORD_MISMATCH);
    assert_int_equal(cogmig_password_verify("Passw\0rd124", 11, through, NULL),
                     COGMIG_PASSWORD_MISMATCH);
}

/* promise 2 */
static void what_is_not_bcrypt_is_named_and_never_a_wrong_password(void **state)
{
    (void)state;
    cogmig_error *err = NULL;
    assert_int_equal(cogmig_error_new(&err), COGMIG_OK);
    assert_int_equal(
        cogmig_password_verify("x", 1, "$argon2id$v=19$m=16,t=2,p=1$c2FsdA$aGFzaA", err),
        COGMIG_HASH_UNSUPPORTED);
    assert_non_null(strstr(cogmig_error_message(err), "argon2id"));
    assert_null(strstr(cogmig_error_message(err), "c2FsdA"));
    assert_int_equal(cogmig_password_verify("hunter2", 7, "hunter2", err), COGMIG_HASH_UNSUPPORTED);
    assert_null(strstr(cogmig_error_message(err), "hunter2"));
    assert_int_equal(
        cogmig_password_verify("x", 1, "$2x$05$" SALT "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", err),
        COGMIG_HASH_UNSUPPORTED);
    cogmig_error_free(&err);
}

/* promise 2 */
static void a_damaged_hash_says_what_is_wrong_with_it(void **state)
{
    (void)state;
    static const struct {
        const char *stored;
        const char *reason;
    } cases[] = {
        {"$2y$04$00000000$", "shorter"},
        {"$2a$05$" SALT "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeWx", "longer"},
        {"$2a$05$" SALT "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW\n", "longer"},
        {"$2a$03$" SALT "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "cost"},
        {"$2a$32$" SALT "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "cost"},
        {"$2a$+5$" SALT "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "cost"},
        {"$2A$05$" SALT "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "revision"},
        {"$2a$05$CCCCC$CCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "character"},
        {"$2a$05$CCCCCCCCCCCCCCCCCCCCCME5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "unused bits"},
    };
    cogmig_error *err = NULL;
    assert_int_equal(cogmig_error_new(&err), COGMIG_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(cogmig_password_verify("U*U", 3, cases[i].stored, err),
                         COGMIG_HASH_MALFORMED);
        assert_non_null(strstr(cogmig_error_message(err), cases[i].reason));
    }
    cogmig_error_free(&err);
}

/* promise 28 */
static void a_user_without_password_and_a_locked_one_are_a_plain_no(void **state)
{
    (void)state;
    assert_int_equal(verify("x", NULL), COGMIG_PASSWORD_NOT_SET);
    assert_int_equal(verify("", ""), COGMIG_PASSWORD_NOT_SET);
    assert_int_equal(verify("!", "!"), COGMIG_PASSWORD_LOCKED);
    assert_int_equal(verify("*0", "*0"), COGMIG_PASSWORD_LOCKED);
    assert_int_equal(cogmig_status_kind(COGMIG_PASSWORD_NOT_SET), COGMIG_KIND_DENIED);
    assert_int_equal(cogmig_status_kind(COGMIG_PASSWORD_LOCKED), COGMIG_KIND_DENIED);
}

/* promise 27 */
static void costs_above_the_ceiling_are_refused_without_working_on_them(void **state)
{
    (void)state;
    /* Cost 31 would take days: that the test ends is the proof. */
    assert_int_equal(verify("U*U", "$2a$31$" SALT "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
                     COGMIG_HASH_COST_REFUSED);
    assert_int_equal(verify("U*U", "$2a$16$" SALT "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
                     COGMIG_HASH_COST_REFUSED);
    const char *of_cost_5 = "$2a$05$" SALT "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    assert_int_equal(cogmig_password_verify_up_to_cost("U*U", 3, of_cost_5, 4, NULL),
                     COGMIG_HASH_COST_REFUSED);
    assert_int_equal(cogmig_password_verify_up_to_cost("U*U", 3, of_cost_5, 5, NULL), COGMIG_OK);
}

/* promise 28 */
static void a_dummy_is_never_a_match(void **state)
{
    (void)state;
    assert_int_equal(cogmig_password_verify_dummy("U*U", 3, 4, NULL), COGMIG_PASSWORD_MISMATCH);
    assert_int_equal(cogmig_password_verify_dummy(NULL, 0, 4, NULL), COGMIG_PASSWORD_MISMATCH);
    assert_int_equal(cogmig_password_verify_dummy("a\0b", 3, 4, NULL), COGMIG_PASSWORD_MISMATCH);
}

static void arguments_out_of_range_are_refused(void **state)
{
    (void)state;
    assert_int_equal(cogmig_password_verify(NULL, 1, "", NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_password_verify_up_to_cost("", 0, "", 3, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_password_verify_up_to_cost("", 0, "", 32, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_password_verify_dummy("", 0, 32, NULL), COGMIG_INVALID_ARGUMENT);
}

static void a_success_empties_the_error_box(void **state)
{
    (void)state;
    cogmig_error *err = NULL;
    assert_int_equal(cogmig_error_new(&err), COGMIG_OK);
    const char *stored = "$2a$05$" SALT "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    assert_int_equal(cogmig_password_verify("no", 2, stored, err), COGMIG_PASSWORD_MISMATCH);
    assert_int_equal(cogmig_error_status(err), COGMIG_PASSWORD_MISMATCH);
    assert_int_equal(cogmig_password_verify("U*U", 3, stored, err), COGMIG_OK);
    assert_int_equal(cogmig_error_status(err), COGMIG_OK);
    assert_string_equal(cogmig_error_message(err), "");
    cogmig_error_free(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors_verify),
        cmocka_unit_test(all_three_revisions_verify_and_blanks_of_a_char_column_do_not_count),
        cmocka_unit_test(any_other_password_is_a_mismatch),
        cmocka_unit_test(every_changed_character_of_the_digest_is_a_mismatch),
        cmocka_unit_test(seventy_two_bytes_count_and_no_more),
        cmocka_unit_test(one_byte_never_decides_for_a_password_of_255_or_more),
        cmocka_unit_test(a_nul_is_a_byte_like_any_other),
        cmocka_unit_test(what_is_not_bcrypt_is_named_and_never_a_wrong_password),
        cmocka_unit_test(a_damaged_hash_says_what_is_wrong_with_it),
        cmocka_unit_test(a_user_without_password_and_a_locked_one_are_a_plain_no),
        cmocka_unit_test(costs_above_the_ceiling_are_refused_without_working_on_them),
        cmocka_unit_test(a_dummy_is_never_a_match),
        cmocka_unit_test(arguments_out_of_range_are_refused),
        cmocka_unit_test(a_success_empties_the_error_box),
    };
    return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
