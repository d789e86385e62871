/* SPDX-License-Identifier: Apache-2.0
 * Did the holder of this key sign these bytes? */
#ifndef TOKEN_SIGNATURE_H
#define TOKEN_SIGNATURE_H

#include "keyset/jwk.h"

#include <cogmig/error.h>

struct token_signature {
    unsigned char bytes[RSA_MAX_SIGNATURE_BYTES + 3]; /* as base64url_max_decoded() asks */
    size_t len;
};

/* Errors: TOKEN_MALFORMED (not base64url), TOKEN_SIGNATURE_INVALID (longer than any). */
cogmig_status token_signature_read(struct span text, struct token_signature *ret_signature,
                                   cogmig_error *err);

/* algorithm  what the header says, which must be what the key is bound to
 *
 * Errors: TOKEN_ALGORITHM_REFUSED, TOKEN_SIGNATURE_INVALID, OUT_OF_MEMORY. */
cogmig_status token_signature_check(const struct token_signature *signature,
                                    struct span signed_bytes, uint32_t algorithm,
                                    const struct key *key, cogmig_error *err);

#endif
