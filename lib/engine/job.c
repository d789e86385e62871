/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/job.h"

#include "base/memory.h"
#include "password/password.h"

struct job *job_new(const struct job_kind *kind)
{
    struct job *job = memory_new(sizeof *job);
    if (job == NULL)
        return NULL;
    job->kind = kind;
    job->verdict = memory_new(sizeof *job->verdict);
    if (job->verdict == NULL)
        job_release(&job);
    return job;
}

void job_free(struct job *job)
{
    cogmig_verdict_free(&job->verdict);
    cogmig_store_free(&job->store);
    memory_free(job->email);
    memory_free(job->password);
    course_release(&job->course);
    cogmig_migration_free(&job->migration);
    memory_free(job->document);
    memory_free(job);
}

void job_release(struct job **job)
{
    if (*job != NULL)
        job_free(*job);
    *job = NULL;
}

void job_fail(struct job *job, cogmig_status status)
{
    job->verdict->status = fail_plainly(&job->verdict->error, status);
}

void job_take_verdict(struct job *job, cogmig_status password)
{
    job->verdict->status = password;
    if (password == COGMIG_PASSWORD_MISMATCH)
        job_fail(job, password);
}

/* The cost of what will be computed: the hash's, or the usual one for a stand-in. */
static int32_t choose_cost(struct job *job, const char *stored)
{
    int32_t cost = password_cost(job->rules, stored);
    if (cost == 0)
        return usual_cost_of(job->usual_cost);
    usual_cost_note(job->usual_cost, cost);
    return cost;
}

bool job_begin_check(struct job *job, struct span password, const char *stored)
{
    cogmig_verdict *verdict = job->verdict;
    verdict->status = check_begin(&job->check, job->rules, password, stored,
                                  choose_cost(job, stored), &verdict->error);
    return verdict->status == COGMIG_OK;
}
