/* SPDX-License-Identifier: Apache-2.0
 * One job: what it needs on its way, and what each kind of job does at each step. */
#ifndef ENGINE_JOB_H
#define ENGINE_JOB_H

#include "base/clock.h"
#include "engine/verdict.h"
#include "migration/course.h"
#include "migration/usual_cost.h"
#include "password/check.h"

struct job;

/* The steps in which kinds of jobs differ. */
struct job_kind {
    /* Ask the store, then make the check. True: there is a hash to compute. False: the verdict has
     * its status. NULL for jobs that ask no store. */
    bool (*look_up)(struct job *job);

    /* The hash was computed and has its own verdict: write the job's. */
    void (*conclude)(struct job *job, cogmig_status password);
};

extern const struct job_kind password_job;
extern const struct job_kind sign_in_job;
extern const struct job_kind event_job;

enum job_state {
    JOB_WAITS_FOR_LOOKUP,
    JOB_WAITS_FOR_HASH,
    JOB_IS_WORKED_ON
};

struct job {
    const struct job_kind *kind;
    struct job *previous, *next; /* in a queue */
    int64_t number;
    enum job_state state;
    bool cancelled;
    struct deadline deadline;
    cogmig_verdict *verdict;

    const struct cogmig_password_rules *rules; /* the engine's */
    struct usual_cost *usual_cost;             /* the engine's */
    struct check check;
    int64_t hash_began_ns;

    /* sign_in_job */
    cogmig_store *store;
    char *email;
    char *password;
    size_t password_len;

    /* event_job */
    cogmig_migration *migration;
    char *document;
    struct course course;
};

/* NULL when memory is refused. */
struct job *job_new(const struct job_kind *kind);

/* Wipe and release; the verdict, unless it was taken away, too. */
void job_free(struct job *job);

void job_release(struct job **job);

/* Set the verdict's status and its message. */
void job_fail(struct job *job, cogmig_status status);

/* The hash's verdict is the job's. */
void job_take_verdict(struct job *job, cogmig_status password);

/* Make the check of a password by the engine's rules. False: the verdict has its status. */
bool job_begin_check(struct job *job, struct span password, const char *stored);

#endif
