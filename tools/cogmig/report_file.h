/* SPDX-License-Identifier: Apache-2.0
 * A file that appears under its name only when it is whole, mode 0600, and replaces none. Until
 * then it stands beside that name, with .partial-… behind it; only a killed process leaves one of
 * those, which is in nobody's way. */
#ifndef COGMIG_TOOL_REPORT_FILE_H
#define COGMIG_TOOL_REPORT_FILE_H

#include <limits.h>
#include <stdio.h>

/* All zero: none, and to finish or drop it does nothing. */
struct report_file {
    FILE *stream;
    const char *path;
    char partial[PATH_MAX];
};

/* Both return 0 or what errno would be: EEXIST when the name is taken. */
int report_file_begin(struct report_file *file, const char *path);

/* On the disk and under its name, or not at all. */
int report_file_finish(struct report_file *file);

void report_file_drop(struct report_file *file);

#endif
