/* SPDX-License-Identifier: Apache-2.0 */
#include "user_of_sub.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static cogmig_status take_name(void *user_data, const cogmig_cognito_page *page)
{
    char **name = user_data;
    if (*name == NULL && cogmig_cognito_page_size(page) > 0)
        *name = strdup(cogmig_cognito_user_name(cogmig_cognito_page_user(page, 0)));
    return COGMIG_OK;
}

/* NULL: nobody has this sub. What would end the filter's text is in no sub. */
static cogmig_status find_name(cogmig_cognito *cognito, const char *sub, char **ret_name,
                               cogmig_error *err)
{
    char filter[128];
    *ret_name = NULL;
    int len = snprintf(filter, sizeof filter, "sub = \"%s\"", sub);
    if (strpbrk(sub, "\"\\") != NULL || len < 0 || (size_t)len >= sizeof filter)
        return COGMIG_OK;
    cogmig_status status =
        cogmig_cognito_list_users(cognito, filter, NULL, take_name, ret_name, err);
    if (status == COGMIG_OK)
        return COGMIG_OK;
    free(*ret_name);
    *ret_name = NULL;
    return status;
}

cogmig_status user_of_sub(cogmig_cognito *cognito, const char *sub, cogmig_cognito_user **ret_user,
                          cogmig_error *err)
{
    char *name = NULL;
    cogmig_status status = cogmig_cognito_get_user(cognito, sub, ret_user, err);
    if (status != COGMIG_COGNITO_USER_NOT_FOUND)
        return status;
    status = find_name(cognito, sub, &name, err);
    if (status == COGMIG_OK && name != NULL) {
        status = cogmig_cognito_get_user(cognito, name, ret_user, err);
    } else if (status == COGMIG_OK) {
        status = COGMIG_COGNITO_USER_NOT_FOUND;
        cogmig_error_set(err, status, "The user pool has no user of this sub.");
    }
    free(name);
    return status;
}
