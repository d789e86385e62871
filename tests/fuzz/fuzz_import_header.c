/* SPDX-License-Identifier: Apache-2.0
 * Any header of a pool's import: it is taken, with a field for each name, or refused in words. */
#include "base/memory.h"
#include "export/format.h"
#include "fuzz.h"
#include "status/error.h"

#include <string.h>

static const struct export_columns columns = {.count = 3,
                                              .names = {"id", "email", "emailVerified"},
                                              .sources = {0, 1, 2},
                                              .scan = {.count = 3, .skipped = NO_COLUMN}};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cogmig_error err = {.status = COGMIG_OK};
    char *header = memory_copy_bytes((const char *)data, size);
    HOLDS(header != NULL);
    struct layout layout = {
        .columns = &columns, .keys = buffer_with_max(4096), .cognito_header = header};
    if (cognito_csv_format.prepare(&layout, &err) == COGMIG_OK)
        HOLDS(layout.field_count > 0 && layout.field_count <= COGNITO_MAX_FIELDS);
    else
        HOLDS(err.message[0] != '\0');
    buffer_release(&layout.keys);
    memory_free(header);
    return 0;
}
