/* SPDX-License-Identifier: Apache-2.0 */
#include "export/manifest.h"

#include "base/json.h"
#include "base/memory.h"

#include <cogmig/version.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- writing ---- */

static void add_name(struct buffer *out, const char *name)
{
    buffer_add_text(out, out->len == 0 ? "{\n  " : ",\n  ");
    buffer_add_json_string(out, span_of(name));
    buffer_add_text(out, ": ");
}

/* NULL becomes null. */
static void add_text(struct buffer *out, const char *name, const char *text)
{
    add_name(out, name);
    if (text == NULL)
        buffer_add_text(out, "null");
    else
        buffer_add_json_string(out, span_of(text));
}

static void add_number(struct buffer *out, const char *name, int64_t number)
{
    char digits[32];
    snprintf(digits, sizeof digits, "%" PRId64, number);
    add_name(out, name);
    buffer_add_text(out, digits);
}

static void add_columns(struct buffer *out, const struct export_columns *columns)
{
    add_name(out, "columns");
    for (size_t i = 0; i < columns->count; i++) {
        buffer_add_text(out, i == 0 ? "[" : ", ");
        buffer_add_json_string(out, span_of(columns->names[i]));
    }
    buffer_add_byte(out, ']');
}

static void add_share(struct buffer *out, const cogmig_export_config *config)
{
    add_number(out, "limit", config->limit);
    add_text(out, "after", config->after);
    add_number(out, "shard", config->shard);
    add_number(out, "shards", config->shards);
}

void manifest_write(struct buffer *out, const cogmig_export_config *config,
                    const struct export_columns *columns, const char *table,
                    const cogmig_export_result *facts)
{
    add_text(out, "tool", "libcogmig");
    add_text(out, "version", cogmig_version());
    add_text(out, "format", format_of(config->format)->name);
    add_text(out, "table", table);
    add_columns(out, columns);
    add_share(out, config);
    add_text(out, "snapshot_at", facts->snapshot_at);
    add_number(out, "part", facts->part);
    add_name(out, "last_part");
    buffer_add_text(out, facts->last_part ? "true" : "false");
    add_text(out, "last_id", facts->last_id);
    add_number(out, "rows", facts->rows);
    add_number(out, "left_out", facts->left_out);
    add_number(out, "bytes", facts->bytes);
    add_text(out, "sha256", facts->sha256);
    buffer_add_text(out, "\n}\n");
}

/* ---- reading ---- */

static bool read_number(struct json_value root, const char *name, int64_t *ret_number)
{
    struct json_value value;
    return json_find(root, name, &value) && value.type == JSON_NUMBER &&
           json_integer(value, ret_number) && *ret_number >= 0;
}

/* As a text of at most size - 1 bytes. */
static bool read_text(struct json_value root, const char *name, char *out, size_t size)
{
    struct json_value value;
    if (!json_find(root, name, &value) || value.type != JSON_STRING || value.text.len > size + 1)
        return false;
    char decoded[256];
    size_t len = json_string_decode_into(value, decoded);
    if (len >= size)
        return false;
    memcpy(out, decoded, len);
    out[len] = '\0';
    return true;
}

static bool read_last_part(struct json_value root, bool *ret_last)
{
    struct json_value value;
    if (!json_find(root, "last_part", &value))
        return false;
    *ret_last = value.type == JSON_TRUE;
    return value.type == JSON_TRUE || value.type == JSON_FALSE;
}

static cogmig_status read_last_id(struct json_value root, char **ret_id)
{
    struct json_value value;
    if (!json_find(root, "last_id", &value) || value.type != JSON_STRING)
        return COGMIG_OK;
    *ret_id = memory_new(value.text.len);
    if (*ret_id == NULL)
        return COGMIG_OUT_OF_MEMORY;
    json_string_decode_into(value, *ret_id);
    return COGMIG_OK;
}

static bool read_facts(struct json_value root, cogmig_export_result *facts)
{
    int64_t part;
    if (!read_text(root, "sha256", facts->sha256, sizeof facts->sha256) ||
        !read_text(root, "snapshot_at", facts->snapshot_at, sizeof facts->snapshot_at) ||
        !read_number(root, "rows", &facts->rows) ||
        !read_number(root, "left_out", &facts->left_out) ||
        !read_number(root, "bytes", &facts->bytes) || !read_number(root, "part", &part) ||
        part > INT32_MAX || !read_last_part(root, &facts->last_part))
        return false;
    facts->part = (int32_t)part;
    return true;
}

cogmig_status manifest_read(struct span text, const struct export_format **ret_format,
                            cogmig_export_result *facts)
{
    struct json_value root;
    char format[32];
    if (!json_check(text, &root, NULL) || root.type != JSON_OBJECT || !read_facts(root, facts) ||
        !read_text(root, "format", format, sizeof format))
        return COGMIG_EXPORT_DAMAGED;
    *ret_format = format_named(span_of(format));
    return *ret_format == NULL ? COGMIG_EXPORT_DAMAGED : read_last_id(root, &facts->last_id);
}
