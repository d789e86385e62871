/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "cmocka_all.h"
#include "status/error.h"

#include <string.h>

static cogmig_error *new_box(void)
{
    cogmig_error *err;
    assert_int_equal(cogmig_error_new(&err), COGMIG_OK);
    return err;
}

static void assert_empty(const cogmig_error *err)
{
    assert_int_equal(cogmig_error_status(err), COGMIG_OK);
    assert_string_equal(cogmig_error_message(err), "");
    assert_int_equal(cogmig_error_upstream(err), COGMIG_UPSTREAM_NONE);
    assert_string_equal(cogmig_error_upstream_code(err), "");
}

static void a_new_box_is_empty_and_so_is_none(void **state)
{
    (void)state;
    SCOPED(cogmig_error_free) cogmig_error *err = new_box();
    assert_empty(err);
    assert_empty(NULL);
    assert_int_equal(cogmig_error_new(NULL), COGMIG_INVALID_ARGUMENT);
}

static void freeing_nulls_the_variable(void **state)
{
    (void)state;
    cogmig_error *err = new_box();
    cogmig_error_free(&err);
    assert_null(err);
    cogmig_error_free(&err);
    cogmig_error_free(NULL);
}

static void a_failure_is_told_whole(void **state)
{
    (void)state;
    SCOPED(cogmig_error_free) cogmig_error *err = new_box();
    assert_int_equal(fail(err, COGMIG_STORE_BUSY, "%d of %s", 3, "them"), COGMIG_STORE_BUSY);
    fail_upstream(err, COGMIG_UPSTREAM_POSTGRESQL, "53300");
    assert_int_equal(cogmig_error_status(err), COGMIG_STORE_BUSY);
    assert_string_equal(cogmig_error_message(err), "3 of them");
    assert_int_equal(cogmig_error_upstream(err), COGMIG_UPSTREAM_POSTGRESQL);
    assert_string_equal(cogmig_error_upstream_code(err), "53300");
}

/* promise 6 */
static void a_failure_leaves_nothing_of_the_one_before(void **state)
{
    (void)state;
    SCOPED(cogmig_error_free) cogmig_error *err = new_box();
    fail(err, COGMIG_STORE_BUSY, "a long message about the store");
    fail_upstream_number(err, COGMIG_UPSTREAM_SQLITE, -14);
    assert_string_equal(cogmig_error_upstream_code(err), "-14");
    assert_int_equal(fail_plainly(err, COGMIG_TOKEN_EXPIRED), COGMIG_TOKEN_EXPIRED);
    assert_string_equal(cogmig_error_message(err), cogmig_status_sentence(COGMIG_TOKEN_EXPIRED));
    assert_int_equal(cogmig_error_upstream(err), COGMIG_UPSTREAM_NONE);
    assert_string_equal(cogmig_error_upstream_code(err), "");
    cogmig_error_clear(err);
    assert_empty(err);
}

static void without_a_box_the_status_is_all(void **state)
{
    (void)state;
    assert_int_equal(fail(NULL, COGMIG_STORE_BUSY, "%s", "x"), COGMIG_STORE_BUSY);
    assert_int_equal(fail_plainly(NULL, COGMIG_TOKEN_EXPIRED), COGMIG_TOKEN_EXPIRED);
    fail_upstream(NULL, COGMIG_UPSTREAM_CURL, "28");
    fail_upstream_number(NULL, COGMIG_UPSTREAM_CURL, 28);
    cogmig_error_set(NULL, COGMIG_STORE_BUSY, "x");
    cogmig_error_clear(NULL);
}

static void callers_fill_a_box_with_their_words_or_the_sentence(void **state)
{
    (void)state;
    SCOPED(cogmig_error_free) cogmig_error *err = new_box();
    cogmig_error_set(err, COGMIG_STORE_UNREACHABLE, "100 %s of %n");
    assert_string_equal(cogmig_error_message(err), "100 %s of %n");
    cogmig_error_set(err, COGMIG_STORE_BUSY, NULL);
    assert_string_equal(cogmig_error_message(err), cogmig_status_sentence(COGMIG_STORE_BUSY));
    cogmig_error_set(err, 9999, NULL);
    assert_int_equal(cogmig_error_status(err), 9999);
}

static void a_message_is_cut_at_500_bytes(void **state)
{
    (void)state;
    SCOPED(cogmig_error_free) cogmig_error *err = new_box();
    char text[2001] = {0};
    memset(text, 'x', 2000);
    cogmig_error_set(err, COGMIG_STORE_BUSY, text);
    assert_int_equal(strlen(cogmig_error_message(err)), 500);
    text[500] = '\0';
    cogmig_error_set(err, COGMIG_STORE_BUSY, text);
    assert_string_equal(cogmig_error_message(err), text);
}

static void a_message_is_cut_between_two_characters(void **state)
{
    (void)state;
    SCOPED(cogmig_error_free) cogmig_error *err = new_box();
    for (size_t before = 494; before <= 500; before++) {
        char text[600] = {0};
        memset(text, 'x', before);
        memcpy(text + before, "\xF0\x9F\x98\x80\xF0\x9F\x98\x80", 8);
        cogmig_error_set(err, COGMIG_STORE_BUSY, text);
        text[before + (500 - before) / 4 * 4] = '\0';
        assert_string_equal(cogmig_error_message(err), text);
    }
}

