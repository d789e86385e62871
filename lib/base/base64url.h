/* SPDX-License-Identifier: Apache-2.0
 * base64url without padding (RFC 4648 section 5, RFC 7515 section 2), strictly: one text for one
 * sequence of bytes. */
#ifndef BASE_BASE64URL_H
#define BASE_BASE64URL_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

/* Room that the decoded bytes of a text may need. */
size_t base64url_max_decoded(size_t text_len);

/* Refused: padding, any other byte, a length that cannot be, unused bits that are not zero.
 *
 * out      at least base64url_max_decoded(text.len) bytes */
bool base64url_decode(struct span text, unsigned char *out, size_t *ret_len);

#endif
