/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "cmocka_all.h"
#include "migration/response.h"
#include "store/user.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct cogmig_user row = {.id = (char *)"clx1",
                                       .email = (char *)"a@example.com",
                                       .name = (char *)"A \"B\"",
                                       .email_verified = true};

#define BEFORE "{ \"version\":\"1\",\"triggerSource\":\"UserMigration_Authentication\", "
#define NAMED BEFORE "\"userName\":\"A@Example.com\",\"request\":{\"password\":\"p\"},\"n\":1.10"
#define ATTRIBUTES                                                                                 \
    "{\"email\":\"A@Example.com\",\"email_verified\":\"true\",\"custom:legacy_id\":\"clx1\"}"

static const struct cogmig_migration_answer nothing = {.count = 0};

static void expect(const char *document, const struct cogmig_user *user, bool with_name,
                   enum answer answer, const char *expected)
{
    cogmig_migration_config config;
    migration_config_set_defaults(&config);
    config.with_name = with_name;
    struct event event;
    assert_int_equal(event_read(span_of(document), &event, NULL), COGMIG_OK);
    char *response = NULL;
    size_t len = 0;
    assert_int_equal(response_yes(&config, span_of(document), &event, user, answer, &nothing,
                                  &response, &len, NULL),
                     COGMIG_OK);
    assert_string_equal(response, expected);
    assert_int_equal(len, strlen(expected));
    memory_free(response);
    event_release(&event);
}

static void members_of_a_null_filled_response_keep_their_place(void **state)
{
    (void)state;
    expect(NAMED ", \"response\": {\"userAttributes\":null,\"forceAliasCreation\":null,"
                 "\"finalUserStatus\":null,\"messageAction\":null,\"desiredDeliveryMediums\":null,"
                 "\"new\":[1, 2]} , \"z\": 12345678901234567890 }\n",
           &row, false, ANSWER_CONFIRM,
           NAMED
           ", \"response\": {\"userAttributes\":" ATTRIBUTES ",\"forceAliasCreation\":null,"
           "\"finalUserStatus\":\"CONFIRMED\",\"messageAction\":\"SUPPRESS\","
           "\"desiredDeliveryMediums\":null,\"new\":[1, 2]} , \"z\": 12345678901234567890 }\n");
}

static void an_empty_a_null_and_a_missing_response_are_filled(void **state)
{
    (void)state;
#define FILLED                                                                                     \
    "{\"userAttributes\":" ATTRIBUTES                                                              \
    ",\"messageAction\":\"SUPPRESS\",\"finalUserStatus\":\"CONFIRMED\"}"
    expect(NAMED ",\"response\":{}}", &row, false, ANSWER_CONFIRM,
           NAMED ",\"response\":" FILLED "}");
    expect(NAMED ",\"response\":null}", &row, false, ANSWER_CONFIRM,
           NAMED ",\"response\":" FILLED "}");
    expect(NAMED " }", &row, false, ANSWER_CONFIRM, NAMED " ,\"response\":" FILLED "}");
}

static void a_reset_leaves_the_final_status_as_it_came(void **state)
{
    (void)state;
    expect(NAMED ",\"response\":{\"finalUserStatus\":null}}", &row, false, ANSWER_RESET,
           NAMED ",\"response\":{\"finalUserStatus\":null,\"userAttributes\":" ATTRIBUTES
                 ",\"messageAction\":\"SUPPRESS\"}}");
    expect(NAMED ",\"response\":{}}", &row, false, ANSWER_RESET,
           NAMED ",\"response\":{\"userAttributes\":" ATTRIBUTES
                 ",\"messageAction\":\"SUPPRESS\"}}");
}

static void the_name_is_returned_only_when_asked_for_and_there(void **state)
{
    (void)state;
#define WITHOUT_NAME                                                                               \
    "{\"email\":\"A@Example.com\",\"email_verified\":\"true\",\"custom:legacy_id\":\"clx1\""
    expect(NAMED ",\"response\":{}}", &row, true, ANSWER_RESET,
           NAMED ",\"response\":{\"userAttributes\":" WITHOUT_NAME
                 ",\"name\":\"A \\\"B\\\"\"},\"messageAction\":\"SUPPRESS\"}}");
    struct cogmig_user nameless = row;
    nameless.name = NULL;
    expect(NAMED ",\"response\":{}}", &nameless, true, ANSWER_RESET,
           NAMED ",\"response\":{\"userAttributes\":" WITHOUT_NAME
                 "},\"messageAction\":\"SUPPRESS\"}}");
}

#define ANSWER_OF(attributes)                                                                      \
    NAMED ",\"response\":{\"userAttributes\":" attributes ",\"messageAction\":\"SUPPRESS\"}}"

static void each_attribute_is_given_once_whoever_has_it(void **state)
{
    (void)state;
    struct user_attribute attributes[] = {{(char *)"name", (char *)"C"},
                                          {(char *)"custom:legacy_id", (char *)"clx2"}};
    struct cogmig_user user = row;
    user.attributes = attributes;
    user.attribute_count = 2;
    expect(NAMED ",\"response\":{}}", &user, true, ANSWER_RESET,
           ANSWER_OF(WITHOUT_NAME ",\"name\":\"C\"}"));
}

