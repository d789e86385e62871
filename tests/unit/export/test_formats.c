/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "cmocka_all.h"
#include "export/format.h"
#include "status/error.h"

#include <stdio.h>
#include <string.h>

static const struct scan_value none = {.kind = VALUE_NULL};
static const struct scan_value yes = {.kind = VALUE_FLAG, .flag = true};
static const struct scan_value no = {.kind = VALUE_FLAG, .flag = false};

static struct scan_value text(const char *content)
{
    return (struct scan_value){.kind = VALUE_TEXT, .text = span_of(content)};
}

static struct scan_value time_at(int64_t unix_ms)
{
    return (struct scan_value){.kind = VALUE_TIME, .unix_ms = unix_ms};
}

/* In the only column, called name. */
static const char *written_as(int32_t format, bool guard, struct scan_value value)
{
    static char row[300];
    struct export_columns columns = {.count = 1, .names = {"name"}};
    struct layout layout = {.columns = &columns, .formula_guard = guard};
    struct refusal refusal = {.reason = NULL};
    SCOPED(buffer_release) struct buffer out = buffer_with_max(sizeof row - 1);
    if (format_of(format)->prepare != NULL)
        assert_int_equal(format_of(format)->prepare(&layout, NULL), COGMIG_OK);
    format_of(format)->add_row(&out, &layout, &value, &refusal);
    assert_null(refusal.reason);
    snprintf(row, sizeof row, "%s", out.bytes == NULL ? "" : out.bytes);
    buffer_release(&layout.keys);
    return row;
}

static void json_has_a_form_for_each_kind_of_value(void **state)
{
    (void)state;
    const int32_t json = COGMIG_EXPORT_JSON;
    assert_string_equal(written_as(json, true, none), "{\"name\":null}");
    assert_string_equal(written_as(json, true, yes), "{\"name\":true}");
    assert_string_equal(written_as(json, true, no), "{\"name\":false}");
    assert_string_equal(written_as(json, true, text("=a\"\n")), "{\"name\":\"=a\\\"\\n\"}");
    assert_string_equal(written_as(json, true, time_at(1768473000000)),
                        "{\"name\":\"2026-01-15T10:30:00.000Z\"}");
    assert_string_equal(written_as(json, true, time_at(TIME_INFINITE)), "{\"name\":\"infinity\"}");
    assert_string_equal(written_as(json, true, time_at(TIME_MINUS_INFINITE)),
                        "{\"name\":\"-infinity\"}");
    assert_string_equal(written_as(COGMIG_EXPORT_NDJSON, true, yes), "{\"name\":true}\n");
}

static void csv_quotes_what_must_be_quoted(void **state)
{
    (void)state;
    const int32_t csv = COGMIG_EXPORT_CSV;
    assert_string_equal(written_as(csv, true, text("Ann")), "Ann\r\n");
    assert_string_equal(written_as(csv, true, text("")), "\"\"\r\n");
    assert_string_equal(written_as(csv, true, text("a,b")), "\"a,b\"\r\n");
    assert_string_equal(written_as(csv, true, text("a;b")), "\"a;b\"\r\n");
    assert_string_equal(written_as(csv, true, text("a\r\nb")), "\"a\r\nb\"\r\n");
    assert_string_equal(written_as(csv, true, text("\"a\"\"")), "\"\"\"a\"\"\"\"\"\r\n");
    assert_string_equal(written_as(csv, true, yes), "true\r\n");
    assert_string_equal(written_as(csv, true, time_at(0)), "1970-01-01T00:00:00.000Z\r\n");
    assert_string_equal(written_as(csv, true, none), "\"\"\r\n"); /* no reader skips the line */
}

