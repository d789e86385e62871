/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "migration/password_policy.h"

#include <cogmig/migration.h>

enum {
    ALL = COGMIG_PASSWORD_LOWER | COGMIG_PASSWORD_UPPER | COGMIG_PASSWORD_DIGIT |
          COGMIG_PASSWORD_SYMBOL
};

static void each_class_is_demanded_by_itself(void **state)
{
    (void)state;
    static const struct {
        int32_t class;
        const char *with, *without;
    } cases[] = {{COGMIG_PASSWORD_LOWER, "ABCx1!", "ABCX1!"},
                 {COGMIG_PASSWORD_UPPER, "abcX1!", "abcx1!"},
                 {COGMIG_PASSWORD_DIGIT, "abcXy0", "abcXy!"},
                 {COGMIG_PASSWORD_SYMBOL, "abcXy-", "abcXy0"}};
    for (size_t i = 0; i < 4; i++) {
        assert_true(password_meets(0, cases[i].class, span_of(cases[i].with)));
        assert_false(password_meets(0, cases[i].class, span_of(cases[i].without)));
        assert_true(password_meets(0, 0, span_of(cases[i].without)));
    }
    assert_true(password_meets(8, ALL, span_of("aB3_efgh")));
    assert_false(password_meets(8, ALL, span_of("aB3_efg")));
}

static void length_counts_characters_and_other_alphabets_are_of_no_class(void **state)
{
    (void)state;
    assert_true(password_meets(3, 0, span_of("\xC3\xA4\xC3\xB6\xC3\xBC")));
    assert_false(password_meets(4, 0, span_of("\xC3\xA4\xC3\xB6\xC3\xBC")));
    for (int32_t class = 1; class <= ALL; class *= 2)
        assert_false(password_meets(0, class, span_of("\xC3\xA4\xC3\x84\xD9\xA1\xC2\xA7")));
}

/* Developer Guide, "Adding user pool password requirements". */
static void each_of_cognitos_symbols_is_one_and_a_blank_only_inside(void **state)
{
    (void)state;
    for (const char *at = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+-"; *at != '\0'; at++)
        assert_true(password_meets(0, COGMIG_PASSWORD_SYMBOL, (struct span){at, 1}));
    assert_true(password_meets(0, COGMIG_PASSWORD_SYMBOL, span_of("a b")));
    assert_false(password_meets(0, COGMIG_PASSWORD_SYMBOL, span_of(" ab")));
    assert_false(password_meets(0, COGMIG_PASSWORD_SYMBOL, span_of("ab ")));
    assert_false(password_meets(0, COGMIG_PASSWORD_SYMBOL, span_of("a\tb")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_class_is_demanded_by_itself),
        cmocka_unit_test(length_counts_characters_and_other_alphabets_are_of_no_class),
        cmocka_unit_test(each_of_cognitos_symbols_is_one_and_a_blank_only_inside),
    };
    return cmocka_run_group_tests_name("password policy", tests, NULL, NULL);
}
