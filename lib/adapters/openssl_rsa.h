/* SPDX-License-Identifier: Apache-2.0
 * RSA public keys, for the files of this adapter. */
#ifndef ADAPTERS_OPENSSL_RSA_H
#define ADAPTERS_OPENSSL_RSA_H

#include "base/span.h"

#include <cogmig/status.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <stdbool.h>

/* Why an RSA public key of these numbers is not used; static. NULL where it is. */
const char *openssl_rsa_reason_against(struct span modulus, struct span exponent);

BIGNUM *openssl_number(struct span big_endian);

/* As openssl_rsa_key_new(), without what RS256 has ready; INTERNAL_ERROR may come of refused
 * memory.
 */
cogmig_status openssl_rsa_public_key(struct span modulus, struct span exponent, EVP_PKEY **ret_key,
                                     const char **ret_reason);

/* OpenSSL does not always tell that it was refused memory, and then fails like anything else. So
 * what it fails in is tried once more, and believed where this is true. */
bool openssl_has_memory(void);

#endif
