/* SPDX-License-Identifier: Apache-2.0 */
#include "export_report.h"

#include "show.h"

#include <string.h>

bool export_report_open(struct export_report *report, cogmig_error *err)
{
    if (report->path == NULL)
        return true;
    int failure = report_file_begin(&report->file, report->path);
    if (failure == 0)
        return true;
    char message[300];
    snprintf(message, sizeof message, "Cannot write the report %s: %s.", report->path,
             strerror(failure));
    cogmig_error_set(err, COGMIG_FILE_UNWRITABLE, message);
    return false;
}

cogmig_status export_report_add(void *user_data, const char *id, const char *column,
                                const char *reason)
{
    struct export_report *report = user_data;
    json_t *line = json_object();
    json_object_set_new(line, "id", text_or_null(id));
    json_object_set_new(line, "column", text_or_null(column));
    json_object_set_new(line, "reason", json_string(reason));
    json_dumpf(line, report->file.stream, JSON_COMPACT);
    json_decref(line);
    fputc('\n', report->file.stream);
    report->lines++;
    return ferror(report->file.stream) == 0 ? COGMIG_OK : COGMIG_DISK_FULL;
}

bool export_report_close(struct export_report *report, bool keep)
{
    if (keep)
        return report_file_finish(&report->file) == 0;
    report_file_drop(&report->file);
    return true;
}
