/* SPDX-License-Identifier: Apache-2.0
 * UserMigration: who is to be migrated, as far as the store and the identity map know. */
#include "base/cleanup.h"
#include "base/memory.h"
#include "idmap/idmap.h"
#include "migration/response.h"
#include "migration/triggers.h"
#include "password/password.h"

/* The answer to one user's row is a no; anything else is no answer at all. */
static bool is_about_one_user(cogmig_status lookup)
{
    return lookup == COGMIG_OK || lookup == COGMIG_USER_NOT_FOUND ||
           lookup == COGMIG_USER_AMBIGUOUS || lookup == COGMIG_STORE_ROW_INVALID ||
           lookup == COGMIG_ATTRIBUTE_INVALID || lookup == COGMIG_USER_MIGRATED ||
           lookup == COGMIG_CALLER_REFUSED;
}

static bool can_be_a_user_name(struct span name)
{
    return name.len > 0 && name.len <= COURSE_MAX_USER_NAME && !span_contains_nul(name);
}

/* Where there is no row, the same question is asked of the name: it costs the same. */
static cogmig_status ask_map(struct course *course, const char *name)
{
    cogmig_idmap *map = course->migration->config.idmap;
    SCOPED(memory_release) char *sub = NULL;
    if (map == NULL)
        return COGMIG_OK;
    const char *legacy_id = course->user == NULL ? name : cogmig_user_id(course->user);
    struct cogmig_error said = {0};
    cogmig_status status = idmap_find(map, CACHE_SUB_OF, legacy_id, IDMAP_FRESH,
                                      idmap_deadline(map, course->deadline), &sub, &said);
    if (status != COGMIG_OK)
        error_copy(&course->lookup_error, &said);
    if (status != COGMIG_OK || course->user == NULL)
        return status;
    course->linked_sub = sub;
    sub = NULL;
    return COGMIG_OK;
}

static cogmig_status ask_store(struct course *course)
{
    struct span name = course->event.user_name;
    cogmig_error *err = &course->lookup_error;
    if (!can_be_a_user_name(name))
        return fail_plainly(err, COGMIG_USER_NOT_FOUND);
    SCOPED(memory_release) char *email = memory_copy_bytes(name.bytes, name.len);
    if (email == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    cogmig_status status = course_find_user(course, email, &course->user, err);
    if (!is_about_one_user(status))
        return status;
    cogmig_status in_map = ask_map(course, email);
    return in_map == COGMIG_OK ? status : in_map;
}

/* The name is not in the pool, or this would not be asked, and yet the user is linked: he was
 * deleted there, or has another name. */
static cogmig_status check_link(struct course *course)
{
    int32_t rule = course->migration->config.linked_users;
    bool proves_himself = course->event.trigger == TRIGGER_AUTHENTICATION;
    if (course->linked_sub == NULL || rule == COGMIG_LINKED_USERS_ALLOW ||
        (rule == COGMIG_LINKED_USERS_RELINK && proves_himself))
        return COGMIG_OK;
    return fail(&course->lookup_error, COGMIG_USER_MIGRATED,
                "The legacy id \"%.64s\" is linked to the sub \"%.64s\", so this user has migrated "
                "before; if that Cognito user is gone, unlink the two.",
                cogmig_user_id(course->user), course->linked_sub);
}

static cogmig_status find_user(struct course *course)
{
    cogmig_error *err = &course->lookup_error;
    cogmig_status status = caller_check(course, false, err);
    if (status == COGMIG_OK)
        status = ask_store(course);
    if (status == COGMIG_OK)
        status = response_check_attributes(&course->migration->config, course->user, err);
    return status == COGMIG_OK ? check_link(course) : status;
}

/* For forgot-password only the stored hash counts, and of it only whether it is locked. */
static void check_lock(struct course *course)
{
    if (course->user != NULL && password_is_locked(cogmig_user_password_hash(course->user)))
        course->facts.password = fail_plainly(&course->password_error, COGMIG_PASSWORD_LOCKED);
}

cogmig_status user_look_up(struct course *course, cogmig_error *err)
{
    cogmig_status status = find_user(course);
    course->facts.lookup = status;
    course->facts.email_verified = status == COGMIG_OK && cogmig_user_email_verified(course->user);
    course->facts.disabled = status == COGMIG_OK && cogmig_user_disabled(course->user);
    if (!is_about_one_user(status)) {
        error_copy(err, &course->lookup_error);
        return status;
    }
    if (!course_needs_hash(course))
        check_lock(course);
    return COGMIG_OK;
}
