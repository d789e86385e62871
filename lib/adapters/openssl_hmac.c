/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/openssl_hmac.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

bool openssl_hmac_sha256(struct span key, struct span message,
                         unsigned char ret_digest[OPENSSL_HMAC_BYTES])
{
    if (key.len > INT_MAX)
        return false;
    /* As in openssl_sha256(): the thread's queue of errors is the host program's. */
    ERR_set_mark();
    bool made = HMAC(EVP_sha256(), key.bytes, (int)key.len, (const unsigned char *)message.bytes,
                     message.len, ret_digest, NULL) != NULL;
    ERR_pop_to_mark();
    return made;
}

void openssl_base64_of_hmac(const unsigned char digest[OPENSSL_HMAC_BYTES],
                            char out[OPENSSL_HMAC_BASE64_SIZE])
{
    EVP_EncodeBlock((unsigned char *)out, digest, OPENSSL_HMAC_BYTES);
}
