/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "store/timestamp.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct {
    const char *given, *normal;
} understood[] = {
    {"2026-01-15T10:30:00.000Z", "2026-01-15T10:30:00.000Z"},
    {"2026-01-15 10:30:00.123456", "2026-01-15T10:30:00.123Z"},
    {"2026-01-15 10:30:00.9999", "2026-01-15T10:30:00.999Z"},
    {"2026-01-15 10:30:00.5", "2026-01-15T10:30:00.500Z"},
    {"2026-01-15 10:30", "2026-01-15T10:30:00.000Z"},
    {"2026-01-15", "2026-01-15T00:00:00.000Z"},
    {"2026-01-15 10:30:00+00", "2026-01-15T10:30:00.000Z"},
    {"2026-01-15 10:30:00+05:30", "2026-01-15T05:00:00.000Z"},
    {"2026-01-15 10:30:00 +00:00", "2026-01-15T10:30:00.000Z"},
    {"2026-01-15T10:30:00-0200", "2026-01-15T12:30:00.000Z"},
    {"2026-01-01T00:30:00+01", "2025-12-31T23:30:00.000Z"},
    {"2024-02-29T23:59:59.999Z", "2024-02-29T23:59:59.999Z"},
    {"2000-02-29", "2000-02-29T00:00:00.000Z"},
    {"0001-01-01", "0001-01-01T00:00:00.000Z"},
    {"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
    {"0", "1970-01-01T00:00:00.000Z"},
    {"1768473000000", "2026-01-15T10:30:00.000Z"},
    {"-1", "1969-12-31T23:59:59.999Z"},
};

static void times_of_databases_become_iso_8601_in_utc(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof understood / sizeof understood[0]; i++) {
        char out[TIMESTAMP_SIZE] = "";
        if (!timestamp_normalise(span_of(understood[i].given), out))
            fail_msg("not understood: %s\n", understood[i].given);
        assert_string_equal(out, understood[i].normal);
    }
}

static void what_is_no_time_is_refused(void **state)
{
    (void)state;
    static const char *const others[] = {
        "",
        "-",
        "yesterday",
        "infinity",
        "2026-1-15",
        "2026-13-01",
        "2026-00-01",
        "2026-01-00",
        "2026-04-31",
        "2025-02-29",
        "1900-02-29",
        "0000-01-01",
        "2026-01-15T",
        "2026-01-15X10:30",
        "2026-01-15T24:00",
        "2026-01-15T10:60",
        "2026-01-15T10:30:60",
        "2026-01-15T10:30:00.",
        "2026-01-15T10:30:00ZZ",
        "2026-01-15T10:30:00+",
        "2026-01-15T10:30:00+5",
        "2026-01-15T10:30:00+05:",
        "2026-01-15T10:30:00+24",
        "2026-01-15T10:30:00 UTC",
        "0001-01-01T00:30+01",
        "9999-12-31T23:30-01",
        "999999999999999999",
        "9999999999999999999999",
        "-99999999999999999",
        "12a",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        char out[TIMESTAMP_SIZE];
        if (timestamp_normalise(span_of(others[i]), out))
            fail_msg("understood: %s\n", others[i]);
    }
}

static void the_calendar_is_that_of_the_c_library(void **state)
{
    (void)state;
    for (time_t t = -62135596800; t < 253402300800; t += 86400 * 97 + 3601) {
        struct tm parts;
        char expected[64], given[32], out[TIMESTAMP_SIZE] = "";
        gmtime_r(&t, &parts);
        snprintf(expected, sizeof expected, "%04d-%02d-%02dT%02d:%02d:%02d.000Z",
                 parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
                 parts.tm_sec);
        snprintf(given, sizeof given, "%lld", (long long)t * 1000);
        assert_true(timestamp_normalise(span_of(given), out));
        assert_string_equal(out, expected);
        assert_true(timestamp_normalise(span_of(expected), out));
        assert_string_equal(out, expected);
    }
}

static void a_date_at_the_beginning_is_recognised(void **state)
{
    (void)state;
    assert_true(timestamp_begins_date(span_of("2026-01-15 whenever")));
    assert_false(timestamp_begins_date(span_of("2026-01")));
    assert_false(timestamp_begins_date(span_of("9999-99-99")));
    assert_false(timestamp_begins_date(span_of(NULL)));
}

static void years_before_0_and_after_9999_have_a_sign_and_six_digits(void **state)
{
    (void)state;
    static const struct {
        int64_t unix_ms;
        const char *text;
    } cases[] = {
        {INT64_C(-62167219200000), "0000-01-01T00:00:00.000Z"},
        {INT64_C(-62167219200001), "-000001-12-31T23:59:59.999Z"},
        {INT64_C(-63517824000000), "-000043-03-15T00:00:00.000Z"}, /* the ides of March */
        {INT64_C(-210866803200000), "-004713-11-24T00:00:00.000Z"},
        {INT64_C(253402300800000), "+010000-01-01T00:00:00.000Z"},
        {INT64_C(9224318015999999), "+294276-12-31T23:59:59.999Z"},
    };
    char out[TIMESTAMP_MAX_SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(timestamp_write(cases[i].unix_ms, out), strlen(cases[i].text));
        assert_string_equal(out, cases[i].text);
    }
    assert_int_equal(timestamp_write(INT64_MAX, out), 0);
    assert_int_equal(timestamp_write(INT64_MIN, out), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_of_databases_become_iso_8601_in_utc),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(the_calendar_is_that_of_the_c_library),
        cmocka_unit_test(a_date_at_the_beginning_is_recognised),
        cmocka_unit_test(years_before_0_and_after_9999_have_a_sign_and_six_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
