/* SPDX-License-Identifier: Apache-2.0
 * The one place that allocates. Every block is wiped as it goes, so whatever held a secret needs
 * no further care. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

/* Zeroed memory, or NULL when refused. A size of 0 gives a block that may be freed. */
void *memory_new(size_t size);

/* A larger or smaller block with the same content; the old one is wiped and freed. On refusal NULL,
 * and the old block stays. */
void *memory_resize(void *block, size_t size);

/* Wipe and free. NULL is fine. */
void memory_free(void *block);

/* For SCOPED(memory_release) on any pointer variable. */
void memory_release(void *pointer_to_block);

/* Overwrite in a way that no compiler leaves out. */
void memory_wipe(void *bytes, size_t size);

/* A NUL-terminated copy, or NULL when refused. */
char *memory_copy_text(const char *text);
char *memory_copy_bytes(const char *bytes, size_t len);

#endif
