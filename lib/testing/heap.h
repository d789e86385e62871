/* SPDX-License-Identifier: Apache-2.0
 * The one place of libcogmig-testing that allocates. It has no part of libcogmig's inside. */
#ifndef TESTING_HEAP_H
#define TESTING_HEAP_H

#include <stddef.h>

/* Zeroed memory, or NULL when refused; released with heap_release(). */
void *heap_new(size_t size);

/* The parts behind one another, NUL-terminated, or NULL when refused. */
char *heap_join(const char *const *parts, size_t count);

void heap_release(void *block);

/* For SCOPED(heap_release_variable) on any pointer variable. */
void heap_release_variable(void *pointer_to_block);

#endif
