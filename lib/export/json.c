/* SPDX-License-Identifier: Apache-2.0
 * A JSON array with one user per line, and NDJSON. */
#include "export/format.h"
#include "status/error.h"

enum {
    MAX_KEYS = 256 * 1024
};

/* The keys are the same in each row. */
static cogmig_status prepare(struct layout *layout, cogmig_error *err)
{
    layout->keys = buffer_with_max(MAX_KEYS);
    for (size_t i = 0; i < layout->columns->count; i++) {
        buffer_add_byte(&layout->keys, i == 0 ? '{' : ',');
        buffer_add_json_string(&layout->keys, span_of(layout->columns->names[i]));
        buffer_add_byte(&layout->keys, ':');
        layout->key_ends[i] = layout->keys.len;
    }
    return layout->keys.state == BUFFER_GOOD ? COGMIG_OK : fail_plainly(err, COGMIG_OUT_OF_MEMORY);
}

static void add_value(struct buffer *out, const struct scan_value *value)
{
    char digits[TIMESTAMP_MAX_SIZE];
    switch (value->kind) {
    case VALUE_TEXT:
        buffer_add_json_string(out, value->text);
        break;
    case VALUE_FLAG:
        buffer_add_text(out, value->flag ? "true" : "false");
        break;
    case VALUE_TIME:
        buffer_add_json_string(out, time_text(value->unix_ms, digits));
        break;
    default:
        buffer_add_text(out, "null");
    }
}

static void add_row(struct buffer *out, const struct layout *layout,
                    const struct scan_value *values, struct refusal *refusal)
{
    (void)refusal;
    size_t start = 0;
    for (size_t i = 0; i < layout->columns->count; i++) {
        buffer_add(out, (struct span){layout->keys.bytes + start, layout->key_ends[i] - start});
        add_value(out, &values[layout->columns->sources[i]]);
        start = layout->key_ends[i];
    }
    buffer_add_byte(out, '}');
}

static void add_line(struct buffer *out, const struct layout *layout,
                     const struct scan_value *values, struct refusal *refusal)
{
    add_row(out, layout, values, refusal);
    buffer_add_byte(out, '\n');
}

/* No line within a value: each user is a line that begins with a brace. */
static void count_rows(struct span bytes, int64_t *rows, int *state)
{
    enum {
        AT_START,
        IN_LINE
    };
    for (size_t i = 0; i < bytes.len; i++) {
        if (*state == AT_START && bytes.bytes[i] == '{')
            ++*rows;
        *state = bytes.bytes[i] == '\n' ? AT_START : IN_LINE;
    }
}

const struct export_format json_format = {
    .name = "json",
    .before_first = "[\n",
    .between = ",\n",
    .after_last = "\n]\n",
    .prepare = prepare,
    .add_row = add_row,
    .count_rows = count_rows,
};

const struct export_format ndjson_format = {
    .name = "ndjson",
    .before_first = "",
    .between = "",
    .after_last = "",
    .prepare = prepare,
    .add_row = add_line,
    .count_rows = count_rows,
};