static void csv_keeps_spreadsheets_from_running_values(void **state)
{
    (void)state;
    static const char *const risky[] = {"=1+1",    "+1",      "-1",     "@SUM(A1)", "\tx",
                                        "\rx",     "\nx",     " =1",    "'x",       "\uFF1D1",
                                        "\uFF0B1", "\uFF0D1", "\uFF201"};
    for (size_t i = 0; i < sizeof risky / sizeof risky[0]; i++) {
        char expected[32];
        snprintf(expected, sizeof expected, "\"'%s\"\r\n", risky[i]);
        assert_string_equal(written_as(COGMIG_EXPORT_CSV, true, text(risky[i])), expected);
    }
    assert_string_equal(written_as(COGMIG_EXPORT_CSV, true, text("a=1")), "a=1\r\n");
    assert_string_equal(written_as(COGMIG_EXPORT_CSV, false, text("=1+1")), "=1+1\r\n");
    assert_string_equal(written_as(COGMIG_EXPORT_CSV, true, time_at(TIME_MINUS_INFINITE)),
                        "\"'-infinity\"\r\n");
}

/* ---- Cognito's import ---- */

enum {
    USERNAME,
    EMAIL,
    EMAIL_VERIFIED,
    NAME,
    PHONE,
    PHONE_VERIFIED,
    BIRTHDATE,
    UPDATED_AT,
    FIELD_COUNT
};

static const struct export_columns cognito_columns = {
    .count = FIELD_COUNT,
    .names = {"cognito:username", "email", "email_verified", "name", "phone_number",
              "phone_number_verified", "birthdate", "updated_at"},
    .sources = {0, 1, 2, 3, 4, 5, 6, 7},
    .scan = {.skipped = NO_COLUMN},
};

static struct layout cognito_layout(void)
{
    struct layout layout = {.columns = &cognito_columns,
                            .cognito_header = "cognito:username,email,email_verified,name,"
                                              "phone_number,phone_number_verified,birthdate,"
                                              "updated_at,nickname,cognito:mfa_enabled"};
    assert_int_equal(cognito_csv_format.prepare(&layout, NULL), COGMIG_OK);
    return layout;
}

static void fill_ann(struct scan_value values[FIELD_COUNT])
{
    values[USERNAME] = text("ann@example.com");
    values[EMAIL] = text("ann@example.com");
    values[EMAIL_VERIFIED] = yes;
    for (int i = NAME; i < FIELD_COUNT; i++)
        values[i] = none;
}

/* Ann with one value exchanged. */
static const char *cognito_row(int field, struct scan_value value, struct refusal *refusal)
{
    static char row[20000];
    struct scan_value values[FIELD_COUNT];
    fill_ann(values);
    values[field] = value;
    struct layout layout = cognito_layout();
    SCOPED(buffer_release) struct buffer out = buffer_with_max(sizeof row - 1);
    *refusal = (struct refusal){.reason = NULL};
    cognito_csv_format.add_row(&out, &layout, values, refusal);
    snprintf(row, sizeof row, "%s", out.bytes);
    return row;
}

static void assert_cognito(int field, struct scan_value value, const char *expected)
{
    struct refusal refusal;
    const char *row = cognito_row(field, value, &refusal);
    assert_null(refusal.reason);
    assert_string_equal(row, expected);
}

static void assert_refused(int field, struct scan_value value, const char *words)
{
    struct refusal refusal;
    cognito_row(field, value, &refusal);
    if (refusal.reason == NULL || strstr(refusal.reason, words) == NULL)
        fail_msg("%s: not %s\n", refusal.reason == NULL ? "accepted" : refusal.reason, words);
}

#define ANN "ann@example.com,ann@example.com,TRUE,"