static void a_message_may_be_made_from_the_one_before(void **state)
{
    (void)state;
    SCOPED(cogmig_error_free) cogmig_error *err = new_box();
    cogmig_error_set(err, COGMIG_STORE_BUSY, "the disk is full");
    cogmig_error_set(err, COGMIG_STORE_UNREACHABLE, cogmig_error_message(err));
    assert_string_equal(cogmig_error_message(err), "the disk is full");
    assert_int_equal(cogmig_error_status(err), COGMIG_STORE_UNREACHABLE);
    fail(err, COGMIG_STORE_BUSY, "asked: %s", cogmig_error_message(err) + strlen("the "));
    assert_string_equal(cogmig_error_message(err), "asked: disk is full");
}

/* promise 9 */
static void control_characters_cannot_forge_a_log_or_steer_a_terminal(void **state)
{
    (void)state;
    SCOPED(cogmig_error_free) cogmig_error *err = new_box();
    cogmig_error_set(err, COGMIG_STORE_BUSY, "a\nb\r\tc\x1B[31m\x7F\x01");
    assert_string_equal(cogmig_error_message(err), "a?b??c?[31m??");
    cogmig_error_set(err, COGMIG_STORE_BUSY,
                     "next \xC2\x85 line, \xC2\x9B"
                     "2J, not \xC2\xA0");
    assert_string_equal(cogmig_error_message(err), "next ?? line, ??2J, not \xC2\xA0");
    fail_upstream(err, COGMIG_UPSTREAM_POSTGRESQL, "\x1B[2J");
    assert_string_equal(cogmig_error_upstream_code(err), "?[2J");
}

/* promise 9. The neighbours of what is replaced stay. */
static void what_turns_the_direction_of_text_or_ends_a_line_is_replaced(void **state)
{
    (void)state;
    SCOPED(cogmig_error_free) cogmig_error *err = new_box();
    cogmig_error_set(err, COGMIG_STORE_BUSY,
                     "\u200D\u200E\u200F\u2010|\u2027\u2028\u2029\u202A\u202E\u202F|"
                     "\u2065\u2066\u2069\u206A|\u061B\u061C\u061D|\U0001F600");
    assert_string_equal(cogmig_error_message(err), "\u200D??????\u2010|\u2027????????????\u202F|"
                                                   "\u2065??????\u206A|\u061B??\u061D|\U0001F600");
}

/* promise 9 */
static void bytes_that_are_not_utf8_become_question_marks(void **state)
{
    (void)state;
    SCOPED(cogmig_error_free) cogmig_error *err = new_box();
    cogmig_error_set(err, COGMIG_STORE_BUSY, "\xFFz\xC3(\xED\xA0\x80 \xC3\xA9 \xE2\x82");
    assert_string_equal(cogmig_error_message(err), "?z?(??? \xC3\xA9 ??");
}

static void an_upstream_code_that_is_too_long_is_cut(void **state)
{
    (void)state;
    SCOPED(cogmig_error_free) cogmig_error *err = new_box();
    fail(err, COGMIG_STORE_BUSY, "x");
    fail_upstream(err, COGMIG_UPSTREAM_HTTP,
                  "01234567890123456789012345678901234567890123456789012345678901234567");
    assert_int_equal(strlen(cogmig_error_upstream_code(err)), ERROR_MAX_UPSTREAM_CODE - 1);
    fail_upstream_number(err, COGMIG_UPSTREAM_HTTP, INT64_MIN);
    assert_string_equal(cogmig_error_upstream_code(err), "-9223372036854775808");
}

static void a_box_is_copied_whole(void **state)
{
    (void)state;
    SCOPED(cogmig_error_free) cogmig_error *from = new_box(), *to = new_box();
    fail(from, COGMIG_STORE_BUSY, "busy");
    fail_upstream(from, COGMIG_UPSTREAM_SQLITE, "5");
    error_copy(to, from);
    error_copy(to, to);
    error_copy(NULL, from);
    error_copy(to, NULL);
    assert_int_equal(cogmig_error_status(to), COGMIG_STORE_BUSY);
    assert_string_equal(cogmig_error_message(to), "busy");
    assert_int_equal(cogmig_error_upstream(to), COGMIG_UPSTREAM_SQLITE);
    assert_string_equal(cogmig_error_upstream_code(to), "5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_box_is_empty_and_so_is_none),
        cmocka_unit_test(freeing_nulls_the_variable),
        cmocka_unit_test(a_failure_is_told_whole),
        cmocka_unit_test(a_failure_leaves_nothing_of_the_one_before),
        cmocka_unit_test(without_a_box_the_status_is_all),
        cmocka_unit_test(callers_fill_a_box_with_their_words_or_the_sentence),
        cmocka_unit_test(a_message_is_cut_at_500_bytes),
        cmocka_unit_test(a_message_is_cut_between_two_characters),
        cmocka_unit_test(a_message_may_be_made_from_the_one_before),
        cmocka_unit_test(control_characters_cannot_forge_a_log_or_steer_a_terminal),
        cmocka_unit_test(what_turns_the_direction_of_text_or_ends_a_line_is_replaced),
        cmocka_unit_test(bytes_that_are_not_utf8_become_question_marks),
        cmocka_unit_test(an_upstream_code_that_is_too_long_is_cut),
        cmocka_unit_test(a_box_is_copied_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
