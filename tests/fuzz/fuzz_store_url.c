/* SPDX-License-Identifier: Apache-2.0
 * Any DATABASE_URL. */
#include "base/memory.h"
#include "fuzz.h"

#include <cogmig/store.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cogmig_store_config *config = NULL;
    char *url = memory_copy_bytes((const char *)data, size);
    HOLDS(url != NULL && cogmig_store_config_new(&config, NULL) == COGMIG_OK);
    (void)cogmig_store_config_set_url(config, url, NULL);
    cogmig_store_config_free(&config);
    memory_free(url);
    return 0;
}
