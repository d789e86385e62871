/* SPDX-License-Identifier: Apache-2.0
 * Any text of a user in an export: JSON stays JSON and says the same, CSV stays one record. The
 * first byte chooses whether spreadsheets are guarded against. */
#include "base/cleanup.h"
#include "base/json.h"
#include "base/memory.h"
#include "export/format.h"
#include "fuzz.h"

#include <string.h>

static const struct export_columns columns = {.count = 2,
                                              .names = {"id", "name"},
                                              .sources = {0, 1},
                                              .scan = {.count = 2, .skipped = NO_COLUMN}};

static cogmig_status prepare(const struct export_format *format, struct layout *layout)
{
    layout->keys = buffer_with_max(4096);
    return format->prepare == NULL ? COGMIG_OK : format->prepare(layout, NULL);
}

static void check_json(struct span row, struct span name)
{
    struct json_value object, value;
    HOLDS(json_check(row, &object, NULL) && object.type == JSON_OBJECT);
    HOLDS(json_find(object, "name", &value) && value.type == JSON_STRING);
    HOLDS(json_string_equals(value, name));
}

/* RFC 4180: outside of quotes there is one comma, and the one line end is the last. */
static void check_csv(struct span row)
{
    size_t commas = 0, ends = 0;
    bool quoted = false;
    for (size_t i = 0; i < row.len; i++) {
        quoted = quoted != (row.bytes[i] == '"');
        commas += !quoted && row.bytes[i] == ',';
        ends += !quoted && row.bytes[i] == '\n';
    }
    HOLDS(!quoted && commas == 1 && ends <= 1);
}

static void try(const struct export_format *format, bool guard, struct span name)
{
    const struct scan_value values[] = {{.kind = VALUE_TEXT, .text = {"1", 1}},
                                        {.kind = VALUE_TEXT, .text = name}};
    struct layout layout = {.columns = &columns, .formula_guard = guard};
    struct refusal refusal = {.reason = NULL};
    SCOPED(buffer_release) struct buffer out = buffer_with_max(1 << 20);
    HOLDS(prepare(format, &layout) == COGMIG_OK);
    format->add_row(&out, &layout, values, &refusal);
    buffer_release(&layout.keys);
    struct span row = {out.bytes, out.len};
    HOLDS(refusal.reason != NULL || out.state == BUFFER_GOOD);
    if (refusal.reason != NULL)
        return;
    if (format == &csv_format)
        check_csv(row);
    else
        check_json(row, name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 10000)
        return 0;
    struct span name = {(const char *)data + 1, size - 1};
    if (!span_is_utf8(name))
        return 0; /* an export refuses it before */
    try(&json_format, false, name);
    try(&csv_format, data[0] % 2 == 1, name);
    return 0;
}
