/* SPDX-License-Identifier: Apache-2.0
 * Any JWKS document: what is accepted has keys, each with a kid. */
#include "fuzz.h"

#include <cogmig/keyset.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cogmig_keyset *keyset = NULL;
    if (cogmig_keyset_parse((const char *)data, size, &keyset, NULL) != COGMIG_OK) {
        HOLDS(keyset == NULL);
        return 0;
    }
    HOLDS(cogmig_keyset_size(keyset) > 0);
    for (size_t i = 0; i < cogmig_keyset_size(keyset); i++)
        HOLDS(cogmig_keyset_kid(keyset, i) != NULL);
    HOLDS(cogmig_keyset_kid(keyset, cogmig_keyset_size(keyset)) == NULL);
    cogmig_keyset_free(&keyset);
    return 0;
}
