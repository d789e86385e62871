/* SPDX-License-Identifier: Apache-2.0 */
#include "migration/edit.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "migration/event.h"
#include "status/error.h"

static const struct edit *edit_of(const struct edit *edits, struct json_value name)
{
    for (; edits->name != NULL; edits++)
        if (json_string_equals(name, span_of(edits->name)))
            return edits;
    return NULL;
}

static void add_separator(struct buffer *out, bool *first)
{
    if (!*first)
        buffer_add_byte(out, ',');
    *first = false;
}

static void write_object(struct buffer *out, const struct json_value *received,
                         const struct edit *edits);

static void write_array(struct buffer *out, const struct json_value *received, const char *json)
{
    bool first = true;
    struct json_value element;
    buffer_add_byte(out, '[');
    if (received != NULL && received->type == JSON_ARRAY) {
        struct json_cursor cursor = json_enter(*received);
        while (json_next_element(&cursor, &element)) {
            add_separator(out, &first);
            buffer_add(out, element.text);
        }
    }
    add_separator(out, &first);
    buffer_add_text(out, json);
    buffer_add_byte(out, ']');
}

static void write_value(struct buffer *out, const struct json_value *received,
                        const struct edit *edit)
{
    if (edit->kind == EDIT_ENTER)
        write_object(out, received, edit->members);
    else if (edit->kind == EDIT_APPEND)
        write_array(out, received, edit->json);
    else if (edit->kind == EDIT_SET_UNSET && received != NULL && received->type != JSON_NULL)
        buffer_add(out, received->text);
    else
        buffer_add_text(out, edit->json);
}

static void write_received(struct buffer *out, struct json_value received, const struct edit *edits,
                           bool *first)
{
    struct json_cursor cursor = json_enter(received);
    struct json_value name, value;
    while (json_next_member(&cursor, &name, &value)) {
        const struct edit *edit = edit_of(edits, name);
        add_separator(out, first);
        buffer_add(out, name.text);
        buffer_add_byte(out, ':');
        if (edit == NULL)
            buffer_add(out, value.text);
        else
            write_value(out, &value, edit);
    }
}

static void write_object(struct buffer *out, const struct json_value *received,
                         const struct edit *edits)
{
    bool first = true, is_object = received != NULL && received->type == JSON_OBJECT;
    struct json_value value;
    buffer_add_byte(out, '{');
    if (is_object)
        write_received(out, *received, edits, &first);
    for (; edits->name != NULL; edits++) {
        if (edits->kind == EDIT_SET_THERE ||
            (is_object && json_find(*received, edits->name, &value)))
            continue;
        add_separator(out, &first);
        buffer_add_json_string(out, span_of(edits->name));
        buffer_add_byte(out, ':');
        write_value(out, NULL, edits);
    }
    buffer_add_byte(out, '}');
}

static struct span part(const char *from, const char *to)
{
    return (struct span){from, (size_t)(to - from)};
}

static void write_event(struct buffer *out, struct span document, struct json_value root,
                        const struct edit *edits)
{
    const char *document_end = document.bytes + document.len;
    struct json_value received;
    if (json_find(root, "response", &received)) {
        buffer_add(out, part(document.bytes, received.text.bytes));
        write_object(out, &received, edits);
        buffer_add(out, part(received.text.bytes + received.text.len, document_end));
        return;
    }
    /* It has other members, or it would have been refused: a comma is due. */
    const char *brace = root.text.bytes + root.text.len - 1;
    buffer_add(out, part(document.bytes, brace));
    buffer_add_text(out, ",\"response\":");
    write_object(out, NULL, edits);
    buffer_add(out, part(brace, document_end));
}

cogmig_status edit_response(struct span document, struct json_value root, const struct edit *edits,
                            char **ret_response, size_t *ret_len, cogmig_error *err)
{
    SCOPED(buffer_release) struct buffer out = buffer_with_max(2 * EVENT_MAX_BYTES);
    write_event(&out, document, root, edits);
    *ret_response = buffer_take(&out, ret_len);
    return *ret_response == NULL ? fail_plainly(err, COGMIG_OUT_OF_MEMORY) : COGMIG_OK;
}
