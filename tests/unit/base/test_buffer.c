/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "base/memory.h"
#include "bounded.h"
#include "cmocka_all.h"

static void what_is_added_is_taken_with_a_nul_behind_it(void **state)
{
    (void)state;
    struct buffer b = buffer_with_max(100);
    buffer_add_text(&b, "ab");
    buffer_add(&b, TEXT("\0c"));
    buffer_add_byte(&b, 'd');
    buffer_add_text(&b, NULL);
    size_t len;
    SCOPED(memory_release) char *bytes = buffer_take(&b, &len);
    assert_int_equal(len, 5);
    assert_memory_equal(bytes, "ab\0cd", 6);
}

static void a_buffer_is_empty_once_taken_and_keeps_its_maximum(void **state)
{
    (void)state;
    struct buffer b = buffer_with_max(3);
    buffer_add_text(&b, "abc");
    SCOPED(memory_release) char *first = buffer_take(&b, NULL);
    assert_string_equal(first, "abc");
    buffer_add_text(&b, "xy");
    SCOPED(memory_release) char *second = buffer_take(&b, NULL);
    assert_string_equal(second, "xy");
    buffer_add_text(&b, "abcd");
    assert_int_equal(b.state, BUFFER_FULL);
    buffer_release(&b);
}

static void an_empty_buffer_gives_an_empty_text(void **state)
{
    (void)state;
    size_t len = 9;
    struct buffer none = buffer_with_max(0);
    SCOPED(memory_release) char *bytes = buffer_take(&none, &len);
    assert_string_equal(bytes, "");
    assert_int_equal(len, 0);
}

/* promise 57 */
static void the_maximum_can_be_reached_and_not_passed(void **state)
{
    (void)state;
    for (size_t max = 0; max < 600; max++) {
        SCOPED(buffer_release) struct buffer b = buffer_with_max(max);
        for (size_t i = 0; i < max; i++)
            buffer_add_byte(&b, 'x');
        assert_int_equal(b.state, BUFFER_GOOD);
        assert_int_equal(b.len, max);
        buffer_add_byte(&b, 'x');
        assert_int_equal(b.state, BUFFER_FULL);
        assert_int_equal(b.len, max);
    }
}

static void nothing_is_added_after_a_failure(void **state)
{
    (void)state;
    struct buffer b = buffer_with_max(4);
    buffer_add_text(&b, "ab");
    buffer_add_text(&b, "cde");
    buffer_add_text(&b, "c");
    assert_int_equal(b.state, BUFFER_FULL);
    assert_int_equal(b.len, 2);
    size_t len = 7;
    assert_null(buffer_take(&b, &len));
    assert_int_equal(len, 7);
    assert_null(b.bytes);
}

static void a_huge_addition_overflows_nothing(void **state)
{
    (void)state;
    SCOPED(buffer_release) struct buffer b = buffer_with_max(SIZE_MAX);
    buffer_add_text(&b, "a");
    buffer_add(&b, (struct span){"x", SIZE_MAX});
    assert_int_equal(b.state, BUFFER_FULL);
    assert_string_equal(b.bytes, "a");
}

static void growth_keeps_what_is_there(void **state)
{
    (void)state;
    SCOPED(buffer_release) struct buffer b = buffer_with_max(100000);
    for (size_t i = 0; i < 100000; i++)
        buffer_add_byte(&b, (char)('a' + i % 26));
    assert_int_equal(b.state, BUFFER_GOOD);
    for (size_t i = 0; i < 100000; i++)
        assert_int_equal(b.bytes[i], 'a' + (int)(i % 26));
    assert_int_equal(b.bytes[100000], '\0');
}

static void assert_json(struct span s, const char *expected)
{
    SCOPED(buffer_release) struct buffer b = buffer_with_max(1000);
    buffer_add_json_string(&b, s);
    assert_string_equal(b.bytes, expected);
}

static void json_strings_escape_what_must_be_escaped(void **state)
{
    (void)state;
    assert_json(TEXT(""), "\"\"");
    assert_json(TEXT("plain/\x7F"), "\"plain/\x7F\"");
    assert_json(TEXT("\"\\\b\f\n\r\t"), "\"\\\"\\\\\\b\\f\\n\\r\\t\"");
    assert_json(TEXT("a\0b\x01\x1F"), "\"a\\u0000b\\u0001\\u001f\"");
    assert_json(TEXT("\xC3\xA9\xF0\x9F\x98\x80"), "\"\xC3\xA9\xF0\x9F\x98\x80\"");
}

static void every_byte_comes_back_from_a_json_string(void **state)
{
    (void)state;
    char bytes[128], decoded[1000];
    for (int i = 0; i < 128; i++)
        bytes[i] = (char)i;
    SCOPED(buffer_release) struct buffer b = buffer_with_max(1000);
    buffer_add_json_string(&b, (struct span){bytes, 128});
    struct json_value string;
    assert_true(json_check((struct span){b.bytes, b.len}, &string, NULL));
    assert_int_equal(json_string_decode_into(string, decoded), 128);
    assert_memory_equal(decoded, bytes, 128);
}

/* Text is looked at eight bytes at a time. */
static void a_byte_is_escaped_wherever_it_stands(void **state)
{
    (void)state;
    char text[20], decoded[200];
    for (int byte = 0; byte < 128; byte++)
        for (size_t len = 1; len <= sizeof text; len++)
            for (size_t at = 0; at < len; at++) {
                memset(text, 'x', len);
                text[at] = (char)byte;
                SCOPED(buffer_release) struct buffer b = buffer_with_max(200);
                buffer_add_json_string(&b, (struct span){text, len});
                struct json_value string;
                assert_true(json_check((struct span){b.bytes, b.len}, &string, NULL));
                assert_int_equal(json_string_decode_into(string, decoded), len);
                assert_memory_equal(decoded, text, len);
                bool must_be_escaped = byte < 0x20 || byte == '"' || byte == '\\';
                assert_int_equal(b.len > len + 2, must_be_escaped);
            }
}

static void a_json_string_beyond_the_maximum_fails(void **state)
{
    (void)state;
    SCOPED(buffer_release) struct buffer b = buffer_with_max(9);
    buffer_add_json_string(&b, TEXT("12345678"));
    assert_int_equal(b.state, BUFFER_FULL);
    buffer_clear(&b);
    buffer_add_json_string(&b, TEXT("1234567"));
    assert_int_equal(b.state, BUFFER_GOOD);
    assert_string_equal(b.bytes, "\"1234567\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_added_is_taken_with_a_nul_behind_it),
        cmocka_unit_test(a_buffer_is_empty_once_taken_and_keeps_its_maximum),
        cmocka_unit_test(an_empty_buffer_gives_an_empty_text),
        cmocka_unit_test(the_maximum_can_be_reached_and_not_passed),
        cmocka_unit_test(nothing_is_added_after_a_failure),
        cmocka_unit_test(a_huge_addition_overflows_nothing),
        cmocka_unit_test(growth_keeps_what_is_there),
        cmocka_unit_test(json_strings_escape_what_must_be_escaped),
        cmocka_unit_test(every_byte_comes_back_from_a_json_string),
        cmocka_unit_test(a_byte_is_escaped_wherever_it_stands),
        cmocka_unit_test(a_json_string_beyond_the_maximum_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
