/* SPDX-License-Identifier: Apache-2.0
 * The scanner and jansson on one document: do both accept it, and read the same values?
 *
 * Where the two may differ:
 * - numbers beyond 64 bits or a double: jansson refuses them, the scanner leaves them to
 *   json_integer()
 * - U+0000 in a member's name: jansson cannot keep it, the scanner can
 * - nesting beyond 32 and more than 256 members: refused by the scanner alone
 * - a NUL byte right behind a number: jansson 2.14 skips it, the scanner never takes a NUL byte */
#ifndef BASE_JANSSON_COMPARISON_H
#define BASE_JANSSON_COMPARISON_H

#include "base/span.h"

enum comparison {
    BOTH_ACCEPT,
    BOTH_REFUSE,
    MAY_DIFFER,
    DIFFERENT
};

enum comparison compare_with_jansson(struct span document);

#endif
