/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "cmocka_all.h"
#include "migration/event.h"
#include "status/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static cogmig_status read_text(const char *text, struct event *ret_event, cogmig_error *err)
{
    return event_read(span_of(text), ret_event, err);
}

static cogmig_status status_of(const char *text)
{
    struct event event;
    cogmig_status status = read_text(text, &event, NULL);
    if (status == COGMIG_OK)
        event_release(&event);
    return status;
}

static void a_sign_in_gives_name_and_password(void **state)
{
    (void)state;
    struct event event;
    assert_int_equal(read_text("{\"triggerSource\":\"UserMigration_Authentication\","
                               "\"userName\":\" \\u0061@example.com\\n\","
                               "\"request\":{\"password\":\" p\\\"w \"},\"response\":{}}",
                               &event, NULL),
                     COGMIG_OK);
    assert_int_equal(event.trigger, TRIGGER_AUTHENTICATION);
    assert_true(span_equal_text(event.user_name, "a@example.com"));
    assert_true(span_equal_text(event.password, " p\"w ")); /* blanks of a password count */
    event_release(&event);
}

static void forgot_password_needs_no_password_and_reads_none(void **state)
{
    (void)state;
    static const char *const requests[] = {"{}", "{\"password\":null}", "{\"password\":\"\"}",
                                           "{\"password\":\"pw\"}", "{\"password\":7}"};
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        char text[256];
        snprintf(text, sizeof text,
                 "{\"triggerSource\":\"UserMigration_ForgotPassword\",\"userName\":\"a\","
                 "\"request\":%s}",
                 requests[i]);
        struct event event;
        assert_int_equal(read_text(text, &event, NULL), COGMIG_OK);
        assert_int_equal(event.trigger, TRIGGER_FORGOT_PASSWORD);
        assert_int_equal(event.password.len, 0);
        event_release(&event);
    }
}

#define SIGN_IN "{\"triggerSource\":\"UserMigration_Authentication\","

static void what_is_no_event_is_malformed(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "null",
        "[]",
        "{",
        "{}",
        "not json",
        "{\"userName\":\"a\",\"request\":{\"password\":\"p\"}}",
        "{\"triggerSource\":7,\"userName\":\"a\",\"request\":{\"password\":\"p\"}}",
        SIGN_IN "\"request\":{\"password\":\"p\"}}",
        SIGN_IN "\"userName\":null,\"request\":{\"password\":\"p\"}}",
        SIGN_IN "\"userName\":\"a\"}",
        SIGN_IN "\"userName\":\"a\",\"request\":null}",
        SIGN_IN "\"userName\":\"a\",\"request\":{}}",
        SIGN_IN "\"userName\":\"a\",\"request\":{\"password\":null}}",
        SIGN_IN "\"userName\":\"a\",\"request\":{\"password\":\"\"}}",
        SIGN_IN "\"userName\":\"a\",\"request\":{\"password\":\"p\"},\"response\":[]}",
        SIGN_IN "\"userName\":\"a\",\"userName\":\"b\",\"request\":{\"password\":\"p\"}}",
        SIGN_IN "\"userName\":\"a\",\"request\":{\"password\":\"p\"}} {}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(status_of(texts[i]), COGMIG_EVENT_MALFORMED);
}

static void what_is_no_trigger_is_named(void **state)
{
    (void)state;
    struct cogmig_error err;
    struct event event;
    assert_int_equal(read_text("{\"triggerSource\":\"PreSignUp\"}", &event, &err),
                     COGMIG_TRIGGER_UNKNOWN);
    assert_non_null(strstr(cogmig_error_message(&err), "PreSignUp"));
    char text[256];
    snprintf(text, sizeof text, "{\"triggerSource\":\"PreSignUp_SignUp%0*d\"}", SOURCE_MAX_BYTES,
             0);
    assert_int_equal(read_text(text, &event, &err), COGMIG_TRIGGER_UNKNOWN);
    assert_non_null(strstr(cogmig_error_message(&err), "PreSignUp_SignUp000"));
}

/* promise 7 */
static void a_message_never_holds_the_password(void **state)
{
    (void)state;
    static const char good[] =
        SIGN_IN "\"userName\":\"a\",\"request\":{\"password\":\"hunter2\"},\"response\":{}}";
    for (size_t len = 0; len < sizeof good - 1; len++) {
        char *cut = malloc(len == 0 ? 1 : len); /* exactly bounded: ASan sees any read beyond */
        memcpy(cut, good, len);
        struct cogmig_error err;
        struct event event;
        assert_int_equal(event_read((struct span){cut, len}, &event, &err), COGMIG_EVENT_MALFORMED);
        assert_null(strstr(cogmig_error_message(&err), "hunter"));
        free(cut);
    }
}

/* promise 57 */
static void an_event_over_6_mib_is_too_large(void **state)
{
    (void)state;
    size_t len = EVENT_MAX_BYTES + 1;
    char *text = malloc(len);
    memset(text, ' ', len);
    struct event event;
    assert_int_equal(event_read((struct span){text, len}, &event, NULL), COGMIG_EVENT_TOO_LARGE);
    assert_int_equal(event_read((struct span){text, len - 1}, &event, NULL),
                     COGMIG_EVENT_MALFORMED);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sign_in_gives_name_and_password),
        cmocka_unit_test(forgot_password_needs_no_password_and_reads_none),
        cmocka_unit_test(what_is_no_event_is_malformed),
        cmocka_unit_test(what_is_no_trigger_is_named),
        cmocka_unit_test(a_message_never_holds_the_password),
        cmocka_unit_test(an_event_over_6_mib_is_too_large),
    };
    return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
