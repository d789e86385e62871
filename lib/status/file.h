/* SPDX-License-Identifier: Apache-2.0
 * A file that cannot be written, as a status and a sentence. */
#ifndef STATUS_FILE_H
#define STATUS_FILE_H

#include <cogmig/error.h>

/* COGMIG_DISK_FULL, COGMIG_OUT_OF_MEMORY or COGMIG_FILE_UNWRITABLE.
 *
 * reason  an errno */
cogmig_status fail_to_write(cogmig_error *err, const char *path, int reason);

#endif