static void cognito_rows_follow_the_header(void **state)
{
    (void)state;
    assert_cognito(NAME, text("Ann, the \"first\""), ANN "Ann\\, the \"first\",,FALSE,,,,FALSE\n");
    assert_cognito(NAME, text("=Ann"), ANN "=Ann,,FALSE,,,,FALSE\n");
    assert_cognito(PHONE, text("+4930123456"), ANN ",+4930123456,FALSE,,,,FALSE\n");
    assert_cognito(UPDATED_AT, time_at(1768473000999), ANN ",,FALSE,,1768473000,,FALSE\n");
    assert_cognito(UPDATED_AT, text("2026-01-15 10:30:00"), ANN ",,FALSE,,1768473000,,FALSE\n");
    assert_cognito(BIRTHDATE, time_at(0), ANN ",,FALSE,01/01/1970,,,FALSE\n");
    assert_cognito(BIRTHDATE, text("12/31/1999"), ANN ",,FALSE,12/31/1999,,,FALSE\n");
    assert_cognito(BIRTHDATE, text("02/29/2024"), ANN ",,FALSE,02/29/2024,,,FALSE\n");
    assert_cognito(NAME, text("Ann\u00A0\u00C9lo\u00EFse"),
                   ANN "Ann\u00A0\u00C9lo\u00EFse,,FALSE,,,,FALSE\n");
    assert_cognito(BIRTHDATE, text(""), ANN ",,FALSE,,,,FALSE\n");
    assert_cognito(EMAIL_VERIFIED, time_at(0), ANN ",,FALSE,,,,FALSE\n");
}

static void what_the_import_cannot_carry_is_refused(void **state)
{
    (void)state;
    char long_text[2050];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    assert_refused(NAME, text("Ann\nLee"), "line end");
    assert_refused(NAME, text("Ann\x7F"), "control character");
    assert_refused(NAME, text("Ann\\"), "backslash");
    assert_refused(NAME, text(" Ann"), "white space");
    assert_refused(NAME, text("Ann "), "white space");
    assert_refused(NAME, text("Ann\u00A0"), "white space");
    assert_refused(NAME, text("\u3000Ann"), "white space");
    assert_refused(NAME, text("Ann\u2028Lee"), "line end");
    assert_refused(NAME, text("Ann\xC2\x85Lee"), "line end");
    assert_refused(NAME, text(long_text), "2048");
    assert_refused(USERNAME, text("ann lee"), "space");
    assert_refused(USERNAME, text(""), "empty");
    assert_refused(USERNAME, none, "empty");
    long_text[129] = '\0';
    assert_refused(USERNAME, text(long_text), "128");
    assert_refused(PHONE, text("030 123456"), "E.164");
    assert_refused(PHONE, text("+0123456"), "E.164");
    assert_refused(PHONE, text("+1234567890123456"), "E.164");
    assert_refused(EMAIL, text("ann"), "e-mail");
    assert_refused(EMAIL, text("@example.com"), "e-mail");
    assert_refused(EMAIL, text("ann@"), "e-mail");
    assert_refused(EMAIL, text("ann lee@example.com"), "e-mail");
    assert_refused(BIRTHDATE, text("soon"), "mm/dd/yyyy");
    assert_refused(BIRTHDATE, text("31/12/1999"), "mm/dd/yyyy");
    assert_refused(BIRTHDATE, text("02/29/2023"), "mm/dd/yyyy");
    assert_refused(BIRTHDATE, text("00/10/1999"), "mm/dd/yyyy");
    assert_refused(BIRTHDATE, time_at(TIME_INFINITE), "mm/dd/yyyy");
    assert_refused(UPDATED_AT, time_at(-1), "since 1970");
    assert_refused(UPDATED_AT, text("soon"), "since 1970");
}

static void a_user_without_a_verified_address_is_refused(void **state)
{
    (void)state;
    assert_refused(EMAIL_VERIFIED, no, "verified");
    assert_refused(EMAIL_VERIFIED, none, "verified");
    assert_refused(EMAIL_VERIFIED, text("f"), "verified");
    assert_refused(EMAIL, none, "verified");
    assert_refused(EMAIL, text(""), "verified");
}

