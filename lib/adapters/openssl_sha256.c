/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/openssl_sha256.h"

#include <openssl/err.h>
#include <openssl/evp.h>

bool openssl_sha256(struct span bytes, unsigned char ret_digest[OPENSSL_SHA256_BYTES])
{
    /* The host program's own OpenSSL calls must not find our errors in the queue of their thread.
     */
    ERR_set_mark();
    bool made = EVP_Digest(bytes.bytes, bytes.len, ret_digest, NULL, EVP_sha256(), NULL) == 1;
    ERR_pop_to_mark();
    return made;
}
