/* SPDX-License-Identifier: Apache-2.0 */
#include "migration/course.h"

#include "base/memory.h"
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
    cogmig_status status = migration_open_store(course->migration, course->deadline, &store, err);
    if (status != COGMIG_OK)
        return status;
    return store_find_by_email(store, email, course->deadline, ret_user, err);
}

cogmig_status course_look_up(struct course *course, cogmig_error *err)
{
    const struct handling *handling = course->event.handling;
    cogmig_status status = handling->ask == NULL ? COGMIG_OK : handling->ask(course, err);
    if (status == COGMIG_OK)
        cogmig_error_clear(err); /* what was found on the way is no reason for a no */
    return status;
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

/* What is wrong with a password that matches. */
static cogmig_status reason_for_reset(const struct course *course, bool cut)
{
    const cogmig_migration_config *config = &course->migration->config;
    if (cut && config->reset_long_passwords)
        return COGMIG_PASSWORD_TOO_LONG;
    if (!password_meets(config->password_min_length, config->password_classes,
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

/* Of other triggers than the migration's: what was tolerated is told. */
static void tell_outcome(struct course *course, cogmig_error *err)
{
    if (course->outcome == 0)
        course->outcome = COGMIG_MIGRATION_PASSED_THROUGH;
    if (course->lookup_error.status != COGMIG_OK)
        error_copy(err, &course->lookup_error);
}

cogmig_status course_answer(struct course *course, char **ret_response, size_t *ret_len,
                            cogmig_error *err)
{
    const struct handling *handling = course->event.handling;
    cogmig_status status = handling->answer == NULL
                               ? course_echo(course, ret_response, ret_len, err)
                               : handling->answer(course, ret_response, ret_len, err);
    if (status == COGMIG_OK && !event_migrates(&course->event))
        tell_outcome(course, err);
    return status;
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
