/* SPDX-License-Identifier: Apache-2.0
 * Any bytes: a document that is accepted can be walked to its end, inside of its bounds. */
#include "base/json.h"
#include "base/memory.h"
#include "fuzz.h"

static void walk(struct json_value value, struct span inside);

static void check_string(struct json_value string)
{
    char *decoded = memory_new(string.text.len);
    HOLDS(decoded != NULL);
    struct span bytes = {decoded, json_string_decode_into(string, decoded)};
    HOLDS(bytes.len < string.text.len);
    HOLDS(span_is_utf8(bytes));
    HOLDS(json_string_equals(string, bytes));
    memory_free(decoded);
}

static void walk_object(struct json_value object)
{
    struct json_cursor cursor = json_enter(object);
    struct json_value name, value;
    size_t members = 0;
    while (json_next_member(&cursor, &name, &value)) {
        HOLDS(name.type == JSON_STRING && ++members <= JSON_MAX_MEMBERS);
        check_string(name);
        walk(value, object.text);
    }
}

static void walk_array(struct json_value array)
{
    struct json_cursor cursor = json_enter(array);
    struct json_value element;
    while (json_next_element(&cursor, &element))
        walk(element, array.text);
}

static void walk(struct json_value value, struct span inside)
{
    int64_t integer;
    HOLDS(value.text.bytes >= inside.bytes);
    HOLDS(value.text.bytes + value.text.len <= inside.bytes + inside.len);
    if (value.type == JSON_OBJECT)
        walk_object(value);
    else if (value.type == JSON_ARRAY)
        walk_array(value);
    else if (value.type == JSON_STRING)
        check_string(value);
    else if (value.type == JSON_NUMBER)
        (void)json_integer(value, &integer);
}

static void take_name(void *user_data, const struct json_member *member)
{
    struct json_cursor *cursor = user_data;
    struct json_value name, value;
    HOLDS(json_next_member(cursor, &name, &value));
    HOLDS(member->name.text.bytes == name.text.bytes && member->name.text.len == name.text.len);
    HOLDS(member->value.text.bytes == value.text.bytes &&
          member->value.text.len == value.text.len && member->value.type == value.type);
}

/* A visit on the way sees what a walk afterwards does. */
static void visit(struct span document, struct json_value root)
{
    struct json_value again, name, value;
    if (root.type != JSON_OBJECT)
        return;
    struct json_cursor cursor = json_enter(root);
    HOLDS(json_check_and_visit(document, take_name, &cursor, &again, NULL));
    HOLDS(!json_next_member(&cursor, &name, &value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span document = {(const char *)data, size};
    struct json_value root;
    struct json_fault fault;
    if (json_check(document, &root, &fault)) {
        walk(root, document);
        visit(document, root);
    } else {
        HOLDS(fault.reason != NULL && fault.offset <= size);
    }
    return 0;
}
