/* SPDX-License-Identifier: Apache-2.0
 * What is a JSON document, and what is none. */
#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "base/memory.h"
#include "bounded.h"
#include "cmocka_all.h"

#include <stdio.h>

static bool is_json(struct span document)
{
    SCOPED(bounded_release) struct span copy = bounded_copy(document);
    struct json_value root;
    return json_check(copy, &root, NULL);
}

static void assert_all(const struct span *documents, size_t count, bool expected)
{
    for (size_t i = 0; i < count; i++)
        if (is_json(documents[i]) != expected)
            fail_msg("%s: %.*s\n", expected ? "refused" : "accepted", (int)documents[i].len,
                     documents[i].bytes);
}

#define ASSERT_ALL(documents, expected)                                                            \
    assert_all(documents, sizeof(documents) / sizeof(documents)[0], expected)

static void values_of_every_type_are_accepted(void **state)
{
    (void)state;
    static const struct span good[] = {
        TEXT("null"),
        TEXT("true"),
        TEXT("false"),
        TEXT("0"),
        TEXT("-0"),
        TEXT("-1"),
        TEXT("10"),
        TEXT("0.5"),
        TEXT("1e0"),
        TEXT("1E+00"),
        TEXT("1e-9"),
        TEXT("0e5"),
        TEXT("-1.25e10"),
        TEXT("\"\""),
        TEXT("\"a b\""),
        TEXT("[]"),
        TEXT("[ ]"),
        TEXT("{}"),
        TEXT("{ }"),
        TEXT("[1,\"a\",null,[],{}]"),
        TEXT("{\"a\":1}"),
        TEXT("{\"\":\"\"}"),
        TEXT("{\"a\":{\"a\":[]}}"),
        TEXT("1e99999"),
        TEXT("123456789012345678901234567890"),
    };
    ASSERT_ALL(good, true);
}

static void blanks_may_stand_between_all_parts(void **state)
{
    (void)state;
    static const struct span good[] = {
        TEXT(" \t\r\n1 \t\r\n"),
        TEXT("\n[\n1\n,\n2\n]\n"),
        TEXT(" { \"a\" : 1 , \"b\" : [ ] } "),
    };
    static const struct span bad[] = {
        TEXT("\f1"),
        TEXT("\v1"),
        TEXT("\xC2\xA0"
             "1"),
        TEXT("\xEF\xBB\xBF"
             "1"),
        TEXT("1\0"),
        TEXT("/**/1"),
        TEXT("1//"),
        TEXT("#1"),
    };
    ASSERT_ALL(good, true);
    ASSERT_ALL(bad, false);
}

static void what_is_no_value_is_refused(void **state)
{
    (void)state;
    static const struct span bad[] = {
        TEXT(""),           TEXT(" "),     TEXT("nul"),    TEXT("nulll"),    TEXT("True"),
        TEXT("NULL"),       TEXT("tru e"), TEXT("NaN"),    TEXT("Infinity"), TEXT("-Infinity"),
        TEXT("undefined"),  TEXT("'a'"),   TEXT("a"),      TEXT("\0"),       TEXT("<html>"),
        TEXT("eyJhIjoxfQ"), TEXT("\xFF"),  TEXT("falsey"),
    };
    ASSERT_ALL(bad, false);
}

static void numbers_follow_the_grammar(void **state)
{
    (void)state;
    static const struct span bad[] = {
        TEXT("-"),     TEXT("+1"),   TEXT("01"),    TEXT("-01"),      TEXT("00"),  TEXT(".5"),
        TEXT("5."),    TEXT("-.5"),  TEXT("1.e1"),  TEXT("1e"),       TEXT("1e+"), TEXT("1e-"),
        TEXT("1E+-1"), TEXT("0x10"), TEXT("1_000"), TEXT("1,"),       TEXT("--1"), TEXT("1.2.3"),
        TEXT("1e1.5"), TEXT("- 1"),  TEXT("1 2"),   TEXT("\xD9\xA1"), TEXT("1a"),  TEXT("0e"),
    };
    ASSERT_ALL(bad, false);
}

