/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/openssl.h"

#include <openssl/crypto.h>

bool openssl_equal(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}
