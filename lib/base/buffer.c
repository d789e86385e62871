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

/* Is one of these eight bytes below the limit, of 1 to 128? */
static uint64_t any_below(uint64_t eight, unsigned char limit)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    return (eight - ones * limit) & ~eight & (ones << 7);
}

/* Where the next byte is that must be escaped, or the end. Eight at a time: most bytes need none.
 */
static size_t find_escape(struct span s, size_t at)
{
    const uint64_t quotes = UINT64_C(0x2222222222222222);
    const uint64_t backslashes = UINT64_C(0x5C5C5C5C5C5C5C5C);
    uint64_t eight;
    for (; s.len - at >= sizeof eight; at += sizeof eight) {
        memcpy(&eight, s.bytes + at, sizeof eight);
        if ((any_below(eight, 0x20) | any_below(eight ^ quotes, 1) |
             any_below(eight ^ backslashes, 1)) != 0)
            break;
    }
    while (at < s.len && !must_escape(s.bytes[at]))
        at++;
    return at;
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

/* The common case, in one piece. */
static void add_quoted(struct buffer *b, struct span s)
{
    if (!make_room(b, s.len + 2))
        return;
    char *end = b->bytes + b->len;
    *end++ = '"';
    if (s.len > 0)
        memcpy(end, s.bytes, s.len);
    end += s.len;
    *end++ = '"';
    *end = '\0';
    b->len += s.len + 2;
}

void buffer_add_json_string(struct buffer *b, struct span s)
{
    size_t plain = 0, found = find_escape(s, 0);
    if (found == s.len) {
        add_quoted(b, s);
        return;
    }
    buffer_add_byte(b, '"');
    for (; found < s.len; found = find_escape(s, plain)) {
        buffer_add(b, (struct span){s.bytes + plain, found - plain});
        add_escape(b, s.bytes[found]);
        plain = found + 1;
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