static void containers_follow_the_grammar(void **state)
{
    (void)state;
    static const struct span bad[] = {
        TEXT("["),
        TEXT("]"),
        TEXT("[1"),
        TEXT("[1,"),
        TEXT("[1,]"),
        TEXT("[,1]"),
        TEXT("[1 2]"),
        TEXT("[1;2]"),
        TEXT("{"),
        TEXT("}"),
        TEXT("{\"a\""),
        TEXT("{\"a\":"),
        TEXT("{\"a\":1"),
        TEXT("{\"a\":1,"),
        TEXT("{\"a\":1,}"),
        TEXT("{,\"a\":1}"),
        TEXT("{a:1}"),
        TEXT("{1:1}"),
        TEXT("{\"a\" 1}"),
        TEXT("{\"a\",1}"),
        TEXT("{\"a\"::1}"),
        TEXT("{\"a\":}"),
        TEXT("{\"a\":1 \"b\":2}"),
        TEXT("[1}"),
        TEXT("{\"a\":1]"),
        TEXT("[[]"),
        TEXT("[]]"),
        TEXT("{null:1}"),
        TEXT("{'a':1}"),
        TEXT("[\"a\":1]"),
        TEXT("{\"a\":1,,\"b\":2}"),
    };
    ASSERT_ALL(bad, false);
}

/* promise 23 */
static void nothing_may_follow_the_value(void **state)
{
    (void)state;
    static const struct span bad[] = {
        TEXT("{}{}"), TEXT("{} x"),   TEXT("1 1"),    TEXT("\"a\"\"b\""),
        TEXT("[] ,"), TEXT("null\0"), TEXT("{}\xFF"),
    };
    ASSERT_ALL(bad, false);
}

static void every_escape_of_the_grammar_is_accepted_and_no_other(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        char text[] = {'"', '\\', (char)c, '0', '0', '4', '1', '"'};
        bool expected = c == 'u' || (c != '\0' && strchr("\"\\/bfnrt", c) != NULL);
        if (c == '"')
            text[3] = ' '; /* the quote is escaped, so the string goes on to the last one */
        if (is_json((struct span){text, sizeof text}) != expected)
            fail_msg("the escape of byte %d\n", c);
    }
}

static void hexadecimal_digits_of_an_escape_are_digits(void **state)
{
    (void)state;
    static const char digits[] = "0123456789abcdefABCDEF";
    for (size_t place = 0; place < 4; place++) {
        for (int c = 0; c < 256; c++) {
            char text[] = "\"\\u0000\"";
            text[3 + place] = (char)c;
            bool expected = c != '\0' && strchr(digits, c) != NULL;
            if (is_json((struct span){text, 8}) != expected)
                fail_msg("byte %d as digit %zu\n", c, place);
        }
    }
}

static void surrogates_come_in_pairs_or_not_at_all(void **state)
{
    (void)state;
    static const struct span good[] = {
        TEXT("\"\\ud800\\udc00\""),
        TEXT("\"\\uDBFF\\uDFFF\""),
        TEXT("\"\\ud83d\\ude00x\""),
        TEXT("\"\\ud7ff\\ue000\""),
    };
    static const struct span bad[] = {
        TEXT("\"\\ud800\""),         TEXT("\"\\udc00\""),        TEXT("\"\\udfff\""),
        TEXT("\"\\ud800x\""),        TEXT("\"\\ud800\\u0041\""), TEXT("\"\\ud800\\ud800\""),
        TEXT("\"\\udc00\\ud800\""),  TEXT("\"\\ud800\\n\""),     TEXT("\"\\ud800\\udbff\""),
        TEXT("\"\\ud800\\ue000\""),  TEXT("\"\\ud800\\udc0\""),  TEXT("\"\\ud800\\\""),
        TEXT("\"\\ud800 \\udc00\""), TEXT("\"\\ud800\\xdc00\""),
    };
    ASSERT_ALL(good, true);
    ASSERT_ALL(bad, false);
}

static void control_characters_in_strings_must_be_escaped(void **state)
{
    (void)state;
    for (int c = 0; c < 128; c++) {
        char text[] = {'"', (char)c, '"'};
        bool expected = c >= 0x20 && c != '"' && c != '\\';
        if (is_json((struct span){text, sizeof text}) != expected)
            fail_msg("byte %d in a string\n", c);
    }
}