static void a_verified_telephone_number_will_do(void **state)
{
    (void)state;
    struct scan_value values[FIELD_COUNT];
    struct refusal refusal = {.reason = NULL};
    struct layout layout = cognito_layout();
    SCOPED(buffer_release) struct buffer out = buffer_with_max(1000);
    fill_ann(values);
    values[EMAIL_VERIFIED] = no;
    values[PHONE] = text("+4930123456");
    values[PHONE_VERIFIED] = yes;
    cognito_csv_format.add_row(&out, &layout, values, &refusal);
    assert_null(refusal.reason);
    values[EMAIL_VERIFIED] = yes;
    values[EMAIL] = none; /* and still said to be verified */
    buffer_clear(&out);
    cognito_csv_format.add_row(&out, &layout, values, &refusal);
    assert_non_null(strstr(refusal.reason, "missing"));
}

static void a_header_names_each_column_once(void **state)
{
    (void)state;
    static const char *const headers[] = {
        "cognito:username,email,email_verified,email,cognito:mfa_enabled",
        "cognito:username,email,,email_verified,cognito:mfa_enabled",
        "cognito:username,email,email_verified,cognito:mfa_enabled,",
    };
    struct export_columns columns = {.count = 0};
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        struct cogmig_error err = {0};
        struct layout layout = {.columns = &columns, .cognito_header = headers[i]};
        assert_int_equal(cognito_csv_format.prepare(&layout, &err), COGMIG_CONFIG_INVALID);
        assert_non_null(strstr(err.message, "twice"));
    }
}

static void a_user_who_is_disabled_in_the_store_is_refused(void **state)
{
    (void)state;
    struct export_columns columns = cognito_columns;
    struct scan_value values[FIELD_COUNT];
    struct layout layout = cognito_layout();
    SCOPED(buffer_release) struct buffer out = buffer_with_max(1000);
    fill_ann(values);
    layout.columns = &columns;
    columns.scan.flag_count = 1;
    columns.scan.flags[0] = (struct scan_flag){NAME, COGMIG_DISABLED_WHEN_SET, NO_COLUMN};
    for (int i = 0; i < 2; i++) {
        struct refusal refusal = {.reason = NULL};
        values[NAME] = i == 0 ? none : text("2026-01-15");
        buffer_clear(&out);
        cognito_csv_format.add_row(&out, &layout, values, &refusal);
        assert_int_equal(refusal.reason != NULL, i == 1);
    }
}

static void a_pool_that_demands_mfa_is_told_so(void **state)
{
    (void)state;
    struct scan_value values[FIELD_COUNT];
    struct refusal refusal = {.reason = NULL};
    struct layout layout = cognito_layout();
    SCOPED(buffer_release) struct buffer out = buffer_with_max(1000);
    fill_ann(values);
    layout.cognito_mfa = true;
    cognito_csv_format.add_row(&out, &layout, values, &refusal);
    assert_string_equal(out.bytes, ANN ",,FALSE,,,,TRUE\n");
}

/* Nine values of 2000 characters. */
static void a_row_of_more_than_16000_characters_is_refused(void **state)
{
    (void)state;
    static char value[2001];
    memset(value, 'x', sizeof value - 1);
    struct export_columns columns = {.count = 10,
                                     .names = {"cognito:username", "email", "email_verified", "c1",
                                               "c2", "c3", "c4", "c5", "c6", "c7", "c8"},
                                     .sources = {USERNAME, EMAIL, EMAIL_VERIFIED, NAME, NAME, NAME,
                                                 NAME, NAME, NAME, NAME, NAME},
                                     .scan = {.skipped = NO_COLUMN}};
    struct layout layout = {
        .columns = &columns,
        .cognito_header =
            "cognito:username,email,email_verified,cognito:mfa_enabled,c1,c2,c3,c4,c5,c6,c7"};
    struct scan_value values[FIELD_COUNT];
    struct refusal refusal = {.reason = NULL};
    SCOPED(buffer_release) struct buffer out = buffer_with_max(100000);
    fill_ann(values);
    values[NAME] = text(value);
    assert_int_equal(cognito_csv_format.prepare(&layout, NULL), COGMIG_OK);
    cognito_csv_format.add_row(&out, &layout, values, &refusal);
    assert_null(refusal.reason);
    layout.cognito_header =
        "cognito:username,email,email_verified,cognito:mfa_enabled,c1,c2,c3,c4,c5,c6,c7,"
        "c8";
    columns.count = 11;
    assert_int_equal(cognito_csv_format.prepare(&layout, NULL), COGMIG_OK);
    buffer_clear(&out);
    cognito_csv_format.add_row(&out, &layout, values, &refusal);
    assert_non_null(refusal.reason);
    assert_non_null(strstr(refusal.reason, "16000"));
}

