/* SPDX-License-Identifier: Apache-2.0
 * Spans and UTF-8. */
#include "base/cleanup.h"
#include "base/span.h"
#include "base/utf8.h"
#include "bounded.h"
#include "cmocka_all.h"

#include <string.h>

static void no_text_is_an_empty_span(void **state)
{
    (void)state;
    assert_int_equal(span_of(NULL).len, 0);
    assert_int_equal(span_of("abc").len, 3);
}

static void trimming_takes_ascii_blanks_at_both_ends(void **state)
{
    (void)state;
    assert_true(span_equal_text(span_trim(TEXT(" \t\r\n\v\fa b\n ")), "a b"));
    assert_true(span_equal_text(span_trim(TEXT("a")), "a"));
    assert_int_equal(span_trim(TEXT(" \n ")).len, 0);
    assert_int_equal(span_trim(TEXT("")).len, 0);
    assert_true(span_equal(span_trim(TEXT("\0a\0")), TEXT("\0a\0")));
    assert_true(span_equal_text(span_trim(TEXT("\xC2\xA0"
                                               "a")),
                                "\xC2\xA0"
                                "a"));
}

static void spans_are_equal_byte_for_byte(void **state)
{
    (void)state;
    assert_true(span_equal(TEXT("a\0b"), TEXT("a\0b")));
    assert_false(span_equal(TEXT("a\0b"), TEXT("a\0c")));
    assert_false(span_equal(TEXT("a"), TEXT("ab")));
    assert_true(span_equal(span_of(NULL), TEXT("")));
    assert_false(span_equal_text(TEXT("a\0"), "a"));
}

static void case_is_ignored_in_ascii_alone(void **state)
{
    (void)state;
    for (int a = 0; a < 256; a++) {
        for (int b = 0; b < 256; b++) {
            char left = (char)a, right = (char)b;
            bool letter = (a | 32) >= 'a' && (a | 32) <= 'z' && a < 128;
            bool expected = a == b || (letter && (a ^ 32) == b);
            if (span_equal_ascii_case((struct span){&left, 1}, (struct span){&right, 1}) !=
                expected)
                fail_msg("%d and %d\n", a, b);
        }
    }
    assert_true(span_equal_ascii_case(TEXT("Ann@Example.COM"), TEXT("ann@example.com")));
    assert_false(span_equal_ascii_case(TEXT("ann"), TEXT("anna")));
    assert_false(span_equal_ascii_case(TEXT("\xC3\x89"), TEXT("\xC3\xA9")));
}

static void prefixes_and_nul_bytes_are_found(void **state)
{
    (void)state;
    assert_true(span_starts_with(TEXT("$2b$10"), "$2b$"));
    assert_true(span_starts_with(TEXT("a"), ""));
    assert_false(span_starts_with(TEXT("$2b"), "$2b$"));
    assert_false(span_starts_with(TEXT("$2a$"), "$2b$"));
    assert_true(span_contains_nul(TEXT("ab\0")));
    assert_false(span_contains_nul(TEXT("ab")));
    assert_false(span_contains_nul(span_of(NULL)));
}

static bool is_scalar(uint32_t code_point)
{
    return code_point <= 0x10FFFF && (code_point < 0xD800 || code_point > 0xDFFF);
}

static void every_code_point_is_written_and_read_as_one_sequence(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        char bytes[UTF8_MAX_SEQUENCE];
        if (!is_scalar(c))
            continue;
        size_t expected = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        if (utf8_encode(c, bytes) != expected ||
            utf8_sequence_length(bytes, expected) != expected ||
            (expected > 1 && utf8_sequence_length(bytes, expected - 1) != 0))
            fail_msg("U+%04X\n", (unsigned)c);
    }
}

/* As many sequences are accepted as there are code points, so nothing has two forms. */
static void no_other_sequence_of_two_or_three_bytes_is_accepted(void **state)
{
    (void)state;
    size_t of_two = 0, of_three = 0;
    for (int a = 0x80; a < 0x100; a++) {
        for (int b = 0; b < 0x100; b++) {
            char bytes[3] = {(char)a, (char)b, 0};
            of_two += utf8_sequence_length(bytes, 2) == 2;
            for (int c = 0; c < 0x100; c++) {
                bytes[2] = (char)c;
                of_three += utf8_sequence_length(bytes, 3) == 3;
            }
        }
    }
    assert_int_equal(of_two, 0x800 - 0x80);
    assert_int_equal(of_three, 0x10000 - 0x800 - 0x800);
}

static void no_other_sequence_of_four_bytes_is_accepted(void **state)
{
    (void)state;
    static const int rest[] = {0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xFF};
    size_t accepted = 0;
    for (int a = 0xF0; a < 0x100; a++)
        for (int b = 0; b < 0x100; b++)
            for (size_t c = 0; c < 6; c++)
                for (size_t d = 0; d < 6; d++) {
                    char bytes[] = {(char)a, (char)b, (char)rest[c], (char)rest[d]};
                    accepted += utf8_sequence_length(bytes, 4) == 4;
                }
    /* 0x100000 code points, of whose 64 * 64 last two bytes 2 * 2 were tried */
    assert_int_equal(accepted, 0x100000 / (64 * 64) * 4);
}

static bool is_utf8(struct span s)
{
    SCOPED(bounded_release) struct span copy = bounded_copy(s);
    return span_is_utf8(copy);
}

static void text_is_utf8_to_its_end(void **state)
{
    (void)state;
    assert_true(is_utf8(TEXT("")));
    assert_true(is_utf8(TEXT("a\0\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80")));
    assert_false(is_utf8(TEXT("a\xC3")));
    assert_false(is_utf8(TEXT("\xE2\x82")));
    assert_false(is_utf8(TEXT("\xF0\x9F\x98")));
    assert_false(is_utf8(TEXT("\xF0")));
    assert_false(is_utf8(TEXT("a\x80")));
    assert_false(is_utf8(TEXT("\xED\xA0\x80")));
}

/* ASCII is checked eight bytes at a time; a bad byte may stand in any of them, and behind them. */
static void one_bad_byte_anywhere_is_no_utf8(void **state)
{
    (void)state;
    char text[26];
    for (size_t len = 1; len <= sizeof text; len++) {
        for (size_t at = 0; at < len; at++) {
            memset(text, 'a', sizeof text);
            text[at] = '\x80';
            assert_false(is_utf8((struct span){text, len}));
            text[at] = '\xC3';
            assert_false(is_utf8((struct span){text, len}));
            if (at + 1 == len)
                continue;
            text[at + 1] = '\xA9';
            assert_true(is_utf8((struct span){text, len}));
        }
    }
}

static void code_points_are_counted_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(span_count_code_points(TEXT("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80")), 4);
    assert_int_equal(span_count_code_points(TEXT("")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_text_is_an_empty_span),
        cmocka_unit_test(trimming_takes_ascii_blanks_at_both_ends),
        cmocka_unit_test(spans_are_equal_byte_for_byte),
        cmocka_unit_test(case_is_ignored_in_ascii_alone),
        cmocka_unit_test(prefixes_and_nul_bytes_are_found),
        cmocka_unit_test(every_code_point_is_written_and_read_as_one_sequence),
        cmocka_unit_test(no_other_sequence_of_two_or_three_bytes_is_accepted),
        cmocka_unit_test(no_other_sequence_of_four_bytes_is_accepted),
        cmocka_unit_test(text_is_utf8_to_its_end),
        cmocka_unit_test(one_bad_byte_anywhere_is_no_utf8),
        cmocka_unit_test(code_points_are_counted_not_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
