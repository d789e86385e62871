/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"

#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct buffer buffer_with_max(size_t max)
{
    return (struct buffer){.max = max < SIZE_MAX / 4 ? max : SIZE_MAX / 4};
}

static bool make_room(struct buffer *b, size_t more)
{
    if (b->state != BUFFER_GOOD)
        return false;
    if (more > b->max - b->len) {
        b->state = BUFFER_FULL;
        return false;
    }
    size_t needed = b->len + more + 1;
    if (needed <= b->capacity)
        return true;
    size_t capacity = needed < 128 ? 128 : needed + needed / 2;
    if (capacity > b->max + 1)
        capacity = b->max + 1;
    char *grown = memory_resize(b->bytes, capacity);
    if (grown == NULL) {
        b->state = BUFFER_REFUSED;
        return false;
    }
    b->bytes = grown;
    b->capacity = capacity;
    return true;
}

void buffer_add(struct buffer *b, struct span s)
{
    if (!make_room(b, s.len))
        return;
    if (s.len > 0)
        memcpy(b->bytes + b->len, s.bytes, s.len);
    b->len += s.len;
    b->bytes[b->len] = '\0';
}

void buffer_add_text(struct buffer *b, const char *text)
{
    buffer_add(b, span_of(text));
}

void buffer_add_byte(struct buffer *b, char byte)
{
    buffer_add(b, (struct span){&byte, 1});
}

void buffer_clear(struct buffer *b)
{
    b->len = 0;
    b->state = BUFFER_GOOD;
}

/* RFC 8259 section 7: quote, backslash and everything below U+0020 must be escaped. */
static bool must_escape(char c)
{
    return c == '"' || c == '\\' || (unsigned char)c < 0x20;
}

static void add_escape(struct buffer *b, char c)
{
    static const char named[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *found = c == '\0' ? NULL : strchr(named, c);
    char text[8];
    if (found != NULL)
        snprintf(text, sizeof text, "\\%c", letters[found - named]);
    else
        snprintf(text, sizeof text, "\\u%04x", (unsigned)(unsigned char)c);
    buffer_add_text(b, text);
}

void buffer_add_json_string(struct buffer *b, struct span s)
{
    buffer_add_byte(b, '"');
    size_t plain = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (!must_escape(s.bytes[i]))
            continue;
        buffer_add(b, (struct span){s.bytes + plain, i - plain});
        add_escape(b, s.bytes[i]);
        plain = i + 1;
    }
    buffer_add(b, (struct span){s.bytes + plain, s.len - plain});
    buffer_add_byte(b, '"');
}

char *buffer_take(struct buffer *b, size_t *ret_len)
{
    buffer_add(b, (struct span){"", 0}); /* an empty buffer is handed over as "" */
    if (b->state != BUFFER_GOOD) {
        buffer_release(b);
        return NULL;
    }
    char *bytes = b->bytes;
    if (ret_len != NULL)
        *ret_len = b->len;
    *b = buffer_with_max(b->max);
    return bytes;
}

void buffer_release(struct buffer *b)
{
    memory_free(b->bytes);
    *b = buffer_with_max(b->max);
}
