/* SPDX-License-Identifier: Apache-2.0
 * The hashes of cost 4 were made by node's bcrypt 6 of the text that stands beside them, those of
 * $2$ by bcryptjs 3 too; of $2x$, libxcrypt is the reference. */
#include "base/cleanup.h"
#include "cmocka_all.h"

#include <cogmig/password.h>
#include <stdio.h>
#include <string.h>

#define SALT "CCCCCCCCCCCCCCCCCCCCC."
#define OF_UU "$2a$05$" SALT "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
#define OF_72_A "$2b$04$" SALT "mDyzbhj.9K0apb9O/AGMWwoLXiYAu6u"
#define OF_UU_AND_PEPPER "$2a$04$" SALT "sGBNCc4cpGYonpAZyIVahJBHHCDgOhK"    /* U*Upepper */
#define OF_SHA256_HEX_OF_UU "$2b$04$" SALT "e.nQ7GliwOasiUtmCKppNY8Khz.b46W" /* 64 digits */
#define OF_AB_WITHOUT_NUL "$2$04$" SALT "ajGOAltvXsIcN6FeCliCiVBFaWYsKgK"
#define OF_NOTHING_WITHOUT_NUL "$2$04$" SALT "Cg0ly9t/KVBCBYYDfOmZKwry9JuXClC"
#define OF_A3_SIGN_EXTENDED "$2x$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e"

static char of_a[300];

static int set_up(void **state)
{
    cogmig_password_rules *rules = NULL;
    cogmig_status status = cogmig_password_rules_new(&rules, NULL);
    memset(of_a, 'a', sizeof of_a);
    *state = rules;
    return status == COGMIG_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    cogmig_password_rules *rules = *state;
    cogmig_password_rules_free(&rules);
    return rules == NULL ? 0 : -1;
}

static cogmig_status verify(const cogmig_password_rules *rules, const char *password,
                            const char *stored)
{
    return cogmig_password_rules_verify(rules, password, strlen(password), stored, NULL, NULL);
}

/* ---- length ---- */

/* promise 29 */
static void a_password_that_was_cut_matches_and_says_so(void **state)
{
    bool cut = true;
    assert_int_equal(cogmig_password_rules_verify(*state, of_a, 72, OF_72_A, &cut, NULL),
                     COGMIG_OK);
    assert_false(cut);
    assert_int_equal(cogmig_password_rules_verify(*state, of_a, 73, OF_72_A, &cut, NULL),
                     COGMIG_OK);
    assert_true(cut);
    assert_int_equal(cogmig_password_rules_verify(*state, of_a, 73, OF_UU, &cut, NULL),
                     COGMIG_PASSWORD_MISMATCH);
    assert_false(cut);
    assert_int_equal(cogmig_password_rules_verify(NULL, of_a, 73, OF_72_A, &cut, NULL), COGMIG_OK);
    assert_true(cut);
}

