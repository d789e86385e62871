/* SPDX-License-Identifier: Apache-2.0 */
#include "migration/course.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "idmap/idmap.h"
#include "migration/hook.h"
#include "migration/password_policy.h"
#include "migration/response.h"
#include "migration/triggers.h"
#include "password/password.h"
#include "store/store.h"

cogmig_status course_begin(struct course *course, cogmig_migration *migration, struct span document,
                           struct deadline deadline, cogmig_error *err)
{
    struct deadline own = deadline_in_ms(migration->config.deadline_ms);
    *course = (struct course){
        .migration = migration, .document = document, .deadline = deadline_earlier(deadline, own)};
    cogmig_status status = event_read(document, &course->event, err);
    course->facts.trigger = course->event.trigger;
    return status;
}

/* ---- the look-up ---- */

cogmig_status course_find_user(const struct course *course, const char *email,
                               cogmig_user **ret_user, cogmig_error *err)
{
    cogmig_store *store = NULL;
    cogmig_status status = migration_open_store(course->migration, &store, err);
    if (status != COGMIG_OK)
        return status;
    return store_find_by_email(store, email, course->deadline, ret_user, err);
}

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

static cogmig_status look_up_user(struct course *course, cogmig_error *err)
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

cogmig_status course_look_up(struct course *course, cogmig_error *err)
{
    switch (course->event.trigger) {
    case TRIGGER_SIGN_UP:
        return sign_up_check(course, err);
    case TRIGGER_SIGNED_IN:
        return signed_in_link(course, err);
    case TRIGGER_TOKEN:
        return token_find_legacy_id(course, err);
    case TRIGGER_OTHER:
        return COGMIG_OK;
    default:
        return look_up_user(course, err);
    }
}

cogmig_status course_tolerate(struct course *course, cogmig_status status, bool tolerated,
                              int32_t counter, cogmig_error *err)
{
    if (!tolerated)
        return status;
    course->outcome = counter;
    error_copy(&course->lookup_error, err);
    cogmig_error_clear(err);
    return COGMIG_OK;
}

/* ---- the password ---- */

bool course_needs_hash(const struct course *course)
{
    return course->event.trigger == TRIGGER_AUTHENTICATION;
}

const char *course_stored_hash(const struct course *course)
{
    return course->user == NULL ? NULL : cogmig_user_password_hash(course->user);
}

int32_t course_choose_cost(struct course *course)
{
    cogmig_migration *migration = course->migration;
    int32_t cost = password_cost(&migration->config.password_rules, course_stored_hash(course));
    if (cost == 0)
        return usual_cost_of(&migration->usual_cost);
    usual_cost_note(&migration->usual_cost, cost);
    return cost;
}

static bool is_verdict(cogmig_status status)
{
    return status != COGMIG_OUT_OF_MEMORY && status != COGMIG_INTERNAL_ERROR &&
           status != COGMIG_STOPPED_BY_CALLBACK;
}

/* Why a password that matches is not to be taken over. A weak one is, where no code could be sent:
 * Cognito takes it, and the user would be locked out. */
static cogmig_status reason_for_reset(const struct course *course, bool cut)
{
    const cogmig_migration_config *config = &course->migration->config;
    if (cut && config->reset_long_passwords)
        return COGMIG_PASSWORD_TOO_LONG;
    if (course->facts.email_verified &&
        !password_meets(config->password_min_length, config->password_classes,
                        course->event.password))
        return COGMIG_PASSWORD_TOO_WEAK;
    return COGMIG_OK;
}

cogmig_status course_take_verdict(struct course *course, cogmig_status verdict, bool cut,
                                  cogmig_error *err)
{
    course->facts.password = verdict;
    course->facts.reset = verdict == COGMIG_OK ? reason_for_reset(course, cut) : COGMIG_OK;
    if (is_verdict(verdict))
        return COGMIG_OK;
    error_copy(err, &course->password_error);
    return verdict;
}

/* ---- the answer ---- */

cogmig_status course_echo(const struct course *course, char **ret_response, size_t *ret_len,
                          cogmig_error *err)
{
    return response_no(course->document, ret_response, ret_len, err);
}

static void explain_reset(cogmig_status reason, cogmig_error *err)
{
    if (reason == COGMIG_PASSWORD_TOO_LONG)
        fail(err, reason,
             "The password matches in the 72 bytes that the legacy hasher read; it has more, so "
             "that the answer is a reset.");
    else
        fail_plainly(err, reason);
}

