/* SPDX-License-Identifier: Apache-2.0
 * A file, whole. */
#ifndef BASE_READ_FILE_H
#define BASE_READ_FILE_H

#include "base/buffer.h"

/* Add all of it to the buffer, whose state says whether it had room. Returns 0 or an errno. */
int read_file(const char *path, struct buffer *content);

#endif
