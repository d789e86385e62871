/* SPDX-License-Identifier: Apache-2.0
 * Reading a document that was checked. */
#include "base/cleanup.h"
#include "base/json.h"
#include "bounded.h"
#include "cmocka_all.h"

#include <inttypes.h>

static struct json_value parse(const char *text)
{
    struct json_value root;
    if (!json_check(span_of(text), &root, NULL))
        fail_msg("no JSON: %s\n", text);
    return root;
}

static void members_come_in_their_order_with_their_types(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum json_type type;
        const char *text;
    } expected[] = {
        {"\"n\"", JSON_NULL, "null"},         {"\"f\"", JSON_FALSE, "false"},
        {"\"t\"", JSON_TRUE, "true"},         {"\"i\"", JSON_NUMBER, "-1.5e3"},
        {"\"s\"", JSON_STRING, "\"}]\\\"\""}, {"\"a\"", JSON_ARRAY, "[ 1 , [ ] ]"},
        {"\"o\"", JSON_OBJECT, "{\"x\":{}}"},
    };
    struct json_cursor cursor = json_enter(parse(
        "{ \"n\" :null,\"f\":false ,\"t\": true,\"i\":-1.5e3,\n\"s\":\"}]\\\"\" , \"a\":[ 1 , [ ] "
        "],\"o\":{\"x\":{}} }"));
    struct json_value name, value;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_true(json_next_member(&cursor, &name, &value));
        assert_int_equal(name.type, JSON_STRING);
        assert_true(span_equal_text(name.text, expected[i].name));
        assert_int_equal(value.type, expected[i].type);
        assert_true(span_equal_text(value.text, expected[i].text));
    }
    assert_false(json_next_member(&cursor, &name, &value));
    assert_false(json_next_member(&cursor, &name, &value));
}

struct visit {
    struct json_cursor cursor;
    size_t members;
    bool escaped;
};

static void compare_with_cursor(void *user_data, const struct json_member *member)
{
    struct visit *visit = user_data;
    struct json_value name, value;
    assert_true(json_next_member(&visit->cursor, &name, &value));
    assert_ptr_equal(member->name.text.bytes, name.text.bytes);
    assert_int_equal(member->name.text.len, name.text.len);
    assert_int_equal(member->value.type, value.type);
    assert_ptr_equal(member->value.text.bytes, value.text.bytes);
    assert_int_equal(member->value.text.len, value.text.len);
    visit->members++;
    visit->escaped = member->escaped;
}

static void a_visit_sees_the_outermost_members_and_whether_they_are_escaped(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t members;
        bool escaped; /* the last one */
    } cases[] = {
        {"{\"a\":1}", 1, false},
        {"{\"a\":\"\\n\"}", 1, true},
        {"{\"\\u0061\":1}", 1, true},
        {"{\"a\":[{\"b\":\"\\\\\"}]}", 1, true},
        {"{\"a\":\"\\n\",\"b\":\"\xc3\xa9\"}", 2, false},
        {"{\"a\":{\"b\":1,\"c\":{}},\"d\":[{\"e\":2}] , \"f\" : null }", 3, false},
        {"{}", 0, false},
        {"[{\"a\":1}]", 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct json_value root;
        struct visit visit = {.cursor = json_enter(parse(cases[i].text))};
        assert_true(
            json_check_and_visit(span_of(cases[i].text), compare_with_cursor, &visit, &root, NULL));
        assert_int_equal(visit.members, cases[i].members);
        assert_int_equal(visit.escaped, cases[i].escaped);
    }
}

static void elements_come_in_their_order(void **state)
{
    (void)state;
    static const char *const expected[] = {"1", "\"a,b\"", "[[],{}]", "{\"a\":[]}", "null", "0"};
    struct json_cursor cursor = json_enter(parse("[1,\"a,b\" , [[],{}],{\"a\":[]}\n,null,0 ]"));
    struct json_value value;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_true(json_next_element(&cursor, &value));
        assert_true(span_equal_text(value.text, expected[i]));
    }
    assert_false(json_next_element(&cursor, &value));
}

static void an_empty_container_has_nothing(void **state)
{
    (void)state;
    struct json_value name, value;
    struct json_cursor array = json_enter(parse("[ ]")), object = json_enter(parse("{\n}"));
    assert_false(json_next_element(&array, &value));
    assert_false(json_next_member(&object, &name, &value));
}

