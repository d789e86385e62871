/* SPDX-License-Identifier: Apache-2.0
 * A growable run of bytes that is made with its maximum. */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

enum buffer_state {
    BUFFER_GOOD,
    BUFFER_FULL,   /* an addition went over the maximum */
    BUFFER_REFUSED /* an allocation was refused */
};

/* After a failed addition all later ones do nothing, so one check at the end is enough. */
struct buffer {
    char *bytes; /* NUL-terminated once anything was added */
    size_t len;
    size_t capacity;
    size_t max;
    enum buffer_state state;
};

struct buffer buffer_with_max(size_t max);
void buffer_add(struct buffer *b, struct span s);
void buffer_add_text(struct buffer *b, const char *text);
void buffer_add_byte(struct buffer *b, char byte);

/* Empty again, with the memory that it has. A failure is forgotten. */
void buffer_clear(struct buffer *b);

/* As a JSON string with its quotes; s is valid UTF-8. */
void buffer_add_json_string(struct buffer *b, struct span s);

/* Hand the bytes over: NUL-terminated, released with memory_free(). NULL after a failure. The
 * buffer is empty afterwards. */
char *buffer_take(struct buffer *b, size_t *ret_len);

void buffer_release(struct buffer *b);

#endif