/* promise 29 */
static void strict_length_refuses_what_would_be_cut_and_nothing_else(void **state)
{
    bool cut = true;
    assert_int_equal(cogmig_password_rules_set_strict_length(*state, true, NULL), COGMIG_OK);
    assert_int_equal(cogmig_password_rules_verify(*state, of_a, 72, OF_72_A, &cut, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_password_rules_verify(*state, of_a, 73, OF_72_A, &cut, NULL),
                     COGMIG_PASSWORD_TOO_LONG);
    assert_false(cut);
    assert_int_equal(cogmig_password_rules_verify(*state, of_a, 73, "{bcrypt}" OF_72_A, &cut, NULL),
                     COGMIG_PASSWORD_TOO_LONG);
    assert_int_equal(cogmig_password_rules_set_strict_length(*state, false, NULL), COGMIG_OK);
    assert_int_equal(cogmig_password_rules_verify(*state, of_a, 73, OF_72_A, &cut, NULL),
                     COGMIG_OK);
}

/* ---- old revisions ---- */

static void revision_2x_is_verified_with_its_defect_and_only_when_asked_for(void **state)
{
    assert_int_equal(verify(*state, "\xa3", OF_A3_SIGN_EXTENDED), COGMIG_HASH_UNSUPPORTED);
    assert_int_equal(cogmig_password_rules_allow_2x(*state, NULL), COGMIG_OK);
    assert_int_equal(verify(*state, "\xa3", OF_A3_SIGN_EXTENDED), COGMIG_OK);
    assert_int_equal(verify(*state, "\xff\xff\xa3", OF_A3_SIGN_EXTENDED), COGMIG_OK);
    assert_int_equal(verify(*state, "\xff\xa3", OF_A3_SIGN_EXTENDED), COGMIG_PASSWORD_MISMATCH);
    assert_int_equal(verify(*state, "\xa3", "$2x$05$short"), COGMIG_HASH_MALFORMED);
    assert_int_equal(verify(*state, "\xa3", OF_A3_SIGN_EXTENDED "x"), COGMIG_HASH_MALFORMED);
    assert_int_equal(verify(*state, "ab", OF_AB_WITHOUT_NUL), COGMIG_HASH_UNSUPPORTED);
}

static void revision_2_is_verified_without_the_nul_and_only_when_asked_for(void **state)
{
    assert_int_equal(verify(*state, "ab", OF_AB_WITHOUT_NUL), COGMIG_HASH_UNSUPPORTED);
    assert_int_equal(cogmig_password_rules_allow_2(*state, NULL), COGMIG_OK);
    assert_int_equal(verify(*state, "ab", OF_AB_WITHOUT_NUL), COGMIG_OK);
    assert_int_equal(verify(*state, "abab", OF_AB_WITHOUT_NUL), COGMIG_OK);
    assert_int_equal(verify(*state, "aba", OF_AB_WITHOUT_NUL), COGMIG_PASSWORD_MISMATCH);
    assert_int_equal(verify(*state, "", OF_NOTHING_WITHOUT_NUL), COGMIG_OK);
    assert_int_equal(verify(*state, "ab", OF_AB_WITHOUT_NUL "x"), COGMIG_HASH_MALFORMED);
    assert_int_equal(verify(*state, "ab", "$2$"), COGMIG_HASH_MALFORMED);
    assert_int_equal(verify(*state, "\xa3", OF_A3_SIGN_EXTENDED), COGMIG_HASH_UNSUPPORTED);
}

static void one_byte_decides_for_no_long_password_against_2(void **state)
{
    assert_int_equal(cogmig_password_rules_allow_2(*state, NULL), COGMIG_OK);
    assert_int_equal(
        cogmig_password_rules_verify(*state, of_a, 256, OF_NOTHING_WITHOUT_NUL, NULL, NULL),
        COGMIG_PASSWORD_TOO_LONG);
    assert_int_equal(
        cogmig_password_rules_verify(*state, of_a, 254, OF_NOTHING_WITHOUT_NUL, NULL, NULL),
        COGMIG_PASSWORD_MISMATCH);
}

/* ---- pepper ---- */

static void a_pepper_is_appended_to_the_password_of_a_bare_hash(void **state)
{
    assert_int_equal(verify(*state, "U*Upepper", OF_UU_AND_PEPPER), COGMIG_OK);
    assert_int_equal(cogmig_password_rules_set_pepper(*state, "pepper", 6, NULL), COGMIG_OK);
    assert_int_equal(verify(*state, "U*U", OF_UU_AND_PEPPER), COGMIG_OK);
    assert_int_equal(verify(*state, "U*Up", OF_UU_AND_PEPPER), COGMIG_PASSWORD_MISMATCH);
    assert_int_equal(verify(*state, "U*Upepper", OF_UU_AND_PEPPER), COGMIG_PASSWORD_MISMATCH);
    assert_int_equal(verify(*state, "U*U", OF_UU), COGMIG_PASSWORD_MISMATCH);
    assert_int_equal(verify(*state, "U*U", "{bcrypt}" OF_UU), COGMIG_OK);
    assert_int_equal(verify(*state, "U*U", "{bcrypt}" OF_UU_AND_PEPPER), COGMIG_PASSWORD_MISMATCH);
    assert_int_equal(cogmig_password_rules_set_pepper(*state, NULL, 0, NULL), COGMIG_OK);
    assert_int_equal(verify(*state, "U*U", OF_UU), COGMIG_OK);
}

static void a_pepper_fills_the_72_bytes_and_its_own_length_is_not_the_passwords(void **state)
{
    bool cut = true;
    assert_int_equal(cogmig_password_rules_set_pepper(*state, of_a, 128, NULL), COGMIG_OK);
    assert_int_equal(cogmig_password_rules_set_strict_length(*state, true, NULL), COGMIG_OK);
    static const size_t lens[] = {0, 1, 71, 72};
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        assert_int_equal(cogmig_password_rules_verify(*state, of_a, lens[i], OF_72_A, &cut, NULL),
                         COGMIG_OK);
        assert_false(cut);
    }
    assert_int_equal(cogmig_password_rules_verify(*state, of_a, 73, OF_72_A, &cut, NULL),
                     COGMIG_PASSWORD_TOO_LONG);
}