static void a_member_is_found_by_its_name_however_it_is_escaped(void **state)
{
    (void)state;
    struct json_value root = parse("{\"a\":1,\"\\u0069ss\":2,\"x\\/y\":{\"a\":3}}"), value;
    assert_true(json_find(root, "iss", &value));
    assert_true(span_equal_text(value.text, "2"));
    assert_true(json_find(root, "x/y", &value));
    assert_true(json_find(value, "a", &value));
    assert_true(span_equal_text(value.text, "3"));
}

static void what_is_not_there_is_not_found(void **state)
{
    (void)state;
    struct json_value value;
    assert_false(json_find(parse("{\"ab\":1,\"c\":{\"a\":1}}"), "a", &value));
    assert_false(json_find(parse("{\"a\\u0000\":1}"), "a", &value));
    assert_false(json_find(parse("{}"), "a", &value));
    assert_false(json_find(parse("[\"a\",1]"), "a", &value));
    assert_false(json_find(parse("\"a\""), "a", &value));
}

static void assert_decodes(const char *string, struct span expected)
{
    struct json_value value = parse(string);
    char *out = malloc(value.text.len);
    size_t len = json_string_decode_into(value, out);
    assert_true(span_equal((struct span){out, len}, expected));
    assert_true(json_string_equals(value, expected));
    free(out);
}

static void strings_are_unescaped(void **state)
{
    (void)state;
    assert_decodes("\"\"", TEXT(""));
    assert_decodes("\"plain\"", TEXT("plain"));
    assert_decodes("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", TEXT("\"\\/\b\f\n\r\t"));
    assert_decodes("\"\\u0041\\u00e9\\u20AC\\ud83d\\ude00\"",
                   TEXT("A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"));
    assert_decodes("\"a\\u0000b\"", TEXT("a\0b"));
    assert_decodes("\"\\uDBFF\\uDFFF\\ud7ff\\uE000\"",
                   TEXT("\xF4\x8F\xBF\xBF\xED\x9F\xBF\xEE\x80\x80"));
    assert_decodes("\"https:\\/\\/x\"", TEXT("https://x"));
    assert_decodes("\"\\\\u0041\"", TEXT("\\u0041"));
}

static bool equals(struct json_value string, struct span bytes)
{
    SCOPED(bounded_release) struct span copy = bounded_copy(bytes);
    return json_string_equals(string, copy);
}

static void strings_differ_by_one_byte(void **state)
{
    (void)state;
    static const char *const strings[] = {"\"abc\"", "\"a\\u0062c\""};
    for (size_t i = 0; i < 2; i++) {
        struct json_value string = parse(strings[i]);
        assert_true(equals(string, TEXT("abc")));
        assert_false(equals(string, TEXT("ab")));
        assert_false(equals(string, TEXT("abcd")));
        assert_false(equals(string, TEXT("abd")));
        assert_false(equals(string, TEXT("abc\0")));
        assert_false(equals(string, TEXT("")));
    }
}

static void integers_fill_64_bits_and_no_more(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t integer;
    } good[] = {{"0", 0},
                {"-0", 0},
                {"1700000000", 1700000000},
                {"9223372036854775807", INT64_MAX},
                {"-9223372036854775808", INT64_MIN},
                {"-9223372036854775807", -INT64_MAX}};
    static const char *const bad[] = {"9223372036854775808",
                                      "-9223372036854775809",
                                      "18446744073709551616",
                                      "99999999999999999999999999",
                                      "1.0",
                                      "1e3",
                                      "-1.5",
                                      "0.0",
                                      "1E0"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t integer;
        SCOPED(bounded_release) struct span copy = bounded_copy(span_of(good[i].text));
        struct json_value number;
        assert_true(json_check(copy, &number, NULL));
        assert_true(json_integer(number, &integer));
        assert_true(integer == good[i].integer);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t integer = 7;
        assert_false(json_integer(parse(bad[i]), &integer));
        assert_int_equal(integer, 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_come_in_their_order_with_their_types),
        cmocka_unit_test(a_visit_sees_the_outermost_members_and_whether_they_are_escaped),
        cmocka_unit_test(elements_come_in_their_order),
        cmocka_unit_test(an_empty_container_has_nothing),
        cmocka_unit_test(a_member_is_found_by_its_name_however_it_is_escaped),
        cmocka_unit_test(what_is_not_there_is_not_found),
        cmocka_unit_test(strings_are_unescaped),
        cmocka_unit_test(strings_differ_by_one_byte),
        cmocka_unit_test(integers_fill_64_bits_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