static void an_unverified_address_is_said_to_be_unverified(void **state)
{
    (void)state;
    struct cogmig_user unverified = row;
    unverified.email_verified = false;
    expect(NAMED ",\"response\":{}}", &unverified, false, ANSWER_RESET,
           NAMED ",\"response\":{\"userAttributes\":{\"email\":\"A@Example.com\","
                 "\"email_verified\":\"false\",\"custom:legacy_id\":\"clx1\"},"
                 "\"messageAction\":\"SUPPRESS\"}}");
}

/* promise 33 */
static void an_address_that_differs_by_more_than_ascii_case_is_the_rows(void **state)
{
    (void)state;
    struct cogmig_user user = row;
    user.email = (char *)"k@example.com";
    /* U+212A KELVIN SIGN is lower-cased to k by databases */
    expect(BEFORE "\"userName\":\"\xe2\x84\xaa@example.com\",\"request\":{\"password\":\"p\"},"
                  "\"response\":{}}",
           &user, false, ANSWER_RESET,
           BEFORE "\"userName\":\"\xe2\x84\xaa@example.com\",\"request\":{\"password\":\"p\"},"
                  "\"response\":{\"userAttributes\":{\"email\":\"k@example.com\","
                  "\"email_verified\":\"true\",\"custom:legacy_id\":\"clx1\"},"
                  "\"messageAction\":\"SUPPRESS\"}}");
}

/* promise 31 */
static void a_no_is_the_event_byte_for_byte(void **state)
{
    (void)state;
    static const char event[] = " {\"a\": 1.10, \"response\": {\"x\":null}}\n";
    char *response = NULL;
    size_t len = 0;
    assert_int_equal(response_no(span_of(event), &response, &len, NULL), COGMIG_OK);
    assert_int_equal(len, sizeof event - 1);
    assert_memory_equal(response, event, sizeof event);
    memory_free(response);
}

static void values_beyond_cognitos_limit_are_refused(void **state)
{
    (void)state;
    cogmig_migration_config config;
    migration_config_set_defaults(&config);
    char text[2 * 2048 + 3];
    for (size_t i = 0; i < 2048; i++)
        memcpy(text + 2 * i, "\xc3\xa9", 2); /* 2048 characters of two bytes */
    text[2 * 2048] = '\0';
    struct cogmig_user user = row;
    user.id = text;
    assert_int_equal(response_check_attributes(&config, &user, NULL), COGMIG_OK);
    memcpy(text + 2 * 2048, "x", 2);
    assert_int_equal(response_check_attributes(&config, &user, NULL), COGMIG_ATTRIBUTE_INVALID);
    user = row;
    user.name = text;
    assert_int_equal(response_check_attributes(&config, &user, NULL), COGMIG_OK);
    config.with_name = true;
    assert_int_equal(response_check_attributes(&config, &user, NULL), COGMIG_ATTRIBUTE_INVALID);
    user = row;
    user.email = text;
    assert_int_equal(response_check_attributes(&config, &user, NULL), COGMIG_ATTRIBUTE_INVALID);
}

static void of_several_attributes_one_that_is_too_long_is_enough(void **state)
{
    (void)state;
    cogmig_migration_config config;
    migration_config_set_defaults(&config);
    char too_long[2050];
    snprintf(too_long, sizeof too_long, "%0*d", 2049, 0);
    struct user_attribute attributes[] = {{(char *)"locale", (char *)"de"},
                                          {(char *)"custom:plan", (char *)"a"},
                                          {(char *)"zoneinfo", (char *)"b"}};
    struct cogmig_user user = row;
    user.attributes = attributes;
    user.attribute_count = 3;
    assert_int_equal(response_check_attributes(&config, &user, NULL), COGMIG_OK);
    for (size_t i = 0; i < 3; i++) {
        char *value = attributes[i].value;
        attributes[i].value = too_long;
        assert_int_equal(response_check_attributes(&config, &user, NULL), COGMIG_ATTRIBUTE_INVALID);
        attributes[i].value = value;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_of_a_null_filled_response_keep_their_place),
        cmocka_unit_test(an_empty_a_null_and_a_missing_response_are_filled),
        cmocka_unit_test(a_reset_leaves_the_final_status_as_it_came),
        cmocka_unit_test(the_name_is_returned_only_when_asked_for_and_there),
        cmocka_unit_test(each_attribute_is_given_once_whoever_has_it),
        cmocka_unit_test(an_unverified_address_is_said_to_be_unverified),
        cmocka_unit_test(an_address_that_differs_by_more_than_ascii_case_is_the_rows),
        cmocka_unit_test(a_no_is_the_event_byte_for_byte),
        cmocka_unit_test(values_beyond_cognitos_limit_are_refused),
        cmocka_unit_test(of_several_attributes_one_that_is_too_long_is_enough),
    };
    return cmocka_run_group_tests_name("response", tests, NULL, NULL);
}
