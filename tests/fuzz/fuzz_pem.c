/* SPDX-License-Identifier: Apache-2.0
 * Any public key of a load balancer: what is accepted is one key for ES256. */
#include "fuzz.h"
#include "keyset/pem.h"

#include <string.h>

static const char kid[] = "12345678-1234-1234-1234-123456789abc";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct key key = {.kid_len = 0};
    const char *reason = NULL;
    cogmig_status status = pem_read((struct span){(const char *)data, size}, kid, &key, &reason);
    if (status == COGMIG_OK) {
        HOLDS(key.algorithm == SIGNATURE_ES256 && key.other != NULL && key.rsa == NULL);
        HOLDS(strcmp(key.kid, kid) == 0);
        jwk_release(&key);
    } else {
        HOLDS(status != COGMIG_JWKS_NO_USABLE_KEY || reason != NULL);
    }
    return 0;
}
