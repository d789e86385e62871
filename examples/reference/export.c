/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>

int main(void)
{
    /* region: to-file */
    cogmig_store_config *store = NULL;
    cogmig_export_config *config = NULL;
    cogmig_export_result *result = NULL;

    cogmig_store_config_new_from_env(&store, err);
    cogmig_export_config_new(&config, err);
    if (cogmig_export_to_file(config, store, "backups/users.json", &result, err) == COGMIG_OK)
        printf("%lld users\n", (long long)cogmig_export_result_rows(result));
    else
        fprintf(stderr, "%s\n", cogmig_error_message(err));
    cogmig_export_result_free(&result);
    cogmig_export_config_free(&config);
    cogmig_store_config_free(&store);
    /* end region */
    return 0;
}