static void explain_no(const struct course *course, cogmig_status reason, cogmig_error *err)
{
    if (reason == course->lookup_error.status)
        error_copy(err, &course->lookup_error);
    else if (reason == course->password_error.status)
        error_copy(err, &course->password_error);
    else
        fail_plainly(err, reason);
}

static cogmig_status answer_no(struct course *course, cogmig_status reason, char **ret_response,
                               size_t *ret_len, cogmig_error *err)
{
    cogmig_status status = course_echo(course, ret_response, ret_len, err);
    if (status != COGMIG_OK)
        return status;
    course->outcome = COGMIG_MIGRATION_REFUSED;
    explain_no(course, reason, err);
    return COGMIG_OK;
}

/* The password has proved that the user is who the old link was for. */
static cogmig_status end_old_link(struct course *course, cogmig_error *err)
{
    const cogmig_migration_config *config = &course->migration->config;
    if (course->linked_sub == NULL || config->linked_users != COGMIG_LINKED_USERS_RELINK)
        return COGMIG_OK;
    cogmig_status status = idmap_unlink(config->idmap, cogmig_user_id(course->user),
                                        course->linked_sub, course->deadline, err);
    if (status != COGMIG_IDMAP_NOT_LINKED)
        return status;
    cogmig_error_clear(err); /* Cognito asks several times at once, and another one was quicker */
    return COGMIG_OK;
}

static cogmig_status write_yes(struct course *course, struct decision decision,
                               const cogmig_migration_answer *additions, char **ret_response,
                               size_t *ret_len, cogmig_error *err)
{
    cogmig_status status = end_old_link(course, err);
    if (status == COGMIG_OK)
        status = response_yes(&course->migration->config, course->document, &course->event,
                              course->user, decision.answer, additions, ret_response, ret_len, err);
    if (status != COGMIG_OK)
        return status;
    course->outcome =
        decision.answer == ANSWER_CONFIRM ? COGMIG_MIGRATION_CONFIRMED : COGMIG_MIGRATION_RESET;
    if (decision.reason != COGMIG_OK)
        explain_reset(decision.reason, err);
    return COGMIG_OK;
}

static cogmig_status answer_yes(struct course *course, struct decision decision,
                                char **ret_response, size_t *ret_len, cogmig_error *err)
{
    SCOPED(hook_release) cogmig_migration_answer additions = {.count = 0};
    struct cogmig_error said = {0};
    cogmig_status status =
        hook_ask(&course->migration->config, course->event.source, course->user, &additions, &said);
    if (status == COGMIG_OK)
        return write_yes(course, decision, &additions, ret_response, ret_len, err);
    if (status != COGMIG_HOOK_REFUSED) {
        error_copy(err, &said);
        return status;
    }
    course->lookup_error = said;
    return answer_no(course, status, ret_response, ret_len, err);
}

static cogmig_status answer_migration(struct course *course, char **ret_response, size_t *ret_len,
                                      cogmig_error *err)
{
    struct decision decision = decide(&course->facts);
    if (decision.answer == ANSWER_NO)
        return answer_no(course, decision.reason, ret_response, ret_len, err);
    return answer_yes(course, decision, ret_response, ret_len, err);
}

/* What was tolerated is told. */
static cogmig_status answer_other(struct course *course, char **ret_response, size_t *ret_len,
                                  cogmig_error *err)
{
    cogmig_status status = course->event.trigger == TRIGGER_TOKEN
                               ? token_answer(course, ret_response, ret_len, err)
                               : course_echo(course, ret_response, ret_len, err);
    if (status != COGMIG_OK)
        return status;
    if (course->outcome == 0)
        course->outcome = COGMIG_MIGRATION_PASSED_THROUGH;
    if (course->lookup_error.status != COGMIG_OK)
        error_copy(err, &course->lookup_error);
    return COGMIG_OK;
}

cogmig_status course_answer(struct course *course, char **ret_response, size_t *ret_len,
                            cogmig_error *err)
{
    bool migration = course->event.trigger == TRIGGER_AUTHENTICATION ||
                     course->event.trigger == TRIGGER_FORGOT_PASSWORD;
    return migration ? answer_migration(course, ret_response, ret_len, err)
                     : answer_other(course, ret_response, ret_len, err);
}

void course_release(struct course *course)
{
    if (course->migration != NULL)
        migration_count(course->migration,
                        course->outcome == 0 ? COGMIG_MIGRATION_FAILED : course->outcome);
    course->migration = NULL;
    event_release(&course->event);
    cogmig_user_free(&course->user);
    memory_free(course->linked_sub);
    memory_free(course->legacy_id);
    course->linked_sub = course->legacy_id = NULL;
}
