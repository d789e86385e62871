/* SPDX-License-Identifier: Apache-2.0
 * What an export is to be. */
#ifndef EXPORT_CONFIG_H
#define EXPORT_CONFIG_H

#include "store/scan.h"

#include <cogmig/export.h>

enum {
    EXPORT_MAX_WANTED = SCAN_MAX_COLUMNS - SCAN_MAX_UNASKED
};

struct wanted_column {
    char *name;   /* in the export */
    char *column; /* as the caller names it */
};

struct cogmig_export_config {
    int32_t format;
    struct wanted_column columns[EXPORT_MAX_WANTED];
    size_t column_count;
    int64_t limit;
    char *after;
    int32_t shard, shards;
    int64_t part_rows;
    char *cognito_header; /* NULL: that of a pool without attributes of its own */
    bool cognito_mfa;
    bool formula_guard;
    cogmig_export_progress_fn progress;
    void *progress_data;
    cogmig_export_report_fn report;
    void *report_data;
};

#endif
