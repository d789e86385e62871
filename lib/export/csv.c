/* SPDX-License-Identifier: Apache-2.0
 * CSV after RFC 4180, of which spreadsheets run nothing. */
#include "export/format.h"

#include <string.h>

/* What spreadsheets take for the beginning of a formula, also in full width, or skip before one;
 * and the mark itself, so that it can be taken away again. */
static bool needs_guard(struct span text)
{
    static const char *const beginnings[] = {"=",      "+",      "-",      "@",     "'",
                                             "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};
    if (text.len == 0 || (unsigned char)text.bytes[0] <= ' ')
        return text.len > 0;
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++)
        if (span_starts_with(text, beginnings[i]))
            return true;
    return false;
}

/* More than RFC 4180 asks for: other separators are common. */
static bool is_plain(char c)
{
    return (unsigned char)c > ' ' && c != ',' && c != ';' && c != '"';
}

static bool needs_quotes(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_plain(text.bytes[i]))
            return true;
    return text.len == 0; /* NULL has none */
}

static void add_with_doubled_quotes(struct buffer *out, struct span text)
{
    const char *end = text.bytes + text.len, *quote;
    while (text.len > 0 && (quote = memchr(text.bytes, '"', text.len)) != NULL) {
        buffer_add(out, (struct span){text.bytes, (size_t)(quote + 1 - text.bytes)});
        buffer_add_byte(out, '"');
        text = (struct span){quote + 1, (size_t)(end - quote - 1)};
    }
    buffer_add(out, text);
}

static void add_text(struct buffer *out, const struct layout *layout, struct span text)
{
    bool guarded = layout->formula_guard && needs_guard(text);
    if (!guarded && !needs_quotes(text)) {
        buffer_add(out, text);
        return;
    }
    buffer_add_text(out, guarded ? "\"'" : "\"");
    add_with_doubled_quotes(out, text);
    buffer_add_byte(out, '"');
}

static void add_value(struct buffer *out, const struct layout *layout,
                      const struct scan_value *value)
{
    char digits[TIMESTAMP_MAX_SIZE];
    switch (value->kind) {
    case VALUE_TEXT:
        add_text(out, layout, value->text);
        break;
    case VALUE_FLAG:
        buffer_add_text(out, value->flag ? "true" : "false");
        break;
    case VALUE_TIME:
        add_text(out, layout, time_text(value->unix_ms, digits));
        break;
    default: /* alone in its line it would be an empty line, which readers skip */
        buffer_add_text(out, layout->columns->count == 1 ? "\"\"" : "");
    }
}

static void add_opening(struct buffer *out, const struct layout *layout)
{
    for (size_t i = 0; i < layout->columns->count; i++) {
        buffer_add_text(out, i == 0 ? "" : ",");
        add_text(out, layout, span_of(layout->columns->names[i]));
    }
    buffer_add_text(out, "\r\n");
}

static void add_row(struct buffer *out, const struct layout *layout,
                    const struct scan_value *values, struct refusal *refusal)
{
    (void)refusal;
    for (size_t i = 0; i < layout->columns->count; i++) {
        buffer_add_text(out, i == 0 ? "" : ",");
        add_value(out, layout, &values[layout->columns->sources[i]]);
    }
    buffer_add_text(out, "\r\n");
}

/* Line ends outside of quotes, without that of the opening. A doubled quote ends quotes and begins
 * them again. */
static void count_rows(struct span bytes, int64_t *rows, int *state)
{
    enum {
        IN_OPENING,
        OUTSIDE,
        QUOTED = 2 /* added to either */
    };
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.bytes[i] == '"')
            *state ^= QUOTED;
        if (bytes.bytes[i] != '\n' || (*state & QUOTED) != 0)
            continue;
        *rows += *state == OUTSIDE;
        *state = OUTSIDE;
    }
}

const struct export_format csv_format = {
    .name = "csv",
    .before_first = "",
    .between = "",
    .after_last = "",
    .add_opening = add_opening,
    .add_row = add_row,
    .count_rows = count_rows,
};
