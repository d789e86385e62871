/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "cognito/page.h"
#include "status/error.h"

#include <stdio.h>
#include <string.h>

static struct cogmig_error err;
static cogmig_cognito_page *page;

static cogmig_status read_with(cogmig_status (*read)(const struct answer *, cogmig_cognito_page **,
                                                     cogmig_error *),
                               const char *json)
{
    struct answer answer = {.body = buffer_with_max(1 << 20)};
    struct json_fault fault;
    buffer_add_text(&answer.body, json);
    assert_true(
        json_check((struct span){answer.body.bytes, answer.body.len}, &answer.root, &fault));
    page_release(&page);
    cogmig_status status = read(&answer, &page, &err);
    answer_release(&answer); /* a page lives on its own */
    assert_true((page != NULL) == (status == COGMIG_OK));
    return status;
}

static int tear_down(void **state)
{
    (void)state;
    page_release(&page);
    return 0;
}

static void users_keep_their_own_attributes(void **state)
{
    (void)state;
    assert_int_equal(
        read_with(page_read,
                  "{\"Users\":[{\"Username\":\"a\",\"Attributes\":[{\"Name\":\"email\",\"Value\":"
                  "\"\\u00e4@x\"},{\"Name\":\"empty\",\"Value\":\"\"}],\"Enabled\":true,"
                  "\"UserStatus\":\"CONFIRMED\"},{\"Username\":\"b\"},{\"Username\":\"c\","
                  "\"Attributes\":[{\"Name\":\"sub\",\"Value\":\"3\"},{\"Name\":\"none\"}]}],"
                  "\"PaginationToken\":\"next\\/1\"}"),
        COGMIG_OK);
    assert_int_equal(cogmig_cognito_page_size(page), 3);
    const cogmig_cognito_user *a = cogmig_cognito_page_user(page, 0);
    const cogmig_cognito_user *b = cogmig_cognito_page_user(page, 1);
    const cogmig_cognito_user *c = cogmig_cognito_page_user(page, 2);
    assert_string_equal(cogmig_cognito_user_attribute(a, "email"), "\xC3\xA4@x");
    assert_string_equal(cogmig_cognito_user_attribute(a, "empty"), "");
    assert_null(cogmig_cognito_user_attribute(a, "sub"));
    assert_true(cogmig_cognito_user_enabled(a));
    assert_string_equal(cogmig_cognito_user_name(b), "b");
    assert_string_equal(cogmig_cognito_user_status(b), "");
    assert_false(cogmig_cognito_user_enabled(b));
    assert_null(cogmig_cognito_user_attribute(b, "email"));
    assert_string_equal(cogmig_cognito_user_attribute(c, "sub"), "3");
    assert_null(cogmig_cognito_user_attribute(c, "none"));
    assert_int_equal(cogmig_cognito_user_attribute_count(b), 0);
    assert_int_equal(cogmig_cognito_user_attribute_count(c), 2);
    assert_string_equal(cogmig_cognito_user_attribute_name(c, 0), "sub");
    assert_string_equal(cogmig_cognito_user_attribute_name(c, 1), "none");
    assert_null(cogmig_cognito_user_attribute_name(c, 2));
    assert_null(cogmig_cognito_page_user(page, 3));
    assert_string_equal(cogmig_cognito_page_next(page), "next/1");
}

static void a_page_may_be_empty(void **state)
{
    (void)state;
    assert_int_equal(read_with(page_read, "{\"Users\":[]}"), COGMIG_OK);
    assert_int_equal(cogmig_cognito_page_size(page), 0);
    assert_null(cogmig_cognito_page_next(page));
}

static void an_empty_place_is_the_end(void **state)
{
    (void)state;
    assert_int_equal(read_with(page_read, "{\"Users\":[],\"PaginationToken\":\"\"}"), COGMIG_OK);
    assert_null(cogmig_cognito_page_next(page));
    assert_int_equal(read_with(page_read, "{\"Users\":[],\"PaginationToken\":null}"), COGMIG_OK);
    assert_null(cogmig_cognito_page_next(page));
}

/* Users who are not listed would be told as not migrated. */
static void a_place_that_cannot_be_read_is_not_the_end(void **state)
{
    static const char *const wrong[] = {"5", "{}", "[\"a\"]", "true", "\"a\\u0000b\""};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char json[80];
        snprintf(json, sizeof json, "{\"Users\":[],\"PaginationToken\":%s}", wrong[i]);
        assert_int_equal(read_with(page_read, json), COGMIG_COGNITO_RESPONSE_INVALID);
    }
}

static void what_is_no_page_is_told(void **state)
{
    static const char *const wrong[] = {
        "{}",
        "{\"Users\":{}}",
        "{\"Users\":[{}]}",
        "{\"Users\":[17]}",
        "{\"Users\":[{\"Username\":17}]}",
        "{\"Users\":[{\"Username\":\"a\\u0000b\"}]}",
        "{\"Users\":[{\"Username\":\"a\",\"Attributes\":17}]}",
        "{\"Users\":[{\"Username\":\"a\",\"Attributes\":[{\"Value\":\"x\"}]}]}",
        "{\"Users\":[{\"Username\":\"a\",\"Attributes\":[{\"Name\":\"x\",\"Value\":17}]}]}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(read_with(page_read, wrong[i]), COGMIG_COGNITO_RESPONSE_INVALID);
}

static void one_user_is_told_with_other_member_names(void **state)
{
    (void)state;
    assert_int_equal(read_with(page_read_user,
                               "{\"Username\":\"a\",\"UserAttributes\":[{\"Name\":\"sub\","
                               "\"Value\":\"1\"}],\"Enabled\":false,\"UserStatus\":\"X\"}"),
                     COGMIG_OK);
    cogmig_cognito_user *user = page->users;
    assert_string_equal(cogmig_cognito_user_attribute(user, "sub"), "1");
    cogmig_cognito_user_free(&user);
    assert_null(user);
    page = NULL;
    assert_int_equal(read_with(page_read_user, "{}"), COGMIG_COGNITO_RESPONSE_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(users_keep_their_own_attributes, tear_down),
        cmocka_unit_test_teardown(a_page_may_be_empty, tear_down),
        cmocka_unit_test_teardown(an_empty_place_is_the_end, tear_down),
        cmocka_unit_test_teardown(a_place_that_cannot_be_read_is_not_the_end, tear_down),
        cmocka_unit_test_teardown(what_is_no_page_is_told, tear_down),
        cmocka_unit_test_teardown(one_user_is_told_with_other_member_names, tear_down),
    };
    return cmocka_run_group_tests_name("cognito: page", tests, NULL, NULL);
}
