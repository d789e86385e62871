/* SPDX-License-Identifier: Apache-2.0
 * Jobs on their way in: what is refused, and what is accepted. */
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "engine/engine.h"
#include "store/store.h"

#include <inttypes.h>
#include <string.h>

enum {
    MAX_EMAIL = 2048
};

/* What every submission is given. */
struct submission {
    cogmig_engine *engine;
    int32_t deadline_ms;
    void *job_data;
    int64_t *ret_job;
    cogmig_error *err;
};

static cogmig_status check_submission(const struct submission *s)
{
    cogmig_error_clear(s->err);
    if (s->ret_job != NULL)
        *s->ret_job = 0;
    if (s->engine == NULL)
        return fail(s->err, COGMIG_INVALID_ARGUMENT, "engine is NULL.");
    if (!engine_is_of_this_process(s->engine))
        return fail_plainly(s->err, COGMIG_ENGINE_FORKED);
    if (s->deadline_ms < 0 || s->deadline_ms > ENGINE_MAX_DEADLINE_MS)
        return fail(s->err, COGMIG_INVALID_ARGUMENT,
                    "A job's deadline is 1 to %d milliseconds, or 0 for the engine's, not %" PRId32
                    ".",
                    ENGINE_MAX_DEADLINE_MS, s->deadline_ms);
    return COGMIG_OK;
}

static cogmig_status make_job(const struct submission *s, const struct job_kind *kind,
                              struct job **ret_job)
{
    struct job *job = job_new(kind);
    *ret_job = job;
    if (job == NULL)
        return fail_plainly(s->err, COGMIG_OUT_OF_MEMORY);
    cogmig_engine *engine = s->engine;
    job->deadline =
        deadline_in_ms(s->deadline_ms == 0 ? engine->config.deadline_ms : s->deadline_ms);
    job->rules = &engine->config.password_rules;
    job->usual_cost = &engine->usual_cost;
    job->verdict->job_data = s->job_data;
    return COGMIG_OK;
}

/* ---- into the engine ---- */

static cogmig_status check_room(const struct submission *s)
{
    const cogmig_engine *engine = s->engine;
    if (engine->draining)
        return fail_plainly(s->err, COGMIG_ENGINE_DRAINING);
    if (engine->accepted < (size_t)engine->config.max_jobs)
        return COGMIG_OK;
    return fail(s->err, COGMIG_ENGINE_BUSY,
                "The engine has its %" PRId32 " jobs; try again, or take up fewer at a time.",
                engine->config.max_jobs);
}

/* The cost of a sign-in's hash is not known before the look-up: the usual one stands for it. */
static cogmig_status check_time(const struct submission *s, const struct job *job)
{
    int32_t cost =
        job->kind->look_up == NULL ? job->check.job.cost : usual_cost_of(job->usual_cost);
    int64_t expected_ms = load_expected_ms(&s->engine->load, cost);
    int32_t left_ms = deadline_left_ms(job->deadline);
    if (expected_ms <= left_ms)
        return COGMIG_OK;
    return fail(s->err, COGMIG_DEADLINE_EXCEEDED,
                "With what waits before it, bcrypt of cost %" PRId32 " would take about %" PRId64
                " ms here, %" PRId32 " are left; give the engine more cores or the job more time.",
                cost, expected_ms, left_ms);
}

static void accept(const struct submission *s, struct job *job)
{
    cogmig_engine *engine = s->engine;
    engine->accepted++;
    engine->unfinished++;
    registry_add(&engine->registry, job);
    if (s->ret_job != NULL)
        *s->ret_job = job->number;
    if (job->kind->look_up == NULL) {
        worker_enqueue(engine, job);
        return;
    }
    queue_push(&engine->for_lookup, job);
    pthread_cond_signal(&engine->lookup_wanted);
}

static cogmig_status submit(const struct submission *s, struct job **job)
{
    pthread_mutex_lock(&s->engine->mutex);
    cogmig_status status = check_room(s);
    if (status == COGMIG_OK)
        status = check_time(s, *job);
    if (status == COGMIG_OK)
        accept(s, *job);
    pthread_mutex_unlock(&s->engine->mutex);
    if (status == COGMIG_OK)
        *job = NULL;
    return status;
}

