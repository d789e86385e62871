/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include <stdbool.h>

static bool within(unsigned char byte, unsigned char low, unsigned char high)
{
    return byte >= low && byte <= high;
}

/* RFC 3629 section 4: the second byte's range excludes overlong forms and surrogates. */
static bool second_byte_fits(unsigned char first, unsigned char second)
{
    switch (first) {
    case 0xE0:
        return within(second, 0xA0, 0xBF);
    case 0xED:
        return within(second, 0x80, 0x9F);
    case 0xF0:
        return within(second, 0x90, 0xBF);
    case 0xF4:
        return within(second, 0x80, 0x8F);
    default:
        return within(second, 0x80, 0xBF);
    }
}

static size_t length_by_first_byte(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (within(first, 0xC2, 0xDF))
        return 2;
    if (within(first, 0xE0, 0xEF))
        return 3;
    if (within(first, 0xF0, 0xF4))
        return 4;
    return 0;
}

size_t utf8_sequence_length(const char *bytes, size_t len)
{
    const unsigned char *b = (const unsigned char *)bytes;
    size_t length = len == 0 ? 0 : length_by_first_byte(b[0]);
    if (length <= 1)
        return length;
    if (length > len || !second_byte_fits(b[0], b[1]))
        return 0;
    for (size_t i = 2; i < length; i++)
        if (!within(b[i], 0x80, 0xBF))
            return 0;
    return length;
}

size_t utf8_encode(uint32_t code_point, char out[UTF8_MAX_SEQUENCE])
{
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        out[0] = (char)(0xC0 | (code_point >> 6));
        out[1] = (char)(0x80 | (code_point & 0x3F));
        return 2;
    }
    if (code_point < 0x10000) {
        out[0] = (char)(0xE0 | (code_point >> 12));
        out[1] = (char)(0x80 | ((code_point >> 6) & 0x3F));
        out[2] = (char)(0x80 | (code_point & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | (code_point >> 18));
    out[1] = (char)(0x80 | ((code_point >> 12) & 0x3F));
    out[2] = (char)(0x80 | ((code_point >> 6) & 0x3F));
    out[3] = (char)(0x80 | (code_point & 0x3F));
    return 4;
}
