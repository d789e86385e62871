/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>

static cogmig_status print_it(void *user_data, const cogmig_difference *difference)
{
    (void)user_data;
    puts(cogmig_difference_kind_name(cogmig_difference_kind(difference)));
    return COGMIG_OK;
}

int main(void)
{
    const char *sub = SUB, *legacy_id = LEGACY_ID, *id = LEGACY_ID, *email = EMAIL, *name = NULL;
    bool email_verified = true, enabled = true, disabled = false;
    /* region: compare */
    cogmig_reconcile_config *config = NULL;
    cogmig_reconcile *reconcile = NULL;
    cogmig_reconcile_config_new(&config, err);
    cogmig_reconcile_config_set_on_difference(config, print_it, NULL, err);
    cogmig_reconcile_new(config, &reconcile, err);
    cogmig_reconcile_config_free(&config);

    /* for each user of the pool, each row of the store, each link of the map: */
    cogmig_reconcile_add_cognito_user(reconcile, sub, legacy_id, email, email_verified, name,
                                      enabled, err);
    cogmig_reconcile_add_store_user(reconcile, id, email, email_verified, name, disabled, err);
    cogmig_reconcile_add_link(reconcile, legacy_id, sub, err);

    if (cogmig_reconcile_compare(reconcile, err) == COGMIG_OK)
        printf("%llu of %llu migrated\n",
               (unsigned long long)cogmig_reconcile_count(reconcile, COGMIG_RECONCILE_MIGRATED),
               (unsigned long long)cogmig_reconcile_count(reconcile, COGMIG_RECONCILE_STORE_USERS));
    cogmig_reconcile_free(&reconcile);
    /* end region */
    return 0;
}
