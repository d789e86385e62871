/* SPDX-License-Identifier: Apache-2.0
 * What an export was, as its caller and its manifest are told. */
#ifndef EXPORT_RESULT_H
#define EXPORT_RESULT_H

#include "adapters/openssl_sha256.h"
#include "store/timestamp.h"

#include <cogmig/export.h>

struct cogmig_export_result {
    int64_t rows, left_out, bytes;
    int32_t part;
    bool last_part;
    char sha256[2 * OPENSSL_SHA256_BYTES + 1];
    char snapshot_at[TIMESTAMP_MAX_SIZE];
    char *last_id; /* NULL: none, or not in order */
};

#endif
