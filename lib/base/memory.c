/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"

#include "base/public.h"

#include <cogmig/memory.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The size goes in front of the block, so that freeing can wipe all of it. */
struct header {
    _Alignas(max_align_t) size_t size;
};

static struct header *header_of(void *block)
{
    return (struct header *)block - 1;
}

void *memory_new(size_t size)
{
    if (size > SIZE_MAX - sizeof(struct header))
        return NULL;
    struct header *header = calloc(1, sizeof *header + size);
    if (header == NULL)
        return NULL;
    header->size = size;
    return header + 1;
}

void *memory_resize(void *block, size_t size)
{
    void *resized = memory_new(size);
    if (resized == NULL || block == NULL)
        return resized;
    size_t old = header_of(block)->size;
    memcpy(resized, block, old < size ? old : size);
    memory_free(block);
    return resized;
}

void memory_free(void *block)
{
    if (block == NULL)
        return;
    struct header *header = header_of(block);
    memory_wipe(block, header->size);
    free(header);
}

void memory_release(void *pointer_to_block)
{
    void *block;
    memcpy(&block, pointer_to_block, sizeof block);
    memory_free(block);
}

void memory_wipe(void *bytes, size_t size)
{
    explicit_bzero(bytes, size);
}

char *memory_copy_text(const char *text)
{
    return memory_copy_bytes(text, strlen(text));
}

char *memory_copy_bytes(const char *bytes, size_t len)
{
    char *copy = len == SIZE_MAX ? NULL : memory_new(len + 1);
    if (copy != NULL && len > 0)
        memcpy(copy, bytes, len);
    return copy;
}

COGMIG_PUBLIC void cogmig_free(void *buffer)
{
    memory_free(buffer);
}