/* ---- prefixes ---- */

static void djangos_published_vector_verifies(void **state)
{
    const char *stored =
        "bcrypt_sha256$$2b$12$VADBCPlCt0wMa2zjUgaXl.jnrvoNt/kgjtRY7i./fo0V2IEp1l6f2";
    assert_int_equal(verify(*state, "password", stored), COGMIG_OK);
    assert_int_equal(verify(*state, "Password", stored), COGMIG_PASSWORD_MISMATCH);
}

static void a_prefix_says_how_the_key_is_made(void **state)
{
    assert_int_equal(verify(*state, "U*U", "bcrypt_sha256$" OF_SHA256_HEX_OF_UU), COGMIG_OK);
    assert_int_equal(verify(*state, "U*U", OF_SHA256_HEX_OF_UU), COGMIG_PASSWORD_MISMATCH);
    assert_int_equal(verify(*state, "U*U", "bcrypt_sha256$" OF_UU), COGMIG_PASSWORD_MISMATCH);
    assert_int_equal(verify(*state, "U*U", "bcrypt$" OF_UU), COGMIG_OK);
    assert_int_equal(verify(*state, "U*U", "{bcrypt}" OF_UU "   "), COGMIG_OK);
    assert_int_equal(verify(*state, "U*U", "{bcrypt}{bcrypt}" OF_UU), COGMIG_HASH_UNSUPPORTED);
    assert_int_equal(verify(*state, "U*U", "{BCRYPT}" OF_UU), COGMIG_HASH_UNSUPPORTED);
    assert_int_equal(verify(*state, "U*U", "$bcrypt-sha256$" OF_UU), COGMIG_HASH_UNSUPPORTED);
}

/* Made by node's bcrypt of the SHA-256 of 100 a in hexadecimal. */
static void behind_sha256_every_byte_counts(void **state)
{
    bool cut = true;
    const char *stored = "bcrypt_sha256$$2b$04$" SALT "YUxp0gkEJV/9mJczO3GmvGwckW5Lcma";
    assert_int_equal(cogmig_password_rules_set_strict_length(*state, true, NULL), COGMIG_OK);
    assert_int_equal(cogmig_password_rules_verify(*state, of_a, 100, stored, &cut, NULL),
                     COGMIG_OK);
    assert_false(cut);
    assert_int_equal(cogmig_password_rules_verify(*state, of_a, 99, stored, &cut, NULL),
                     COGMIG_PASSWORD_MISMATCH);
}

static void behind_a_prefix_a_damaged_or_missing_hash_is_malformed(void **state)
{
    assert_int_equal(verify(*state, "U*U", "{bcrypt}"), COGMIG_HASH_MALFORMED);
    assert_int_equal(verify(*state, "U*U", "bcrypt$"), COGMIG_HASH_MALFORMED);
    assert_int_equal(verify(*state, "U*U", "bcrypt_sha256$!"), COGMIG_HASH_MALFORMED);
    assert_int_equal(verify(*state, "U*U", "{bcrypt}plain"), COGMIG_HASH_MALFORMED);
    assert_int_equal(verify(*state, "U*U", "{bcrypt}" OF_UU "x"), COGMIG_HASH_MALFORMED);
    assert_int_equal(verify(*state, "U*U", "bcrypt$2a$05$" SALT), COGMIG_HASH_MALFORMED);
    assert_int_equal(verify(*state, "\xa3", "{bcrypt}" OF_A3_SIGN_EXTENDED),
                     COGMIG_HASH_UNSUPPORTED);
    assert_int_equal(cogmig_password_rules_allow_2x(*state, NULL), COGMIG_OK);
    assert_int_equal(verify(*state, "\xa3", "{bcrypt}" OF_A3_SIGN_EXTENDED), COGMIG_OK);
    assert_int_equal(verify(*state, "\xa3", "{bcrypt}$2x$05$short"), COGMIG_HASH_MALFORMED);
}

