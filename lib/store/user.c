/* SPDX-License-Identifier: Apache-2.0 */
#include "store/user.h"

#include "base/memory.h"
#include "base/public.h"

#include <stddef.h>
#include <string.h>

COGMIG_PUBLIC void cogmig_user_free(cogmig_user **user)
{
    if (user == NULL || *user == NULL)
        return;
    memory_free((*user)->name);
    for (size_t i = 0; i < (*user)->attribute_count; i++) {
        memory_free((*user)->attributes[i].name);
        memory_free((*user)->attributes[i].value);
    }
    memory_free((*user)->attributes);
    memory_free(*user);
    *user = NULL;
}

COGMIG_PUBLIC const char *cogmig_user_id(const cogmig_user *user)
{
    return user == NULL ? NULL : user->id;
}

COGMIG_PUBLIC const char *cogmig_user_email(const cogmig_user *user)
{
    return user == NULL ? NULL : user->email;
}

COGMIG_PUBLIC const char *cogmig_user_name(const cogmig_user *user)
{
    return user == NULL ? NULL : user->name;
}

COGMIG_PUBLIC const char *cogmig_user_password_hash(const cogmig_user *user)
{
    return user == NULL ? NULL : user->password_hash;
}

COGMIG_PUBLIC bool cogmig_user_email_verified(const cogmig_user *user)
{
    return user != NULL && user->email_verified;
}

COGMIG_PUBLIC bool cogmig_user_disabled(const cogmig_user *user)
{
    return user != NULL && user->disabled;
}

COGMIG_PUBLIC const char *cogmig_user_created_at(const cogmig_user *user)
{
    return user == NULL ? NULL : user->created_at;
}

COGMIG_PUBLIC const char *cogmig_user_updated_at(const cogmig_user *user)
{
    return user == NULL ? NULL : user->updated_at;
}

COGMIG_PUBLIC const char *cogmig_user_attribute(const cogmig_user *user, const char *name)
{
    for (size_t i = 0; user != NULL && name != NULL && i < user->attribute_count; i++)
        if (strcmp(user->attributes[i].name, name) == 0)
            return user->attributes[i].value;
    return NULL;
}
