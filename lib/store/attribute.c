/* SPDX-License-Identifier: Apache-2.0 */
#include "store/attribute.h"

#include "status/error.h"

#include <string.h>

enum {
    PHONE_MAX_DIGITS = 15 /* ITU-T E.164 */
};

bool attribute_is_reserved(struct span name)
{
    return span_equal_text(name, "sub") || span_starts_with(name, "cognito:");
}

static bool has_blank_or_control(struct span s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.bytes[i] <= ' ' || s.bytes[i] == 0x7F)
            return true;
    return false;
}

bool attribute_is_custom(struct span name)
{
    static const char prefix[] = "custom:";
    if (!span_starts_with(name, prefix) || !span_is_utf8(name))
        return false;
    struct span own = {name.bytes + sizeof prefix - 1, name.len - (sizeof prefix - 1)};
    return own.len > 0 && span_count_code_points(own) <= ATTRIBUTE_MAX_NAME &&
           !has_blank_or_control(own);
}

static bool is_standard(struct span name)
{
    static const char *const standard[] = {"address",
                                           "birthdate",
                                           "email",
                                           "email_verified",
                                           "family_name",
                                           "gender",
                                           "given_name",
                                           "locale",
                                           "middle_name",
                                           "name",
                                           "nickname",
                                           "picture",
                                           "profile",
                                           "updated_at",
                                           "website",
                                           "phone_number",
                                           "phone_number_verified",
                                           "preferred_username",
                                           "zoneinfo"};
    for (size_t i = 0; i < sizeof standard / sizeof standard[0]; i++)
        if (span_equal_text(name, standard[i]))
            return true;
    return false;
}

cogmig_status attribute_check_name(const char *name, cogmig_error *err)
{
    struct span asked = span_of(name);
    if (attribute_is_reserved(asked))
        return fail_plainly(err, COGMIG_ATTRIBUTE_RESERVED);
    if (is_standard(asked) || attribute_is_custom(asked))
        return COGMIG_OK;
    return fail(err, COGMIG_ATTRIBUTE_INVALID,
                "\"%.64s\" is neither a standard attribute of Cognito's (name, phone_number, …) "
                "nor \"custom:\" and 1 to %d characters without blanks.",
                name, ATTRIBUTE_MAX_NAME);
}

/* 9 stands for a digit. */
static bool has_form(const char *value, const char *form)
{
    for (; *form != '\0'; value++, form++)
        if (*form == '9' ? *value < '0' || *value > '9' : *value != *form)
            return false;
    return *value == '\0';
}

static bool is_phone_number(const char *value)
{
    size_t digits = value[0] == '+' ? strspn(value + 1, "0123456789") : 0;
    return digits > 1 && digits <= PHONE_MAX_DIGITS && value[1] != '0' && value[1 + digits] == '\0';
}

static bool is_birthdate(const char *value)
{
    return has_form(value, "9999-99-99");
}

static bool is_number(const char *value)
{
    return value[0] != '\0' && value[strspn(value, "0123456789")] == '\0';
}

static bool is_boolean(const char *value)
{
    return strcmp(value, "true") == 0 || strcmp(value, "false") == 0;
}

static const struct {
    const char *name;
    bool (*fits)(const char *value);
    const char *form;
} forms[] = {
    {"phone_number", is_phone_number, "a number in E.164: + and up to 15 digits, nothing else"},
    {"birthdate", is_birthdate, "a date such as 1990-12-31"},
    {"updated_at", is_number, "a number of seconds since 1970"},
    {"phone_number_verified", is_boolean, "true or false"},
};

static cogmig_status check_form(const char *name, const char *value, cogmig_error *err)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (strcmp(name, forms[i].name) == 0 && !forms[i].fits(value))
            return fail(err, COGMIG_ATTRIBUTE_INVALID, "The value for the attribute %s is not %s.",
                        name, forms[i].form);
    return COGMIG_OK;
}

cogmig_status attribute_check_value(const char *name, const char *value, cogmig_error *err)
{
    size_t characters = span_count_code_points(span_of(value));
    if (characters > ATTRIBUTE_MAX_VALUE)
        return fail(err, COGMIG_ATTRIBUTE_INVALID,
                    "The value for the attribute %s has %zu characters; Cognito takes %d.", name,
                    characters, ATTRIBUTE_MAX_VALUE);
    return check_form(name, value, err);
}