static void strings_are_strict_utf8(void **state)
{
    (void)state;
    static const struct span good[] = {
        TEXT("\"\xC2\x80\""),         TEXT("\"\xDF\xBF\""),
        TEXT("\"\xE0\xA0\x80\""),     TEXT("\"\xED\x9F\xBF\xEE\x80\x80\""),
        TEXT("\"\xEF\xBF\xBF\""),     TEXT("\"\xF0\x90\x80\x80\""),
        TEXT("\"\xF4\x8F\xBF\xBF\""),
    };
    static const struct span bad[] = {
        TEXT("\"\x80\""),
        TEXT("\"\xBF\""),
        TEXT("\"\xC0\x80\""),
        TEXT("\"\xC1\xBF\""),
        TEXT("\"\xE0\x80\x80\""),
        TEXT("\"\xE0\x9F\xBF\""),
        TEXT("\"\xED\xA0\x80\""),
        TEXT("\"\xED\xBF\xBF\""),
        TEXT("\"\xF0\x80\x80\x80\""),
        TEXT("\"\xF0\x8F\xBF\xBF\""),
        TEXT("\"\xF4\x90\x80\x80\""),
        TEXT("\"\xF5\x80\x80\x80\""),
        TEXT("\"\xFE\""),
        TEXT("\"\xFF\""),
        TEXT("\"\xC3\""),
        TEXT("\"\xE2\x82\""),
        TEXT("\"\xF0\x9F\x98\""),
        TEXT("\"\xC3(\""),
        TEXT("\"\xC3"),
        TEXT("\"\xF0\x9F\x98"),
    };
    ASSERT_ALL(good, true);
    ASSERT_ALL(bad, false);
}

/* Whatever surrounds it: text is read several bytes at a time. */
static void every_byte_is_judged_alike_in_every_place_of_a_string(void **state)
{
    (void)state;
    enum {
        MAX_TEXT = 20
    };
    for (size_t len = 1; len <= MAX_TEXT; len++) {
        for (size_t place = 0; place < len; place++) {
            for (int byte = 0; byte < 256; byte++) {
                char text[MAX_TEXT + 2];
                struct json_value root;
                struct json_fault fault;
                memset(text, 'a', sizeof text);
                text[0] = text[len + 1] = '"';
                text[place + 1] = (char)byte;
                SCOPED(bounded_release)
                struct span copy = bounded_copy((struct span){text, len + 2});
                bool stands_for_itself = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
                assert_int_equal(json_check(copy, &root, &fault), stands_for_itself);
            }
        }
    }
}

/* promise 23 */
static void two_members_of_one_name_are_refused_however_they_are_escaped(void **state)
{
    (void)state;
    static const struct span bad[] = {
        TEXT("{\"a\":1,\"a\":2}"),
        TEXT("{\"a\":1,\"\\u0061\":2}"),
        TEXT("{\"\\u0061\":1,\"a\":2}"),
        TEXT("{\"\\u0061\":1,\"\\u0061\":2}"),
        TEXT("{\"/\":1,\"\\/\":2}"),
        TEXT("{\"\\n\":1,\"\\u000a\":2}"),
        TEXT("{\"\\u000A\":1,\"\\u000a\":2}"),
        TEXT("{\"\xF0\x9F\x98\x80\":1,\"\\ud83d\\uDE00\":2}"),
        TEXT("{\"\\u0000\":1,\"\\u0000\":2}"),
        TEXT("{\"\":1,\"\":2}"),
        TEXT("{\"a\":1,\"b\":2,\"c\":3,\"a\":4}"),
        TEXT("[{\"x\":{\"a\":1,\"a\":2}}]"),
        TEXT("{\"iss\":\"good\",\"\\u0069\\u0073\\u0073\":\"bad\"}"),
    };
    static const struct span good[] = {
        TEXT("{\"a\":1,\"A\":2}"),
        TEXT("{\"a\":1,\"a\\u0000\":2}"),
        TEXT("{\"a\":1,\"aa\":2,\"\":3}"),
        TEXT("{\"a\":{\"a\":{\"a\":1}}}"),
        TEXT("[{\"a\":1},{\"a\":2}]"),
        TEXT("{\"\\\\u0061\":1,\"a\":2}"),
        TEXT("{\"\xC3\xA9\":1,\"e\xCC\x81\":2}"),
    };
    ASSERT_ALL(bad, false);
    ASSERT_ALL(good, true);
}

