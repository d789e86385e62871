/* SPDX-License-Identifier: Apache-2.0
 * A JWKS document on disk. */
#ifndef KEYSET_FILE_H
#define KEYSET_FILE_H

#include "base/buffer.h"

#include <cogmig/error.h>

/* Read a whole file into a buffer of JWKS_MAX_BYTES.
 *
 * Errors: OUT_OF_MEMORY, FILE_UNREADABLE (upstream: errno), JWKS_MALFORMED (too large). */
cogmig_status jwks_file_read(const char *path, struct buffer *content, cogmig_error *err);

#endif
