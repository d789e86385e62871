/* SPDX-License-Identifier: Apache-2.0 */
#include <cogmig/cogmig.h>
#include <stdio.h>

static int open_and_close(const cogmig_store_config *config)
{
    cogmig_store *store = NULL;
    /* region: message */
    cogmig_error *err = NULL;
    if (cogmig_error_new(&err) != COGMIG_OK)
        return 1;
    if (cogmig_store_open(config, &store, err) != COGMIG_OK)
        fprintf(stderr, "%s (%s)\n", cogmig_error_message(err), cogmig_error_upstream_code(err));
    cogmig_error_free(&err);
    /* end region */
    cogmig_store_free(&store);
    return 0;
}

int main(void)
{
    cogmig_store_config *config = NULL;
    if (cogmig_store_config_new(&config, NULL) != COGMIG_OK ||
        cogmig_store_config_set_url(config, "postgresql://u@127.0.0.1:1/app", NULL) != COGMIG_OK)
        return 1;
    int code = open_and_close(config);
    cogmig_store_config_free(&config);
    return code;
}
