/* SPDX-License-Identifier: Apache-2.0 */
#include "jansson_comparison.h"

#include "base/cleanup.h"
#include "base/json.h"
#include "base/memory.h"
#include "bounded.h"
#include "jansson_oracle.h"

#include <inttypes.h>
#include <stdio.h>

/* ---- the scanner's view, in the oracle's form ---- */

static void write_text(struct buffer *values, struct json_value string, bool with_length)
{
    SCOPED(memory_release) char *decoded = memory_new(string.text.len);
    char start[32];
    if (decoded == NULL)
        abort();
    size_t len = json_string_decode_into(string, decoded);
    snprintf(start, sizeof start, "s%zu:", len);
    if (with_length)
        buffer_add_text(values, start);
    buffer_add(values, (struct span){decoded, len});
    if (!json_string_equals(string, (struct span){decoded, len}))
        buffer_add_text(values, "but it does not equal itself");
}

static void write_number(struct buffer *values, struct json_value number)
{
    int64_t integer;
    char text[32] = "r";
    if (json_integer(number, &integer))
        snprintf(text, sizeof text, "i%" PRId64, integer);
    buffer_add_text(values, text);
}

static void write_value(struct buffer *values, struct json_value value);

static void write_object(struct buffer *values, struct json_value object)
{
    struct json_cursor cursor = json_enter(object);
    struct json_value name, member;
    buffer_add_byte(values, '{');
    while (json_next_member(&cursor, &name, &member)) {
        write_text(values, name, false);
        buffer_add_byte(values, '=');
        write_value(values, member);
    }
    buffer_add_byte(values, '}');
}

static void write_array(struct buffer *values, struct json_value array)
{
    struct json_cursor cursor = json_enter(array);
    struct json_value element;
    buffer_add_byte(values, '[');
    while (json_next_element(&cursor, &element))
        write_value(values, element);
    buffer_add_byte(values, ']');
}

static void write_value(struct buffer *values, struct json_value value)
{
    static const char literals[] = {[JSON_NULL] = 'n', [JSON_TRUE] = 't', [JSON_FALSE] = 'f'};
    switch (value.type) {
    case JSON_OBJECT:
        write_object(values, value);
        break;
    case JSON_ARRAY:
        write_array(values, value);
        break;
    case JSON_STRING:
        write_text(values, value, true);
        break;
    case JSON_NUMBER:
        write_number(values, value);
        break;
    default:
        buffer_add_byte(values, literals[value.type]);
    }
}

/* ---- the two beside each other ---- */

static bool refused_by_the_scanner_alone(const struct json_fault *fault)
{
    return strcmp(fault->reason, "nested too deep") == 0 ||
           strcmp(fault->reason, "too many members in one object") == 0;
}

enum comparison compare_with_jansson(struct span document)
{
    SCOPED(bounded_release) struct span copy = bounded_copy(document);
    SCOPED(buffer_release) struct buffer ours = buffer_with_max(1 << 20);
    SCOPED(buffer_release) struct buffer theirs = buffer_with_max(1 << 20);
    struct json_value root;
    struct json_fault fault;
    bool accepted = json_check(copy, &root, &fault);
    if (span_contains_nul(copy))
        return accepted ? DIFFERENT : BOTH_REFUSE;
    enum oracle oracle = oracle_read(copy, &theirs);
    if (oracle == ORACLE_CANNOT_SAY || (!accepted && refused_by_the_scanner_alone(&fault)))
        return MAY_DIFFER;
    if (accepted)
        write_value(&ours, root);
    if (accepted != (oracle == ORACLE_ACCEPTS) ||
        !span_equal((struct span){ours.bytes, ours.len}, (struct span){theirs.bytes, theirs.len}))
        return DIFFERENT;
    return accepted ? BOTH_ACCEPT : BOTH_REFUSE;
}
