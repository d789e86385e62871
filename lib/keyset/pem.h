/* SPDX-License-Identifier: Apache-2.0
 * A public key in PEM, as the key endpoint of a load balancer answers: P-256 and nothing else. */
#ifndef KEYSET_PEM_H
#define KEYSET_PEM_H

#include "keyset/jwk.h"

/* ret_reason  why a document is returned as JWKS_NO_USABLE_KEY; static
 *
 * Errors: JWKS_NO_USABLE_KEY, OUT_OF_MEMORY, INTERNAL_ERROR. */
cogmig_status pem_read(struct span document, const char *kid, struct key *ret_key,
                       const char **ret_reason);

#endif
