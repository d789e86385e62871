/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>

int main(void)
{
    const char *legacy_id = LEGACY_ID;
    cogmig_store *store = open_store();
    /* region: show */
    cogmig_user *user = NULL;
    if (cogmig_store_find_by_id(store, legacy_id, &user, err) == COGMIG_OK)
        printf("%s is %s\n", cogmig_user_id(user), cogmig_user_email(user));
    cogmig_user_free(&user);
    /* end region */
    cogmig_store_free(&store);
    return 0;
}
