/* SPDX-License-Identifier: Apache-2.0 */
#include "opened.h"
#include "store/attribute.h"

#include <string.h>

static const struct {
    const char *name;
    cogmig_status status;
} names[] = {
    {"name", COGMIG_OK},
    {"phone_number", COGMIG_OK},
    {"preferred_username", COGMIG_OK},
    {"custom:plan", COGMIG_OK},
    {"custom:twenty_characters_xx", COGMIG_OK},
    {"custom:twenty_one_characters", COGMIG_ATTRIBUTE_INVALID},
    {"custom:", COGMIG_ATTRIBUTE_INVALID},
    {"custom:a b", COGMIG_ATTRIBUTE_INVALID},
    {"custom:\xFF", COGMIG_ATTRIBUTE_INVALID},
    {"dev:custom:plan", COGMIG_ATTRIBUTE_INVALID},
    {"Name", COGMIG_ATTRIBUTE_INVALID},
    {"phone", COGMIG_ATTRIBUTE_INVALID},
    {"", COGMIG_ATTRIBUTE_INVALID},
    {"sub", COGMIG_ATTRIBUTE_RESERVED},
    {"cognito:username", COGMIG_ATTRIBUTE_RESERVED},
};

static void an_attribute_is_one_that_cognito_takes(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_status(attribute_check_name(names[i].name, &err), names[i].status, &err);
}

static const struct {
    const char *name, *value;
    bool good;
} values[] = {
    {"phone_number", "+4930123456", true},
    {"phone_number", "+12", true},
    {"phone_number", "+123456789012345", true},
    {"phone_number", "+1234567890123456", false},
    {"phone_number", "+1", false},
    {"phone_number", "+0301234", false},
    {"phone_number", "004930123456", false},
    {"phone_number", "+49 30 123456", false},
    {"phone_number", "+49(30)123456", false},
    {"phone_number", "4930123456", false},
    {"phone_number", "+", false},
    {"birthdate", "1990-12-31", true},
    {"birthdate", "31.12.1990", false},
    {"birthdate", "1990-12-31T00", false},
    {"birthdate", "1985-12-3", false},
    {"updated_at", "1768473000", true},
    {"updated_at", "2026-01-15", false},
    {"phone_number_verified", "true", true},
    {"phone_number_verified", "t", false},
    {"custom:phone", "0049", true},
    {"name", "\xF0\x9F\x98\x80\n\"'", true},
};

static void a_value_has_the_form_that_cognito_wants_and_is_not_repeated(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct cogmig_error err = {0};
        cogmig_status status = attribute_check_value(values[i].name, values[i].value, &err);
        if (status != (values[i].good ? COGMIG_OK : COGMIG_ATTRIBUTE_INVALID))
            fail_msg("%s: %s\n", values[i].name, values[i].value);
        if (!values[i].good && strlen(values[i].value) > 2)
            assert_silent_about(&err, values[i].value);
    }
}

static void a_value_has_up_to_2048_characters(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    static char value[2 * 2049 + 1];
    for (size_t i = 0; i < 2049; i++)
        memcpy(value + 2 * i, "\xC3\xA9", 2);
    assert_status(attribute_check_value("custom:x", value, &err), COGMIG_ATTRIBUTE_INVALID, &err);
    assert_mentions(&err, "2049");
    assert_int_equal(attribute_check_value("custom:x", value + 2, &err), COGMIG_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_attribute_is_one_that_cognito_takes),
        cmocka_unit_test(a_value_has_the_form_that_cognito_wants_and_is_not_repeated),
        cmocka_unit_test(a_value_has_up_to_2048_characters),
    };
    return cmocka_run_group_tests_name("attribute", tests, NULL, NULL);
}
