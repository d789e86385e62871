/* SPDX-License-Identifier: Apache-2.0
 * A User Migration event. */
#include "engine/job.h"

static void answer(struct job *job)
{
    cogmig_verdict *verdict = job->verdict;
    verdict->status =
        course_answer(&job->course, &verdict->response, &verdict->response_len, &verdict->error);
}

static void take_verdict(struct job *job, cogmig_status password)
{
    cogmig_verdict *verdict = job->verdict;
    verdict->status =
        course_take_verdict(&job->course, password, verdict->password_cut, &verdict->error);
    if (verdict->status == COGMIG_OK)
        answer(job);
}

static bool begin_check(struct job *job)
{
    struct course *course = &job->course;
    cogmig_status status = check_begin(&job->check, &course->migration->config.password_rules,
                                       course->event.password, course_stored_hash(course),
                                       course_choose_cost(course), &course->password_error);
    if (status != COGMIG_OK)
        take_verdict(job, status);
    return status == COGMIG_OK;
}

static bool look_up(struct job *job)
{
    cogmig_verdict *verdict = job->verdict;
    verdict->status = course_look_up(&job->course, &verdict->error);
    if (verdict->status != COGMIG_OK)
        return false;
    if (course_needs_hash(&job->course))
        return begin_check(job);
    answer(job);
    return false;
}

static void conclude(struct job *job, cogmig_status password)
{
    if (password == COGMIG_PASSWORD_MISMATCH)
        fail_plainly(&job->course.password_error, password);
    take_verdict(job, password);
}

const struct job_kind event_job = {.look_up = look_up, .conclude = conclude};
