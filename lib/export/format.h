/* SPDX-License-Identifier: Apache-2.0
 * How users are written down. */
#ifndef EXPORT_FORMAT_H
#define EXPORT_FORMAT_H

#include "base/buffer.h"
#include "export/columns.h"
#include "store/timestamp.h"

/* Why a row cannot be written; reason is NULL when it can. */
struct refusal {
    const char *column; /* NULL: the row as a whole */
    const char *reason;
};

/* One column of Cognito's import. */
struct cognito_field {
    struct span name;
    size_t column; /* of the export; NO_COLUMN: none fills it */
    const char *(*add)(struct buffer *out, const struct scan_value *value);
};

enum {
    COGNITO_MAX_FIELDS = 128 /* the standard ones and the 50 of its own that a pool may have */
};

/* What all rows of one export have in common. */
struct layout {
    const struct export_columns *columns;
    struct buffer keys; /* of JSON objects, one behind the other */
    size_t key_ends[SCAN_MAX_COLUMNS];
    int64_t now_unix_ms; /* of the snapshot */
    bool formula_guard;
    bool cognito_mfa;
    const char *cognito_header; /* NULL: the usual one */
    struct cognito_field fields[COGNITO_MAX_FIELDS];
    size_t field_count;
};

struct export_format {
    const char *name;
    const char *before_first, *between, *after_last; /* of rows */
    int64_t max_rows, max_bytes;                     /* of one file; 0: any */

    cogmig_status (*prepare)(struct layout *layout, cogmig_error *err);   /* NULL: nothing to */
    void (*add_opening)(struct buffer *out, const struct layout *layout); /* NULL: none */
    void (*add_row)(struct buffer *out, const struct layout *layout,
                    const struct scan_value *values, struct refusal *refusal);

    /* Counts what was read so far; state begins as 0. */
    void (*count_rows)(struct span bytes, int64_t *rows, int *state);
};

/* format is COGMIG_EXPORT_*. */
const struct export_format *format_of(int32_t format);
const struct export_format *format_named(struct span name);

/* A time as its digits, or infinity and -infinity as PostgreSQL has them. */
struct span time_text(int64_t unix_ms, char digits[TIMESTAMP_MAX_SIZE]);

extern const struct export_format json_format;
extern const struct export_format ndjson_format;
extern const struct export_format csv_format;
extern const struct export_format cognito_csv_format;

#endif
