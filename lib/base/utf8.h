/* SPDX-License-Identifier: Apache-2.0
 * One code point in UTF-8 (RFC 3629). */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum {
    UTF8_MAX_SEQUENCE = 4
};

/* Bytes of the well-formed sequence at the start, 0 when there is none. */
size_t utf8_sequence_length(const char *bytes, size_t len);

/* Write one code point, which is no surrogate and at most U+10FFFF; returns its bytes. */
size_t utf8_encode(uint32_t code_point, char out[UTF8_MAX_SEQUENCE]);

#endif
