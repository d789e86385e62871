/* SPDX-License-Identifier: Apache-2.0
 * RSA public keys, for the files of this adapter. */
#ifndef ADAPTERS_OPENSSL_RSA_H
#define ADAPTERS_OPENSSL_RSA_H

#include "base/span.h"

#include <cogmig/status.h>
#include <openssl/evp.h>

/* As openssl_rsa_key_new(), without what RS256 has ready. */
cogmig_status openssl_rsa_public_key(struct span modulus, struct span exponent, EVP_PKEY **ret_key,
                                     const char **ret_reason);

#endif
