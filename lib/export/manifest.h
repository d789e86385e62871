/* SPDX-License-Identifier: Apache-2.0
 * What lies beside each file of an export, so that it can be proved whole. */
#ifndef EXPORT_MANIFEST_H
#define EXPORT_MANIFEST_H

#include "base/buffer.h"
#include "export/columns.h"
#include "export/format.h"
#include "export/result.h"

enum {
    MANIFEST_MAX_BYTES = 256 * 1024
};

/* facts are those of one part. */
void manifest_write(struct buffer *out, const cogmig_export_config *config,
                    const struct export_columns *columns, const char *table,
                    const cogmig_export_result *facts);

/* OK, OUT_OF_MEMORY, or EXPORT_DAMAGED when the text is no manifest. last_id is a copy. */
cogmig_status manifest_read(struct span text, const struct export_format **ret_format,
                            cogmig_export_result *facts);

#endif
