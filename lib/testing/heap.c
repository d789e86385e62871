/* SPDX-License-Identifier: Apache-2.0 */
#include "testing/heap.h"

#include <stdlib.h>
#include <string.h>

void *heap_new(size_t size)
{
    return calloc(1, size);
}

char *heap_join(const char *const *parts, size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++)
        len += strlen(parts[i]);
    char *joined = calloc(1, len + 1);
    if (joined == NULL)
        return NULL;
    char *end = joined;
    for (size_t i = 0; i < count; i++)
        end = stpcpy(end, parts[i]);
    return joined;
}

void heap_release(void *block)
{
    free(block);
}

void heap_release_variable(void *pointer_to_block)
{
    void *block;
    memcpy(&block, pointer_to_block, sizeof block);
    free(block);
}
