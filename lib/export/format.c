/* SPDX-License-Identifier: Apache-2.0 */
#include "export/format.h"

static const struct export_format *const formats[] = {
    [COGMIG_EXPORT_JSON] = &json_format,
    [COGMIG_EXPORT_NDJSON] = &ndjson_format,
    [COGMIG_EXPORT_CSV] = &csv_format,
    [COGMIG_EXPORT_COGNITO_CSV] = &cognito_csv_format,
};

const struct export_format *format_of(int32_t format)
{
    return formats[format];
}

const struct export_format *format_named(struct span name)
{
    for (size_t i = COGMIG_EXPORT_JSON; i < sizeof formats / sizeof formats[0]; i++)
        if (span_equal_text(name, formats[i]->name))
            return formats[i];
    return NULL;
}

struct span time_text(int64_t unix_ms, char digits[TIMESTAMP_MAX_SIZE])
{
    if (unix_ms == TIME_INFINITE || unix_ms == TIME_MINUS_INFINITE)
        return span_of(unix_ms == TIME_INFINITE ? "infinity" : "-infinity");
    return (struct span){digits, timestamp_write(unix_ms, digits)};
}