/* ---- the three kinds ---- */

COGMIG_PUBLIC cogmig_status cogmig_engine_submit_password(cogmig_engine *engine,
                                                          const char *password, size_t password_len,
                                                          const char *stored, int32_t deadline_ms,
                                                          void *job_data, int64_t *ret_job,
                                                          cogmig_error *err)
{
    struct submission s = {engine, deadline_ms, job_data, ret_job, err};
    cogmig_status status = check_submission(&s);
    if (status != COGMIG_OK)
        return status;
    SCOPED(job_release) struct job *job = NULL;
    status = make_job(&s, &password_job, &job);
    if (status != COGMIG_OK)
        return status;
    if (!job_begin_check(job, (struct span){password, password_len}, stored)) {
        error_copy(err, &job->verdict->error);
        return job->verdict->status;
    }
    return submit(&s, &job);
}

static cogmig_status check_email(const char *email, cogmig_error *err)
{
    struct span text = {email, email == NULL ? 0 : strnlen(email, MAX_EMAIL + 1)};
    if (text.len == 0 || text.len > MAX_EMAIL || !span_is_utf8(text))
        return fail(err, COGMIG_INVALID_ARGUMENT, "The address is not 1 to %d bytes of UTF-8.",
                    MAX_EMAIL);
    return COGMIG_OK;
}

static cogmig_status fill_sign_in(struct job *job, cogmig_store *store, const char *email,
                                  struct span password, cogmig_error *err)
{
    job->store = store_hold(store);
    job->email = memory_copy_text(email);
    job->password = memory_copy_bytes(password.len == 0 ? "" : password.bytes, password.len);
    job->password_len = password.len;
    if (job->email == NULL || job->password == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_engine_submit_sign_in(cogmig_engine *engine, cogmig_store *store,
                                                         const char *email, const char *password,
                                                         size_t password_len, int32_t deadline_ms,
                                                         void *job_data, int64_t *ret_job,
                                                         cogmig_error *err)
{
    struct submission s = {engine, deadline_ms, job_data, ret_job, err};
    cogmig_status status = check_submission(&s);
    if (status != COGMIG_OK)
        return status;
    if (store == NULL || (password == NULL && password_len > 0))
        return fail(err, COGMIG_INVALID_ARGUMENT, "The store or the password is NULL.");
    status = check_email(email, err);
    if (status != COGMIG_OK)
        return status;
    SCOPED(job_release) struct job *job = NULL;
    status = make_job(&s, &sign_in_job, &job);
    if (status == COGMIG_OK)
        status = fill_sign_in(job, store, email, (struct span){password, password_len}, err);
    return status == COGMIG_OK ? submit(&s, &job) : status;
}

static cogmig_status fill_event(struct job *job, cogmig_migration *migration, struct span event,
                                cogmig_error *err)
{
    if (event.len > EVENT_MAX_BYTES)
        return fail_plainly(err, COGMIG_EVENT_TOO_LARGE);
    job->migration = migration_hold(migration);
    job->document = memory_copy_bytes(event.bytes, event.len);
    if (job->document == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    struct span document = {job->document, event.len};
    cogmig_status status = course_begin(&job->course, migration, document, job->deadline, err);
    job->deadline = job->course.deadline;
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_engine_submit_event(cogmig_engine *engine,
                                                       cogmig_migration *migration,
                                                       const char *event, size_t event_len,
                                                       int32_t deadline_ms, void *job_data,
                                                       int64_t *ret_job, cogmig_error *err)
{
    struct submission s = {engine, deadline_ms, job_data, ret_job, err};
    cogmig_status status = check_submission(&s);
    if (status != COGMIG_OK)
        return status;
    if (migration == NULL || event == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "migration and event must not be NULL.");
    SCOPED(job_release) struct job *job = NULL;
    status = make_job(&s, &event_job, &job);
    if (status == COGMIG_OK)
        status = fill_event(job, migration, (struct span){event, event_len}, err);
    return status == COGMIG_OK ? submit(&s, &job) : status;
}