/* ---- pre-hash ---- */

struct answer {
    cogmig_status status;
    const char *text;
    size_t claimed; /* 0: as long as the text is */
    int asked;
};

static cogmig_status prehash(void *user_data, const char *password, size_t password_len, char *out,
                             size_t size, size_t *ret_len)
{
    struct answer *answer = user_data;
    answer->asked++;
    assert_int_equal(size, COGMIG_PASSWORD_MAX_PREHASH);
    assert_memory_equal(password, "typed", 5);
    assert_int_equal(password_len, 5);
    size_t len = strlen(answer->text);
    memcpy(out, answer->text, len);
    *ret_len = answer->claimed == 0 ? len : answer->claimed;
    return answer->status;
}

static void a_prehash_of_the_callers_stands_before_bare_hashes(void **state)
{
    struct answer answer = {.text = "U*U"};
    assert_int_equal(cogmig_password_rules_set_prehash(*state, prehash, &answer, NULL), COGMIG_OK);
    assert_int_equal(verify(*state, "typed", OF_UU), COGMIG_OK);
    assert_int_equal(verify(*state, "typed", NULL), COGMIG_PASSWORD_NOT_SET);
    assert_int_equal(answer.asked, 2); /* the user without a password costs the same work */
    answer.text = "U*V";
    assert_int_equal(verify(*state, "typed", OF_UU), COGMIG_PASSWORD_MISMATCH);
    assert_int_equal(verify(*state, "U*U", "{bcrypt}" OF_UU), COGMIG_OK);
    assert_int_equal(answer.asked, 3);
}

static cogmig_status first_three(void *user_data, const char *password, size_t password_len,
                                 char *out, size_t size, size_t *ret_len)
{
    (void)user_data, (void)password_len, (void)size;
    memcpy(out, password, 3);
    *ret_len = 3;
    return COGMIG_OK;
}

/* What bcrypt reads is the pre-hash, so nothing of the password is cut but by that. */
static void behind_a_prehash_of_the_callers_no_password_is_cut(void **state)
{
    bool cut = true;
    char typed[100];
    memset(typed, 'x', sizeof typed);
    memcpy(typed, "U*U", 3);
    assert_int_equal(cogmig_password_rules_set_prehash(*state, first_three, NULL, NULL), COGMIG_OK);
    assert_int_equal(cogmig_password_rules_verify(*state, typed, sizeof typed, OF_UU, &cut, NULL),
                     COGMIG_OK);
    assert_false(cut);
    typed[0] = 'V';
    assert_int_equal(cogmig_password_rules_verify(*state, typed, sizeof typed, OF_UU, &cut, NULL),
                     COGMIG_PASSWORD_MISMATCH);
    assert_false(cut);
}

static void a_prehash_that_fails_stops_that_verification_only(void **state)
{
    struct answer answer = {.text = "U*U", .status = COGMIG_STORE_UNREACHABLE};
    assert_int_equal(cogmig_password_rules_set_prehash(*state, prehash, &answer, NULL), COGMIG_OK);
    assert_int_equal(verify(*state, "typed", OF_UU), COGMIG_STOPPED_BY_CALLBACK);
    SCOPED(cogmig_error_free) cogmig_error *err = NULL;
    assert_int_equal(cogmig_error_new(&err), COGMIG_OK);
    assert_int_equal(cogmig_password_rules_verify(*state, "typed", 5, OF_UU, NULL, err),
                     COGMIG_STOPPED_BY_CALLBACK);
    assert_int_equal(cogmig_error_upstream(err), COGMIG_UPSTREAM_CALLBACK);
    assert_string_equal(cogmig_error_upstream_code(err), "411");
    answer.status = COGMIG_OK;
    answer.claimed = COGMIG_PASSWORD_MAX_PREHASH + 1;
    assert_int_equal(verify(*state, "typed", OF_UU), COGMIG_STOPPED_BY_CALLBACK);
    const char *passwords[] = {"typed", "U*U"};
    const char *stored[] = {OF_UU, "{bcrypt}" OF_UU};
    cogmig_status statuses[2];
    assert_int_equal(cogmig_password_rules_verify_many(*state, passwords, (size_t[]){5, 3}, stored,
                                                       2, statuses, NULL, NULL),
                     COGMIG_OK);
    assert_int_equal(statuses[0], COGMIG_STOPPED_BY_CALLBACK);
    assert_int_equal(statuses[1], COGMIG_OK);
}

