/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "store/scan_flags.h"

enum {
    NOW = 1000,
    WHEN_SET = COGMIG_DISABLED_WHEN_SET,
    WHEN_TRUE = COGMIG_DISABLED_WHEN_TRUE,
    WHEN_FALSE = COGMIG_DISABLED_WHEN_FALSE,
    WHEN_FUTURE = COGMIG_DISABLED_WHEN_FUTURE
};

#define NONE                                                                                       \
    {                                                                                              \
        .kind = VALUE_NULL                                                                         \
    }
#define MISSING                                                                                    \
    {                                                                                              \
        .kind = VALUE_MISSING                                                                      \
    }
#define YES                                                                                        \
    {                                                                                              \
        .kind = VALUE_FLAG, .flag = true                                                           \
    }
#define NO                                                                                         \
    {                                                                                              \
        .kind = VALUE_FLAG, .flag = false                                                          \
    }
#define TEXT(content)                                                                              \
    {                                                                                              \
        .kind = VALUE_TEXT, .text = { content, sizeof(content) - 1 }                               \
    }
#define AT(ms)                                                                                     \
    {                                                                                              \
        .kind = VALUE_TIME, .unix_ms = (ms)                                                        \
    }

static const struct {
    int32_t when;
    struct scan_value value;
    bool disables;
} cases[] = {
    {WHEN_SET, NONE, false},
    {WHEN_SET, MISSING, false},
    {WHEN_SET, AT(0), true},
    {WHEN_SET, TEXT(""), true},
    {WHEN_SET, NO, true},
    {WHEN_TRUE, YES, true},
    {WHEN_TRUE, NO, false},
    {WHEN_TRUE, NONE, false},
    {WHEN_TRUE, MISSING, false},
    {WHEN_TRUE, TEXT("1"), true},
    {WHEN_TRUE, TEXT("0"), false},
    {WHEN_TRUE, TEXT("No"), false},
    {WHEN_TRUE, TEXT(""), false},
    {WHEN_TRUE, TEXT("perhaps"), true},
    {WHEN_TRUE, AT(0), true},
    {WHEN_FALSE, YES, false},
    {WHEN_FALSE, NO, true},
    {WHEN_FALSE, NONE, true},
    {WHEN_FALSE, MISSING, false},
    {WHEN_FALSE, TEXT("T"), false},
    {WHEN_FALSE, TEXT("1"), false},
    {WHEN_FALSE, TEXT("0"), true},
    {WHEN_FALSE, TEXT("perhaps"), true},
    {WHEN_FUTURE, NONE, false},
    {WHEN_FUTURE, MISSING, false},
    {WHEN_FUTURE, AT(NOW), false},
    {WHEN_FUTURE, AT(NOW + 1), true},
    {WHEN_FUTURE, AT(TIME_INFINITE), true},
    {WHEN_FUTURE, AT(TIME_MINUS_INFINITE), false},
    {WHEN_FUTURE, TEXT("1001"), true},
    {WHEN_FUTURE, TEXT("1999-01-01"), true},
    {WHEN_FUTURE, TEXT("1969-01-01"), false},
    {WHEN_FUTURE, TEXT("for ever"), true},
};

static void a_flag_disables_unless_it_clearly_does_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scan_columns columns = {.flag_count = 1, .flags = {{0, cases[i].when, NO_COLUMN}}};
        if (user_is_disabled(&columns, &cases[i].value, NOW) != cases[i].disables)
            fail_msg("case %zu\n", i);
    }
}

static void a_ban_ends_with_its_time(void **state)
{
    (void)state;
    const struct scan_columns columns = {.flag_count = 1, .flags = {{0, WHEN_TRUE, 1}}};
    const struct scan_value banned_for_good[] = {YES, NONE}, no_such_column[] = {YES, MISSING},
                            banned_still[] = {YES, AT(NOW + 1)}, banned_once[] = {YES, AT(NOW)},
                            unclear[] = {YES, TEXT("soon")}, free[] = {NO, AT(NOW + 1)};
    assert_true(user_is_disabled(&columns, banned_for_good, NOW));
    assert_true(user_is_disabled(&columns, no_such_column, NOW));
    assert_true(user_is_disabled(&columns, banned_still, NOW));
    assert_true(user_is_disabled(&columns, unclear, NOW));
    assert_false(user_is_disabled(&columns, banned_once, NOW));
    assert_false(user_is_disabled(&columns, free, NOW));
}

static void one_flag_of_several_is_enough(void **state)
{
    (void)state;
    const struct scan_columns columns = {
        .flag_count = 2, .flags = {{0, WHEN_TRUE, NO_COLUMN}, {1, WHEN_SET, NO_COLUMN}}};
    const struct scan_value neither[] = {NO, NONE}, second[] = {NO, AT(0)};
    assert_false(user_is_disabled(&columns, neither, NOW));
    assert_true(user_is_disabled(&columns, second, NOW));
}

#define INTEGER(digits)                                                                            \
    {                                                                                              \
        .kind = VALUE_TEXT, .is_integer = true, .text = { digits, sizeof(digits) - 1 }             \
    }

static void every_integer_but_0_is_verified(void **state)
{
    static const struct {
        struct scan_value value;
        bool verified;
    } verifying[] = {{INTEGER("0"), false}, {INTEGER("1"), true},
                     {INTEGER("2"), true},  {INTEGER("1700000000000"), true},
                     {INTEGER("-1"), true}, {TEXT("1700000000000"), false},
                     {TEXT("1"), true},     {TEXT("0"), false},
                     {TEXT("true"), true},  {TEXT("2024-01-01"), true},
                     {AT(0), true},         {YES, true},
                     {NO, false},           {NONE, false},
                     {MISSING, false}};
    (void)state;
    for (size_t i = 0; i < sizeof verifying / sizeof verifying[0]; i++)
        if (value_is_verified(&verifying[i].value) != verifying[i].verified)
            fail_msg("case %zu\n", i);
}

static void rows_that_stand_for_nobody_are_told(void **state)
{
    (void)state;
    const struct scan_columns columns = {.skipped = 0}, none = {.skipped = NO_COLUMN};
    const struct scan_value yes = YES, no = NO, missing = MISSING;
    assert_true(user_is_skipped(&columns, &yes));
    assert_false(user_is_skipped(&columns, &no));
    assert_false(user_is_skipped(&columns, &missing));
    assert_false(user_is_skipped(&none, &yes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flag_disables_unless_it_clearly_does_not),
        cmocka_unit_test(a_ban_ends_with_its_time),
        cmocka_unit_test(one_flag_of_several_is_enough),
        cmocka_unit_test(every_integer_but_0_is_verified),
        cmocka_unit_test(rows_that_stand_for_nobody_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
