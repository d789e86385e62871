/* SPDX-License-Identifier: Apache-2.0 */
#include "export_report.h"

#include "show.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool export_report_open(struct export_report *report, cogmig_error *err)
{
    if (report->path == NULL)
        return true;
    int descriptor = open(report->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    report->file = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (report->file != NULL)
        return true;
    char message[300];
    snprintf(message, sizeof message, "Cannot write the report %s: %s.", report->path,
             strerror(errno));
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
    json_dumpf(line, report->file, JSON_COMPACT);
    json_decref(line);
    fputc('\n', report->file);
    return ferror(report->file) == 0 ? COGMIG_OK : COGMIG_DISK_FULL;
}

bool export_report_close(struct export_report *report, bool keep)
{
    if (report->file == NULL)
        return true;
    bool written = fflush(report->file) == 0 && fsync(fileno(report->file)) == 0;
    fclose(report->file);
    report->file = NULL;
    if (!keep)
        unlink(report->path);
    return written;
}
