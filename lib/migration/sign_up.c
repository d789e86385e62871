/* SPDX-License-Identifier: Apache-2.0
 * PreSignUp: nobody registers with the address of a legacy user who has yet to migrate. Cognito
 * does not ask the migration trigger at a sign-up, so whoever came first would keep the user out,
 * or stand in for him. */
#include "base/cleanup.h"
#include "base/memory.h"
#include "idmap/idmap.h"
#include "migration/triggers.h"
#include "store/store.h"

#include <string.h>

static int32_t kind_of_sign_up(const struct event *event)
{
    if (strcmp(event->source, "PreSignUp_AdminCreateUser") == 0)
        return COGMIG_SIGN_UP_BY_ADMIN;
    if (strcmp(event->source, "PreSignUp_ExternalProvider") == 0)
        return COGMIG_SIGN_UP_BY_PROVIDER;
    return COGMIG_SIGN_UP_BY_USER;
}

static cogmig_status refuse(struct course *course, cogmig_error *err)
{
    course->outcome = COGMIG_MIGRATION_SIGN_UPS_REFUSED;
    return fail(err, COGMIG_SIGN_UP_REFUSED, "%s", course->migration->config.refusal);
}

/* Who has migrated is in the pool by his sub: the address is Cognito's to give. */
static cogmig_status refuse_unless_migrated(struct course *course, const cogmig_user *user,
                                            cogmig_error *err)
{
    cogmig_idmap *map = course->migration->config.idmap;
    SCOPED(memory_release) char *sub = NULL;
    cogmig_status status = COGMIG_OK;
    if (map != NULL)
        status = idmap_find(map, CACHE_SUB_OF, cogmig_user_id(user), IDMAP_FRESH,
                            idmap_deadline(map, course->deadline), &sub, err);
    if (status != COGMIG_OK || sub != NULL)
        return status;
    return refuse(course, err);
}

/* Rows that cannot be used, or several, are a legacy user's all the same. */
static bool is_somebody(cogmig_status lookup)
{
    return lookup == COGMIG_USER_AMBIGUOUS || lookup == COGMIG_STORE_ROW_INVALID;
}

static cogmig_status check_address(struct course *course, const char *address, cogmig_error *err)
{
    SCOPED(cogmig_user_free) cogmig_user *user = NULL;
    struct span trimmed = span_trim(span_of(address));
    if (trimmed.len == 0 || trimmed.len > COURSE_MAX_USER_NAME)
        return COGMIG_OK;
    SCOPED(memory_release) char *email = memory_copy_bytes(trimmed.bytes, trimmed.len);
    if (email == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    cogmig_status status = course_find_user(course, email, &user, err);
    if (status == COGMIG_OK)
        return refuse_unless_migrated(course, user, err);
    if (is_somebody(status))
        return refuse(course, err);
    if (status != COGMIG_USER_NOT_FOUND)
        return status;
    cogmig_error_clear(err);
    return COGMIG_OK;
}

/* A pool in which addresses are aliases may have one for a user name, too. */
static cogmig_status check_addresses(struct course *course, cogmig_error *err)
{
    static const char *const user_name_path[] = {"userName", NULL};
    SCOPED(memory_release) char *email = NULL;
    SCOPED(memory_release) char *user_name = NULL;
    cogmig_status status = event_attribute(&course->event, "email", &email, err);
    if (status == COGMIG_OK)
        status = event_text(&course->event, user_name_path, &user_name, err);
    if (status == COGMIG_OK && email != NULL)
        status = check_address(course, email, err);
    if (status == COGMIG_OK && user_name != NULL && strchr(user_name, '@') != NULL)
        status = check_address(course, user_name, err);
    return status;
}

cogmig_status sign_up_check(struct course *course, cogmig_error *err)
{
    const cogmig_migration_config *config = &course->migration->config;
    if ((config->guarded_sign_ups & kind_of_sign_up(&course->event)) == 0)
        return COGMIG_OK;
    struct cogmig_error said = {0};
    cogmig_status status = check_addresses(course, &said);
    if (status == COGMIG_OK)
        return COGMIG_OK;
    error_copy(err, &said);
    bool tolerated =
        config->guard_opens_in_outage && cogmig_status_kind(status) == COGMIG_KIND_UNAVAILABLE;
    return course_tolerate(course, status, tolerated, COGMIG_MIGRATION_SIGN_UPS_UNCHECKED, err);
}
