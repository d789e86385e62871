/* SPDX-License-Identifier: Apache-2.0
 * UserMigration: yes or no. */
#include "base/cleanup.h"
#include "idmap/idmap.h"
#include "migration/hook.h"
#include "migration/response.h"
#include "migration/triggers.h"

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

cogmig_status user_answer(struct course *course, char **ret_response, size_t *ret_len,
                          cogmig_error *err)
{
    struct decision decision = decide(&course->facts);
    if (decision.answer == ANSWER_NO)
        return answer_no(course, decision.reason, ret_response, ret_len, err);
    return answer_yes(course, decision, ret_response, ret_len, err);
}
