/* SPDX-License-Identifier: Apache-2.0
 * Any header line of Lambda's runtime API: the id that is kept can be a part of a path. */
#include "fuzz.h"
#include "invocation.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct invocation invocation = {.event = NULL};
    invocation_take_header(&invocation, (const char *)data, size);
    HOLDS(strlen(invocation.id) < INVOCATION_MAX_ID);
    HOLDS(strpbrk(invocation.id, "/.%?# \r\n") == NULL);
    HOLDS(invocation_left_ms(&invocation) >= 0);
    HOLDS(invocation_append(&invocation, (const char *)data, size) == COGMIG_OK);
    HOLDS(memcmp(invocation_event(&invocation), data, size) == 0);
    invocation_clear(&invocation);
    HOLDS(invocation.event_len == 0 && invocation.id[0] == '\0');
    invocation_release(&invocation);
    return 0;
}
