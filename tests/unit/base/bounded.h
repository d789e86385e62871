/* SPDX-License-Identifier: Apache-2.0
 * A copy on the heap that ends exactly where its bytes end, so that a sanitizer or valgrind sees
 * the first byte read too far. */
#ifndef BASE_BOUNDED_H
#define BASE_BOUNDED_H

#include "base/span.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A literal that may hold NUL bytes. */
#define TEXT(literal) ((struct span){literal, sizeof(literal) - 1})

static inline struct span bounded_copy(struct span s)
{
    char *copy = malloc(s.len);
    if (copy != NULL && s.len > 0)
        memcpy(copy, s.bytes, s.len);
    return (struct span){copy, s.len};
}

static inline void bounded_release(struct span *s)
{
    free((char *)(uintptr_t)s->bytes);
}

#endif
