/* SPDX-License-Identifier: Apache-2.0
 * The JOSE header (RFC 7515 section 4): which key, and nothing that we do not do. */
#ifndef TOKEN_HEADER_H
#define TOKEN_HEADER_H

#include "base/json.h"

#include <cogmig/error.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    HEADER_MAX_BYTES = 4096 /* decoded; Cognito's have about 80 */
};

struct token_header {
    unsigned char bytes[HEADER_MAX_BYTES + 3]; /* as base64url_max_decoded() asks */
    uint32_t algorithm;                        /* one of SIGNATURE_* */
    struct json_value object;                  /* all of it, within bytes */
    struct json_value kid;  /* a JSON_STRING within bytes, of 1 to KID_MAX_BYTES */
    bool access_token_type; /* typ is at+jwt (RFC 9068) */
};

/* algorithms  that are accepted, SIGNATURE_*
 *
 * Errors: TOKEN_MALFORMED (not base64url), TOKEN_TOO_LARGE, TOKEN_HEADER_INVALID,
 * TOKEN_ALGORITHM_REFUSED, TOKEN_CRITICAL_REFUSED, TOKEN_TYPE_REFUSED. */
cogmig_status token_header_read(struct span text, uint32_t algorithms,
                                struct token_header *ret_header, cogmig_error *err);

#endif
