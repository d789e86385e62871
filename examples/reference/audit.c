/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

/* region: count */
static cogmig_status count(void *user_data, const cogmig_audit_row *row)
{
    int64_t *without_password = user_data;
    *without_password += cogmig_audit_row_hash_kind(row) == NULL;
    return COGMIG_OK;
}

static int64_t users_without_password(void)
{
    int64_t without_password = 0;
    cogmig_store_config *config = NULL;
    if (cogmig_store_config_new_from_env(&config, err) == COGMIG_OK)
        cogmig_audit_read(config, NULL, NULL, count, &without_password, err);
    cogmig_store_config_free(&config);
    return without_password;
}
/* end region */

int main(void)
{
    check(users_without_password() == 1, "one user has no password");
    return 0;
}
