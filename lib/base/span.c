/* SPDX-License-Identifier: Apache-2.0 */
#include "base/span.h"

#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

struct span span_of(const char *text)
{
    return (struct span){text, text == NULL ? 0 : strlen(text)};
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct span span_trim(struct span s)
{
    while (s.len > 0 && is_blank(s.bytes[0])) {
        s.bytes++;
        s.len--;
    }
    while (s.len > 0 && is_blank(s.bytes[s.len - 1]))
        s.len--;
    return s;
}

bool span_equal(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.bytes, b.bytes, a.len) == 0);
}

bool span_equal_text(struct span a, const char *text)
{
    return span_equal(a, span_of(text));
}

static char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool span_equal_ascii_case(struct span a, struct span b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (ascii_lower(a.bytes[i]) != ascii_lower(b.bytes[i]))
            return false;
    return true;
}

bool span_starts_with(struct span s, const char *prefix)
{
    size_t len = strlen(prefix);
    return s.len >= len && memcmp(s.bytes, prefix, len) == 0;
}

bool span_contains_nul(struct span s)
{
    return s.len > 0 && memchr(s.bytes, '\0', s.len) != NULL;
}

static bool are_ascii(const char *eight_bytes)
{
    uint64_t bytes;
    memcpy(&bytes, eight_bytes, sizeof bytes);
    return (bytes & UINT64_C(0x8080808080808080)) == 0;
}

/* Eight bytes at a time, the last of them again where there are fewer: most text is ASCII. */
static size_t count_leading_ascii(struct span s)
{
    size_t at = 0;
    if (s.len < sizeof(uint64_t))
        return 0;
    for (; s.len - at >= sizeof(uint64_t); at += sizeof(uint64_t))
        if (!are_ascii(s.bytes + at))
            return at;
    return are_ascii(s.bytes + s.len - sizeof(uint64_t)) ? s.len : at;
}

bool span_is_utf8(struct span s)
{
    size_t at = count_leading_ascii(s);
    while (at < s.len) {
        bool is_ascii = (unsigned char)s.bytes[at] < 0x80;
        size_t length = is_ascii ? 1 : utf8_sequence_length(s.bytes + at, s.len - at);
        if (length == 0)
            return false;
        at += length;
    }
    return true;
}

size_t span_count_code_points(struct span s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.len; i++)
        count += ((unsigned char)s.bytes[i] & 0xC0) != 0x80;
    return count;
}
