/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>
#include <string.h>

static const char event[] =
    "{\"triggerSource\":\"UserMigration_Authentication\",\"userName\":\"" EMAIL "\","
    "\"request\":{\"password\":\"" PASSWORD "\"},\"response\":{}}";

int main(void)
{
    cogmig_store *store = open_store();
    cogmig_migration *migration = NULL;
    const size_t event_len = strlen(event);
    must(cogmig_migration_new(NULL, store, &migration, err));
    /* region: response */
    char *response = NULL;
    size_t len;
    if (cogmig_migration_handle(migration, event, event_len, &response, &len, err) == COGMIG_OK)
        fwrite(response, 1, len, stdout);
    cogmig_free(response);
    /* end region */
    cogmig_migration_free(&migration);
    cogmig_store_free(&store);
    return 0;
}