static void the_usual_header_is_that_of_the_documentation(void **state)
{
    (void)state;
    struct export_columns columns = {.count = 0};
    struct layout layout = {.columns = &columns};
    SCOPED(buffer_release) struct buffer out = buffer_with_max(1000);
    assert_int_equal(cognito_csv_format.prepare(&layout, NULL), COGMIG_OK);
    cognito_csv_format.add_opening(&out, &layout);
    assert_string_equal(
        out.bytes,
        "cognito:username,name,given_name,family_name,middle_name,nickname,preferred_username,"
        "profile,picture,website,email,email_verified,gender,birthdate,zoneinfo,locale,"
        "phone_number,phone_number_verified,address,updated_at,cognito:mfa_enabled,"
        "custom:legacy_id\n");
}

static void a_column_that_the_pool_does_not_want_is_an_error(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    struct layout layout = {.columns = &cognito_columns,
                            .cognito_header = "cognito:username,email,cognito:mfa_enabled"};
    assert_int_equal(cognito_csv_format.prepare(&layout, &err), COGMIG_CONFIG_INVALID);
    assert_non_null(strstr(err.message, "email_verified"));
    layout.cognito_header = "id,email";
    assert_int_equal(cognito_csv_format.prepare(&layout, &err), COGMIG_CONFIG_INVALID);
    assert_non_null(strstr(err.message, "GetCSVHeader"));
}

/* ---- counting ---- */

/* A byte at a time: no state may be lost in between. */
static int64_t counted(const struct export_format *format, const char *file)
{
    int64_t rows = 0;
    int how = 0;
    for (; *file != '\0'; file++)
        format->count_rows((struct span){file, 1}, &rows, &how);
    return rows;
}

static void users_are_counted_again(void **state)
{
    (void)state;
    assert_int_equal(counted(&json_format, "[\n\n]\n"), 0);
    assert_int_equal(counted(&json_format, "[\n{\"a\":\"{\"},\n{\"a\":1}\n]\n"), 2);
    assert_int_equal(counted(&ndjson_format, ""), 0);
    assert_int_equal(counted(&ndjson_format, "{}\n{}\n{}\n"), 3);
    assert_int_equal(counted(&csv_format, "a,b\r\n"), 0);
    assert_int_equal(counted(&csv_format, "\"a\nb\"\r\n1,\"x\n\"\"\n\"\r\n2,\r\n"), 2);
    assert_int_equal(counted(&cognito_csv_format, "a,b\n1,2\n3,4\n"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_has_a_form_for_each_kind_of_value),
        cmocka_unit_test(csv_quotes_what_must_be_quoted),
        cmocka_unit_test(csv_keeps_spreadsheets_from_running_values),
        cmocka_unit_test(cognito_rows_follow_the_header),
        cmocka_unit_test(what_the_import_cannot_carry_is_refused),
        cmocka_unit_test(a_user_without_a_verified_address_is_refused),
        cmocka_unit_test(a_verified_telephone_number_will_do),
        cmocka_unit_test(a_header_names_each_column_once),
        cmocka_unit_test(a_user_who_is_disabled_in_the_store_is_refused),
        cmocka_unit_test(a_pool_that_demands_mfa_is_told_so),
        cmocka_unit_test(a_row_of_more_than_16000_characters_is_refused),
        cmocka_unit_test(the_usual_header_is_that_of_the_documentation),
        cmocka_unit_test(a_column_that_the_pool_does_not_want_is_an_error),
        cmocka_unit_test(users_are_counted_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
