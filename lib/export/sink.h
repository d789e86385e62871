/* SPDX-License-Identifier: Apache-2.0
 * Where the bytes of an export go, counted and digested on their way. */
#ifndef EXPORT_SINK_H
#define EXPORT_SINK_H

#include "adapters/openssl_sha256.h"
#include "base/new_file.h"

#include <cogmig/export.h>

/* One of them: path, write or descriptor. */
struct sink {
    const char *path; /* of the first part */
    cogmig_export_write_fn write;
    void *user_data;
    int descriptor;

    struct new_file file;
    char *part_path;
    struct running_sha256 *digest;
    int64_t part_bytes;
};

/* A file for the next part; the first is part 1. */
cogmig_status sink_begin_part(struct sink *sink, int32_t part, cogmig_error *err);
cogmig_status sink_write(struct sink *sink, struct span bytes, cogmig_error *err);

/* All bytes of the part are written. */
cogmig_status sink_finish_part(struct sink *sink, char ret_sha256[2 * OPENSSL_SHA256_BYTES + 1],
                               cogmig_error *err);

/* Put the part under its name, and then its manifest. */
cogmig_status sink_publish_part(struct sink *sink, struct span manifest, cogmig_error *err);

/* For SCOPED(): what was not published is removed. */
void sink_release(struct sink *sink);

/* The manifest's path, or NULL: no memory. */
char *sink_manifest_path(const char *path);

#endif
