/* SPDX-License-Identifier: Apache-2.0
 * Users whom an export leaves out, one JSON object per line. */
#ifndef COGMIG_TOOL_EXPORT_REPORT_H
#define COGMIG_TOOL_EXPORT_REPORT_H

#include "report_file.h"

#include <cogmig/export.h>
#include <stdbool.h>
#include <stdint.h>

struct export_report {
    const char *path; /* NULL: none */
    int64_t lines;
    struct report_file file;
};

/* A new file, mode 0600; false with a message in the box. */
bool export_report_open(struct export_report *report, cogmig_error *err);

/* A cogmig_export_report_fn; user_data is a struct export_report. */
cogmig_status export_report_add(void *user_data, const char *id, const char *column,
                                const char *reason);

/* An export that left nobody out, or no part that is whole, leaves no report. False when it could
 * not be written. */
bool export_report_close(struct export_report *report, bool keep);

#endif
