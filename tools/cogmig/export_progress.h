/* SPDX-License-Identifier: Apache-2.0
 * How far an export is, on a terminal. */
#ifndef COGMIG_TOOL_EXPORT_PROGRESS_H
#define COGMIG_TOOL_EXPORT_PROGRESS_H

#include <cogmig/export.h>

struct export_progress {
    double began_s;
    bool shown; /* a line that must be wiped */
};

struct export_progress export_progress_begin(void);

/* A cogmig_export_progress_fn, which an interruption ends; user_data is a struct export_progress.
 */
cogmig_status export_progress_show(void *user_data, int64_t rows, int64_t estimate);

void export_progress_end(struct export_progress *progress);

#endif