/* ---- settings ---- */

static void settings_out_of_range_are_refused_and_change_nothing(void **state)
{
    struct answer answer = {.text = ""};
    assert_int_equal(cogmig_password_rules_set_max_cost(*state, 3, NULL), COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_password_rules_set_max_cost(*state, 32, NULL), COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_password_rules_set_pepper(*state, NULL, 1, NULL),
                     COGMIG_INVALID_ARGUMENT);
    static char too_long[1025];
    assert_int_equal(cogmig_password_rules_set_pepper(*state, too_long, 1025, NULL),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(verify(*state, "U*U", OF_UU), COGMIG_OK);
    assert_int_equal(cogmig_password_rules_set_pepper(*state, "p", 1, NULL), COGMIG_OK);
    assert_int_equal(cogmig_password_rules_set_prehash(*state, prehash, &answer, NULL),
                     COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_password_rules_set_prehash(*state, NULL, NULL, NULL), COGMIG_OK);
    assert_int_equal(cogmig_password_rules_set_pepper(*state, "", 0, NULL), COGMIG_OK);
    assert_int_equal(cogmig_password_rules_set_prehash(*state, prehash, &answer, NULL), COGMIG_OK);
    assert_int_equal(cogmig_password_rules_set_pepper(*state, "p", 1, NULL), COGMIG_CONFIG_INVALID);
    assert_int_equal(cogmig_password_rules_set_pepper(*state, too_long, 0, NULL), COGMIG_OK);
    assert_int_equal(answer.asked, 0);
}

static void the_ceiling_is_the_rules(void **state)
{
    assert_int_equal(cogmig_password_rules_set_max_cost(*state, 4, NULL), COGMIG_OK);
    assert_int_equal(verify(*state, "U*U", OF_UU), COGMIG_HASH_COST_REFUSED);
    assert_int_equal(verify(*state, "U*U", "{bcrypt}" OF_UU), COGMIG_HASH_COST_REFUSED);
    assert_int_equal(cogmig_password_rules_set_max_cost(*state, 5, NULL), COGMIG_OK);
    assert_int_equal(verify(*state, "U*U", OF_UU), COGMIG_OK);
}

static void without_rules_a_setting_is_an_invalid_argument(void **state)
{
    (void)state;
    assert_int_equal(cogmig_password_rules_new(NULL, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_password_rules_set_max_cost(NULL, 4, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_password_rules_set_strict_length(NULL, true, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_password_rules_allow_2x(NULL, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_password_rules_allow_2(NULL, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_password_rules_set_pepper(NULL, "p", 1, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_password_rules_set_prehash(NULL, NULL, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    cogmig_password_rules_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_password_that_was_cut_matches_and_says_so),
        TEST(strict_length_refuses_what_would_be_cut_and_nothing_else),
        TEST(revision_2x_is_verified_with_its_defect_and_only_when_asked_for),
        TEST(revision_2_is_verified_without_the_nul_and_only_when_asked_for),
        TEST(one_byte_decides_for_no_long_password_against_2),
        TEST(a_pepper_is_appended_to_the_password_of_a_bare_hash),
        TEST(a_pepper_fills_the_72_bytes_and_its_own_length_is_not_the_passwords),
        TEST(djangos_published_vector_verifies),
        TEST(a_prefix_says_how_the_key_is_made),
        TEST(behind_sha256_every_byte_counts),
        TEST(behind_a_prefix_a_damaged_or_missing_hash_is_malformed),
        TEST(a_prehash_of_the_callers_stands_before_bare_hashes),
        TEST(behind_a_prehash_of_the_callers_no_password_is_cut),
        TEST(a_prehash_that_fails_stops_that_verification_only),
        TEST(settings_out_of_range_are_refused_and_change_nothing),
        TEST(the_ceiling_is_the_rules),
        TEST(without_rules_a_setting_is_an_invalid_argument),
    };
    return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
