/* SPDX-License-Identifier: Apache-2.0
 * Any manifest of an export: it is read, or no manifest, and never both. */
#include "base/memory.h"
#include "export/manifest.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct export_format *format = NULL;
    cogmig_export_result facts = {.last_id = NULL};
    cogmig_status status = manifest_read((struct span){(const char *)data, size}, &format, &facts);
    HOLDS(status == COGMIG_OK || status == COGMIG_EXPORT_DAMAGED);
    if (status == COGMIG_OK)
        HOLDS(format != NULL && facts.rows >= 0 && facts.bytes >= 0 && facts.part >= 0);
    memory_free(facts.last_id);
    return 0;
}