static char *repeat(const char *open, size_t times, const char *middle, const char *close)
{
    struct buffer text = buffer_with_max(1 << 20);
    for (size_t i = 0; i < times; i++)
        buffer_add_text(&text, open);
    buffer_add_text(&text, middle);
    for (size_t i = 0; i < times; i++)
        buffer_add_text(&text, close);
    return buffer_take(&text, NULL);
}

static bool nested_is_json(const char *open, size_t depth, const char *close)
{
    SCOPED(memory_release) char *text = repeat(open, depth, "1", close);
    return is_json(span_of(text));
}

static void nesting_ends_at_the_maximum_depth(void **state)
{
    (void)state;
    assert_true(nested_is_json("[", JSON_MAX_DEPTH, "]"));
    assert_false(nested_is_json("[", JSON_MAX_DEPTH + 1, "]"));
    assert_true(nested_is_json("{\"a\":", JSON_MAX_DEPTH, "}"));
    assert_false(nested_is_json("{\"a\":", JSON_MAX_DEPTH + 1, "}"));
    assert_true(nested_is_json("[{\"a\":", JSON_MAX_DEPTH / 2, "}]"));
    assert_false(nested_is_json("[{\"a\":", JSON_MAX_DEPTH / 2 + 1, "}]"));
    assert_false(nested_is_json("[", 100000, ""));
}

/* Eight members; of these one is written with an escape, and one may have the name of another. */
static bool is_json_with_names(size_t escaped, size_t twin, size_t of)
{
    struct buffer text = buffer_with_max(4096);
    char member[64];
    for (size_t i = 0; i < 8; i++) {
        char letter = (char)('a' + (i == twin ? of : i));
        snprintf(member, sizeof member,
                 i == escaped ? "%c\"na\\u006de\\u00%02x\":1" : "%c\"name%c\":1",
                 i == 0 ? '{' : ',', letter);
        buffer_add_text(&text, member);
    }
    buffer_add_byte(&text, '}');
    bool is = is_json((struct span){text.bytes, text.len});
    buffer_release(&text);
    return is;
}

static void a_name_with_an_escape_is_compared_with_those_before_and_behind(void **state)
{
    (void)state;
    for (size_t escaped = 0; escaped < 8; escaped++)
        for (size_t twin = 0; twin < 8; twin++)
            for (size_t of = 0; of < 8; of++)
                if (is_json_with_names(escaped, twin, of) != (twin == of))
                    fail_msg("%zu has an escape, %zu is named like %zu", escaped, twin, of);
}

static bool object_of_members_is_json(size_t count)
{
    struct buffer text = buffer_with_max(1 << 20);
    buffer_add_byte(&text, '{');
    for (size_t i = 0; i < count; i++) {
        char member[32];
        snprintf(member, sizeof member, "%s\"m%zu\":1", i == 0 ? "" : ",", i);
        buffer_add_text(&text, member);
    }
    buffer_add_byte(&text, '}');
    size_t len;
    SCOPED(memory_release) char *bytes = buffer_take(&text, &len);
    return is_json((struct span){bytes, len});
}

static void an_object_has_256_members_at_most(void **state)
{
    (void)state;
    assert_true(object_of_members_is_json(JSON_MAX_MEMBERS));
    assert_false(object_of_members_is_json(JSON_MAX_MEMBERS + 1));
}

static void an_array_may_be_longer(void **state)
{
    (void)state;
    struct buffer text = buffer_with_max(1 << 20);
    buffer_add_byte(&text, '[');
    for (size_t i = 0; i < 5000; i++)
        buffer_add_text(&text, "0,");
    buffer_add_text(&text, "0]");
    SCOPED(memory_release) char *bytes = buffer_take(&text, NULL);
    assert_true(is_json(span_of(bytes)));
}

