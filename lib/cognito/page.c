/* SPDX-License-Identifier: Apache-2.0 */
#include "cognito/page.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "status/error.h"

#include <string.h>

enum {
    MAX_USERS = 60, /* API reference, QueryLimitType */
    MAX_ATTRIBUTES = 200
};

static cogmig_status not_users(const char *why, cogmig_error *err)
{
    return fail(err, COGMIG_COGNITO_RESPONSE_INVALID, "Cognito's answer about users %s.", why);
}

/* Elements of an array; 0 for what is none. */
static size_t count_elements(struct json_value array)
{
    size_t count = 0;
    struct json_value element;
    if (array.type != JSON_ARRAY)
        return 0;
    for (struct json_cursor at = json_enter(array); json_next_element(&at, &element);)
        count++;
    return count;
}

static cogmig_status make_page(const struct answer *answer, size_t users, size_t attributes,
                               cogmig_cognito_page **ret_page, cogmig_error *err)
{
    SCOPED(page_release) cogmig_cognito_page *page = memory_new(sizeof *page);
    if (page == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    page->texts = text_block_new(answer->body.len);
    page->users = memory_new(users * sizeof *page->users);
    page->attributes = memory_new(attributes * sizeof *page->attributes);
    if (page->texts.bytes == NULL || page->users == NULL || page->attributes == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    *ret_page = page;
    page = NULL;
    return COGMIG_OK;
}

void page_release(cogmig_cognito_page **page)
{
    if (*page == NULL)
        return;
    text_block_release(&(*page)->texts);
    memory_free((*page)->users);
    memory_free((*page)->attributes);
    memory_free(*page);
    *page = NULL;
}

/* ---- one user ---- */

/* What is no text is not an attribute that is not there. */
static bool read_value(struct text_block *texts, struct json_value attribute,
                       const char **ret_value)
{
    struct json_value value;
    *ret_value = NULL;
    if (!json_find(attribute, "Value", &value) || value.type == JSON_NULL)
        return true;
    *ret_value = text_block_add(texts, value);
    return value.type == JSON_STRING;
}

/* to  room for as many as the array has */
static bool read_attributes(struct text_block *texts, struct json_value array, struct attribute *to)
{
    struct json_value element;
    if (array.type != JSON_ARRAY)
        return false;
    for (struct json_cursor at = json_enter(array); json_next_element(&at, &element); to++) {
        to->name = text_block_member(texts, element, "Name");
        if (to->name == NULL || !read_value(texts, element, &to->value))
            return false;
    }
    return true;
}

/* Takes the next of the page's places. */
static bool read_user(cogmig_cognito_page *page, struct json_value object, const char *member,
                      size_t *attributes_used)
{
    struct cogmig_cognito_user *user = &page->users[page->size++];
    struct json_value array, enabled;
    user->page = page;
    user->name = text_block_member(&page->texts, object, "Username");
    user->status = text_block_member(&page->texts, object, "UserStatus");
    user->enabled = json_find(object, "Enabled", &enabled) && enabled.type == JSON_TRUE;
    user->attributes = page->attributes + *attributes_used;
    if (json_find(object, member, &array)) {
        user->attribute_count = count_elements(array);
        *attributes_used += user->attribute_count;
        if (!read_attributes(&page->texts, array,
                             page->attributes + (*attributes_used - user->attribute_count)))
            return false;
    }
    if (user->status == NULL)
        user->status = "";
    return user->name != NULL;
}

cogmig_status page_read_user(const struct answer *answer, cogmig_cognito_page **ret_page,
                             cogmig_error *err)
{
    static const char member[] = "UserAttributes";
    SCOPED(page_release) cogmig_cognito_page *page = NULL;
    struct json_value array;
    size_t used = 0;
    size_t attributes = json_find(answer->root, member, &array) ? count_elements(array) : 0;
    if (attributes > MAX_ATTRIBUTES)
        return not_users("has too many attributes", err);
    cogmig_status status = make_page(answer, 1, attributes, &page, err);
    if (status != COGMIG_OK)
        return status;
    if (!read_user(page, answer->root, member, &used))
        return not_users("has a user without name or a malformed attribute", err);
    *ret_page = page;
    page = NULL;
    return COGMIG_OK;
}

/* ---- many ---- */

static const char attributes_of_listing[] = "Attributes";

static bool count_users(struct json_value users, size_t *ret_users, size_t *ret_attributes)
{
    struct json_value user, array;
    *ret_users = count_elements(users);
    *ret_attributes = 0;
    if (users.type != JSON_ARRAY || *ret_users > MAX_USERS)
        return false;
    for (struct json_cursor at = json_enter(users); json_next_element(&at, &user);)
        if (json_find(user, attributes_of_listing, &array))
            *ret_attributes += count_elements(array);
    return *ret_attributes <= MAX_USERS * MAX_ATTRIBUTES;
}

static bool read_users(cogmig_cognito_page *page, struct json_value users)
{
    struct json_value user;
    size_t used = 0;
    for (struct json_cursor at = json_enter(users); json_next_element(&at, &user);)
        if (!read_user(page, user, attributes_of_listing, &used))
            return false;
    return true;
}

/* Where it is no text, more may follow all the same: that is no last page. */
static bool read_next(cogmig_cognito_page *page, struct json_value root)
{
    static const char member[] = "PaginationToken";
    struct json_value next;
    if (!json_find(root, member, &next) || next.type == JSON_NULL)
        return true;
    page->next = text_block_add(&page->texts, next);
    if (page->next == NULL)
        return false;
    if (page->next[0] == '\0')
        page->next = NULL;
    return true;
}

cogmig_status page_read(const struct answer *answer, cogmig_cognito_page **ret_page,
                        cogmig_error *err)
{
    SCOPED(page_release) cogmig_cognito_page *page = NULL;
    struct json_value users;
    size_t user_count, attribute_count;
    if (!json_find(answer->root, "Users", &users) ||
        !count_users(users, &user_count, &attribute_count))
        return not_users("has no list \"Users\", or one that is too long", err);
    cogmig_status status = make_page(answer, user_count, attribute_count, &page, err);
    if (status != COGMIG_OK)
        return status;
    if (!read_users(page, users))
        return not_users("has a user without name or a malformed attribute", err);
    if (!read_next(page, answer->root))
        return not_users("has a \"PaginationToken\" that is no text", err);
    *ret_page = page;
    page = NULL;
    return COGMIG_OK;
}

/* ---- for the caller ---- */

COGMIG_PUBLIC void cogmig_cognito_user_free(cogmig_cognito_user **user)
{
    if (user == NULL || *user == NULL)
        return;
    cogmig_cognito_page *page = (*user)->page;
    page_release(&page);
    *user = NULL;
}

COGMIG_PUBLIC const char *cogmig_cognito_user_name(const cogmig_cognito_user *user)
{
    return user == NULL ? "" : user->name;
}

COGMIG_PUBLIC const char *cogmig_cognito_user_status(const cogmig_cognito_user *user)
{
    return user == NULL ? "" : user->status;
}

COGMIG_PUBLIC bool cogmig_cognito_user_enabled(const cogmig_cognito_user *user)
{
    return user != NULL && user->enabled;
}

COGMIG_PUBLIC const char *cogmig_cognito_user_attribute(const cogmig_cognito_user *user,
                                                        const char *name)
{
    for (size_t i = 0; user != NULL && name != NULL && i < user->attribute_count; i++)
        if (strcmp(user->attributes[i].name, name) == 0)
            return user->attributes[i].value;
    return NULL;
}

COGMIG_PUBLIC size_t cogmig_cognito_user_attribute_count(const cogmig_cognito_user *user)
{
    return user == NULL ? 0 : user->attribute_count;
}

COGMIG_PUBLIC const char *cogmig_cognito_user_attribute_name(const cogmig_cognito_user *user,
                                                             size_t index)
{
    return user == NULL || index >= user->attribute_count ? NULL : user->attributes[index].name;
}

COGMIG_PUBLIC size_t cogmig_cognito_page_size(const cogmig_cognito_page *page)
{
    return page == NULL ? 0 : page->size;
}

COGMIG_PUBLIC const cogmig_cognito_user *cogmig_cognito_page_user(const cogmig_cognito_page *page,
                                                                  size_t index)
{
    return page == NULL || index >= page->size ? NULL : &page->users[index];
}

COGMIG_PUBLIC const char *cogmig_cognito_page_next(const cogmig_cognito_page *page)
{
    return page == NULL ? NULL : page->next;
}
