/* SPDX-License-Identifier: Apache-2.0
 * Bytes that somebody else owns, and comparisons of them. */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>

struct span {
    const char *bytes;
    size_t len;
};

struct span span_of(const char *text); /* NULL gives an empty span */
struct span span_trim(struct span s);  /* without ASCII white space at both ends */
bool span_equal(struct span a, struct span b);
bool span_equal_text(struct span a, const char *text);
bool span_equal_ascii_case(struct span a, struct span b); /* A-Z equals a-z */
bool span_starts_with(struct span s, const char *prefix);
bool span_contains_nul(struct span s);

/* Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. */
bool span_is_utf8(struct span s);

/* How many code points; s is valid UTF-8. */
size_t span_count_code_points(struct span s);

#endif