static void a_document_cut_anywhere_is_refused(void **state)
{
    (void)state;
    static const struct span whole =
        TEXT("{\"sub\":\"\\u00e9\\ud83d\\ude00\xF0\x9F\x98\x80\\n\",\"exp\":-12.5e+3,\"a\":[true,"
             "false,null,{\"b\":{}}],\"iss\":\"https:\\/\\/x\"}");
    assert_true(is_json(whole));
    for (size_t len = 0; len < whole.len; len++)
        if (is_json((struct span){whole.bytes, len}))
            fail_msg("accepted when cut at byte %zu\n", len);
}

static void a_fault_is_told_with_its_place(void **state)
{
    (void)state;
    static const struct {
        struct span document;
        const char *reason;
        size_t offset;
    } cases[] = {
        {TEXT(""), "a value must stand here", 0},
        {TEXT("  x"), "a value must stand here", 2},
        {TEXT("{\"a\":1,\"a\":2}"), "a second member of the same name", 10},
        {TEXT("{\"a\" 1}"), "a colon must stand here", 5},
        {TEXT("{\"a\":1 2}"), "a comma or the object's end must stand here", 7},
        {TEXT("[1 2]"), "a comma or the array's end must stand here", 3},
        {TEXT("{1:2}"), "a string must begin here", 1},
        {TEXT("\"a"), "a string without end", 2},
        {TEXT("\"\\x\""), "an escape that is none", 1},
        {TEXT("\"a\xFF\""), "bytes that are not UTF-8", 2},
        {TEXT("\"\n\""), "a control character in a string", 1},
        {TEXT("-x"), "a digit must stand here", 1},
        {TEXT("1 x"), "something follows the value", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct json_value root;
        struct json_fault fault = {NULL, 0};
        assert_false(json_check(cases[i].document, &root, &fault));
        assert_string_equal(fault.reason, cases[i].reason);
        assert_int_equal(fault.offset, cases[i].offset);
    }
}

static void the_root_is_the_value_without_the_blanks_around_it(void **state)
{
    (void)state;
    struct json_value root;
    assert_true(json_check(TEXT(" [1] \n"), &root, NULL));
    assert_int_equal(root.type, JSON_ARRAY);
    assert_true(span_equal_text(root.text, "[1]"));
}

static void no_bytes_at_all_are_no_document(void **state)
{
    (void)state;
    struct json_value root;
    struct json_fault fault;
    assert_false(json_check((struct span){NULL, 0}, &root, &fault));
    assert_int_equal(fault.offset, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_every_type_are_accepted),
        cmocka_unit_test(blanks_may_stand_between_all_parts),
        cmocka_unit_test(what_is_no_value_is_refused),
        cmocka_unit_test(numbers_follow_the_grammar),
        cmocka_unit_test(containers_follow_the_grammar),
        cmocka_unit_test(nothing_may_follow_the_value),
        cmocka_unit_test(every_escape_of_the_grammar_is_accepted_and_no_other),
        cmocka_unit_test(hexadecimal_digits_of_an_escape_are_digits),
        cmocka_unit_test(surrogates_come_in_pairs_or_not_at_all),
        cmocka_unit_test(control_characters_in_strings_must_be_escaped),
        cmocka_unit_test(strings_are_strict_utf8),
        cmocka_unit_test(every_byte_is_judged_alike_in_every_place_of_a_string),
        cmocka_unit_test(two_members_of_one_name_are_refused_however_they_are_escaped),
        cmocka_unit_test(nesting_ends_at_the_maximum_depth),
        cmocka_unit_test(a_name_with_an_escape_is_compared_with_those_before_and_behind),
        cmocka_unit_test(an_object_has_256_members_at_most),
        cmocka_unit_test(an_array_may_be_longer),
        cmocka_unit_test(a_document_cut_anywhere_is_refused),
        cmocka_unit_test(a_fault_is_told_with_its_place),
        cmocka_unit_test(the_root_is_the_value_without_the_blanks_around_it),
        cmocka_unit_test(no_bytes_at_all_are_no_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
