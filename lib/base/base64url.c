/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64url.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>

enum {
    OUTSIDE = 64
};

/* clang-format off */
static const uint8_t value_of[256] = {
#define X OUTSIDE
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  62, X,  X,  52, 53, 54, 55, 56, 57, 58, 59, 60, 61, X,  X,  X,  X,  X,  X,  X,  0,
    1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
    23, 24, 25, X,  X,  X,  X,  63, X,  26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38,
    39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
    X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,  X,
#undef X
};
/* clang-format on */

size_t base64url_max_decoded(size_t text_len)
{
    return text_len / 4 * 3 + 3;
}

static uint32_t value(const char *text, size_t index)
{
    return value_of[(unsigned char)text[index]];
}

static bool decode_group(const char *text, unsigned char *out)
{
    uint32_t a = value(text, 0), b = value(text, 1), c = value(text, 2), d = value(text, 3);
    if ((a | b | c | d) & OUTSIDE)
        return false;
    uint32_t bits = a << 18 | b << 12 | c << 6 | d;
    out[0] = (unsigned char)(bits >> 16);
    out[1] = (unsigned char)(bits >> 8);
    out[2] = (unsigned char)bits;
    return true;
}

/* Two or three characters that are left; their unused bits must be zero. */
static bool decode_rest(const char *text, size_t len, unsigned char *out)
{
    uint32_t a = value(text, 0), b = value(text, 1);
    uint32_t c = len == 3 ? value(text, 2) : 0;
    if ((a | b | c) & OUTSIDE)
        return false;
    uint32_t bits = a << 10 | b << 4 | c >> 2;
    out[0] = (unsigned char)(bits >> 8);
    if (len == 2)
        return (b & 0xF) == 0;
    out[1] = (unsigned char)bits;
    return (c & 0x3) == 0;
}

/* ---- sixteen characters at a time ---- */

/* Vectors as gcc and clang have them for every processor. A comparison yields bytes of all ones. */
typedef int8_t sixteen_bytes __attribute__((vector_size(16)));
typedef uint16_t eight_pairs __attribute__((vector_size(16)));
typedef uint32_t four_groups __attribute__((vector_size(16)));

enum {
    CHUNK = 16
};

/* Scalars beside vectors stand for vectors of them. */
static sixteen_bytes between(sixteen_bytes text, int8_t first, int8_t last)
{
    return (text >= first) & (text <= last);
}

/* The values of the characters, and in ret_known all ones for each that has one. */
static sixteen_bytes values_of(sixteen_bytes text, sixteen_bytes *ret_known)
{
    sixteen_bytes upper = between(text, 'A', 'Z'), lower = between(text, 'a', 'z');
    sixteen_bytes digit = between(text, '0', '9');
    sixteen_bytes minus = text == '-', underscore = text == '_';
    *ret_known = upper | lower | digit | minus | underscore;
    return text + ((upper & (0 - 'A')) | (lower & (26 - 'a')) | (digit & (52 - '0')) |
                   (minus & (62 - '-')) | (underscore & (63 - '_')));
}

/* Each group of four values becomes 24 bits, the first value highest. */
static four_groups join(sixteen_bytes values)
{
    eight_pairs halves = (eight_pairs)values;
    four_groups pairs = (four_groups)((halves << 6 | halves >> 8) & 0xFFF);
    return (pairs << 12 | pairs >> 16) & 0xFFFFFF;
}

/* Two groups as six bytes, the first highest, and two more that are overwritten by what follows. */
static void put_pair(uint32_t first, uint32_t second, unsigned char *out)
{
    uint64_t bits = htobe64((uint64_t)first << 40 | (uint64_t)second << 16);
    memcpy(out, &bits, sizeof bits);
}

/* Writes two bytes beyond its twelve: base64url_max_decoded() has room for them. */
static bool decode_chunk(const char *text, unsigned char *out)
{
    sixteen_bytes characters, known;
    memcpy(&characters, text, CHUNK);
    four_groups groups = join(values_of(characters, &known));
    put_pair(groups[0], groups[1], out);
    put_pair(groups[2], groups[3], out + 6);
    uint64_t halves[2];
    memcpy(halves, &known, sizeof known);
    return (halves[0] & halves[1]) == UINT64_MAX;
}

/* ---- */

bool base64url_decode(struct span text, unsigned char *out, size_t *ret_len)
{
    size_t groups = text.len / 4, rest = text.len % 4;
    if (rest == 1)
        return false;
    size_t i = 0;
    for (; BYTE_ORDER == LITTLE_ENDIAN && i + 4 <= groups; i += 4)
        if (!decode_chunk(text.bytes + i * 4, out + i * 3))
            return false;
    for (; i < groups; i++)
        if (!decode_group(text.bytes + i * 4, out + i * 3))
            return false;
    if (rest > 0 && !decode_rest(text.bytes + groups * 4, rest, out + groups * 3))
        return false;
    *ret_len = groups * 3 + (rest > 0 ? rest - 1 : 0);
    return true;
}
