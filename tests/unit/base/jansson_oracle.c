/* SPDX-License-Identifier: Apache-2.0 */
#include "jansson_oracle.h"

#include <jansson.h>
#include <stdio.h>

static void write_string(struct buffer *values, const char *bytes, size_t len)
{
    char start[32];
    snprintf(start, sizeof start, "s%zu:", len);
    buffer_add_text(values, start);
    buffer_add(values, (struct span){bytes, len});
}

static void write_integer(struct buffer *values, json_int_t integer)
{
    char text[32];
    snprintf(text, sizeof text, "i%" JSON_INTEGER_FORMAT, integer);
    buffer_add_text(values, text);
}

static void write_value(struct buffer *values, json_t *value);

static void write_object(struct buffer *values, json_t *object)
{
    const char *name;
    json_t *member;
    buffer_add_byte(values, '{');
    json_object_foreach(object, name, member)
    {
        buffer_add_text(values, name);
        buffer_add_byte(values, '=');
        write_value(values, member);
    }
    buffer_add_byte(values, '}');
}

static void write_array(struct buffer *values, json_t *array)
{
    buffer_add_byte(values, '[');
    for (size_t i = 0; i < json_array_size(array); i++)
        write_value(values, json_array_get(array, i));
    buffer_add_byte(values, ']');
}

static void write_value(struct buffer *values, json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        write_object(values, value);
        break;
    case JSON_ARRAY:
        write_array(values, value);
        break;
    case JSON_STRING:
        write_string(values, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        write_integer(values, json_integer_value(value));
        break;
    case JSON_REAL:
        buffer_add_byte(values, 'r');
        break;
    default:
        buffer_add_byte(values, json_is_null(value) ? 'n' : json_is_true(value) ? 't' : 'f');
    }
}

enum oracle oracle_read(struct span document, struct buffer *values)
{
    json_error_t error;
    json_t *root = json_loadb(document.bytes, document.len,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (root == NULL) {
        enum json_error_code code = json_error_code(&error);
        bool no_room = code == json_error_numeric_overflow || code == json_error_null_byte_in_key;
        return no_room ? ORACLE_CANNOT_SAY : ORACLE_REFUSES;
    }
    write_value(values, root);
    json_decref(root);
    return ORACLE_ACCEPTS;
}
