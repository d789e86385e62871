/* SPDX-License-Identifier: Apache-2.0 */
#include "migration/course.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "migration/response.h"
#include "password/password.h"
#include "store/store.h"

enum {
    MAX_USER_NAME = 2048
};

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

/* The answer to one user's row is a no; anything else is no answer at all. */
static bool is_about_one_user(cogmig_status lookup)
{
    return lookup == COGMIG_OK || lookup == COGMIG_USER_NOT_FOUND ||
           lookup == COGMIG_USER_AMBIGUOUS || lookup == COGMIG_STORE_ROW_INVALID;
}

static bool can_be_a_user_name(struct span name)
{
    return name.len > 0 && name.len <= MAX_USER_NAME && !span_contains_nul(name);
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
    return store_find_by_email(course->migration->store, email, course->deadline, &course->user,
                               err);
}

/* For forgot-password only the stored hash counts, and of it only whether it is locked. */
static void check_lock(struct course *course)
{
    if (course->user != NULL && password_is_locked(cogmig_user_password_hash(course->user)))
        course->facts.password = fail_plainly(&course->password_error, COGMIG_PASSWORD_LOCKED);
}

cogmig_status course_look_up(struct course *course, cogmig_error *err)
{
    cogmig_status status = ask_store(course);
    if (status == COGMIG_OK)
        status = response_check_attributes(&course->migration->config, course->user,
                                           &course->lookup_error);
    course->facts.lookup = status;
    course->facts.email_verified = status == COGMIG_OK && cogmig_user_email_verified(course->user);
    course->facts.disabled = status == COGMIG_OK && cogmig_user_disabled(course->user);
    if (!is_about_one_user(status) && status != COGMIG_ATTRIBUTE_INVALID) {
        error_copy(err, &course->lookup_error);
        return status;
    }
    if (!course_needs_hash(course))
        check_lock(course);
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

cogmig_status course_take_verdict(struct course *course, cogmig_status verdict, bool cut,
                                  cogmig_error *err)
{
    course->facts.password = verdict;
    course->facts.reset_wanted = cut && course->migration->config.reset_long_passwords;
    if (is_verdict(verdict))
        return COGMIG_OK;
    error_copy(err, &course->password_error);
    return verdict;
}

/* ---- the answer ---- */

static void explain_reset(cogmig_error *err)
{
    fail(err, COGMIG_PASSWORD_TOO_LONG,
         "The password matches in the 72 bytes that the legacy hasher read; it has more, so that "
         "the answer is a reset.");
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

cogmig_status course_answer(const struct course *course, char **ret_response, size_t *ret_len,
                            cogmig_error *err)
{
    struct decision decision = decide(&course->facts);
    bool yes = decision.answer != ANSWER_NO;
    cogmig_status status =
        yes ? response_yes(&course->migration->config, course->document, &course->event,
                           course->user, decision.answer, ret_response, ret_len, err)
            : response_no(course->document, ret_response, ret_len, err);
    if (status != COGMIG_OK || decision.reason == COGMIG_OK)
        return status;
    if (yes)
        explain_reset(err);
    else
        explain_no(course, decision.reason, err);
    return COGMIG_OK;
}

void course_release(struct course *course)
{
    event_release(&course->event);
    cogmig_user_free(&course->user);
}
