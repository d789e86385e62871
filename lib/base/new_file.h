/* SPDX-License-Identifier: Apache-2.0
 * A file that appears under its name only when it is whole, mode 0600. Until then it stands beside
 * that name, with .partial-… behind it; only a killed process leaves one of those. */
#ifndef BASE_NEW_FILE_H
#define BASE_NEW_FILE_H

#include "base/span.h"

#include <stdbool.h>

/* Begins and ends as no_new_file. */
struct new_file {
    int folder;
    int descriptor;
    bool may_replace;
    char *name;
    char *temporary; /* NULL: nothing to remove */
};

extern const struct new_file no_new_file;

/* These return 0 or what errno would be: ENOMEM when memory is refused, EEXIST when the name is
 * taken (unless by a file that may be replaced). */
int new_file_begin(struct new_file *file, const char *path, bool may_replace);
int new_file_write(const struct new_file *file, struct span bytes);

/* On the disk and under its name, or not at all. */
int new_file_finish(struct new_file *file);

/* For SCOPED(): a file that was not finished is removed. */
void new_file_release(struct new_file *file);

#endif
