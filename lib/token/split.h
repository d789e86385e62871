/* SPDX-License-Identifier: Apache-2.0
 * The JWS compact form (RFC 7515 section 7.1): three parts between two dots. */
#ifndef TOKEN_SPLIT_H
#define TOKEN_SPLIT_H

#include "base/span.h"

#include <cogmig/error.h>

enum {
    TOKEN_MAX_BYTES = 16 * 1024
};

/* All in base64url still. */
struct token_parts {
    struct span header;
    struct span payload;
    struct span signature;    /* may be empty: the header says why */
    struct span signed_bytes; /* header, dot, payload */
};

/* Errors: TOKEN_TOO_LARGE, TOKEN_ENCRYPTED (the five parts of a JWE), TOKEN_MALFORMED. */
cogmig_status token_split(struct span token, struct token_parts *ret_parts, cogmig_error *err);

#endif
