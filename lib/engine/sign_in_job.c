/* SPDX-License-Identifier: Apache-2.0
 * An address and a password against a store. */
#include "base/memory.h"
#include "engine/job.h"
#include "status/error.h"
#include "store/store.h"

/* There is a store that answers, but no row to let in: the time of a hash passes all the same. */
static bool is_about_one_user(cogmig_status lookup)
{
    return lookup == COGMIG_OK || lookup == COGMIG_USER_NOT_FOUND ||
           lookup == COGMIG_USER_AMBIGUOUS || lookup == COGMIG_STORE_ROW_INVALID;
}

static void forget_password(struct job *job)
{
    memory_free(job->password);
    job->password = NULL;
}

/* A failed look-up decides, whatever the check of its stand-in says; its message is kept. */
static bool begin_stand_in(struct job *job, cogmig_status lookup)
{
    struct cogmig_error why = job->verdict->error;
    if (!job_begin_check(job, (struct span){job->password, job->password_len}, NULL))
        return false;
    job->check.refusal = lookup;
    job->verdict->error = why;
    return true;
}

static bool begin_check(struct job *job, cogmig_status lookup)
{
    if (lookup != COGMIG_OK)
        return begin_stand_in(job, lookup);
    if (!job_begin_check(job, (struct span){job->password, job->password_len},
                         cogmig_user_password_hash(job->verdict->user)))
        return false;
    if (cogmig_user_disabled(job->verdict->user))
        job->check.refusal = fail_plainly(&job->verdict->error, COGMIG_USER_DISABLED);
    return true;
}

static bool look_up(struct job *job)
{
    cogmig_verdict *verdict = job->verdict;
    verdict->status =
        store_find_by_email(job->store, job->email, job->deadline, &verdict->user, &verdict->error);
    bool to_compute = is_about_one_user(verdict->status) && begin_check(job, verdict->status);
    forget_password(job);
    return to_compute;
}

const struct job_kind sign_in_job = {.look_up = look_up, .conclude = job_take_verdict};
