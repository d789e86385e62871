/* SPDX-License-Identifier: Apache-2.0
 * A worker pool for servers: passwords, sign-ins and trigger events in, verdicts out. */
#ifndef COGMIG_ENGINE_H
#define COGMIG_ENGINE_H

#include <cogmig/error.h>
#include <cogmig/migration.h>
#include <cogmig/password.h>
#include <cogmig/status.h>
#include <cogmig/store.h>
#include <cogmig/user.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What an engine is made from. */
typedef struct cogmig_engine_config cogmig_engine_config;

/* Threads that compute hashes, several at a time each, threads that ask stores, and the jobs
 * between them. A process that forks makes its engines after that: in the child of a fork every
 * call says ENGINE_FORKED. */
typedef struct cogmig_engine cogmig_engine;

/* What came of one job. Of NULL the status is INVALID_ARGUMENT, and there is nothing else. */
typedef struct cogmig_verdict cogmig_verdict;

/* ---- configuration ---- */

/* Make a configuration: a worker for each processor that is online, 2 threads for look-ups, at most
 * 1024 jobs, a deadline of 4000 ms, the usual password rules, verdicts by cogmig_engine_poll().
 *
 * ret_config  out: release it with cogmig_engine_config_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: any. Since: 1.0. */
cogmig_status cogmig_engine_config_new(cogmig_engine_config **ret_config, cogmig_error *err);

/* Release a configuration and set the caller's variable to NULL. NULL is fine.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
void cogmig_engine_config_free(cogmig_engine_config **config);

/* How many threads compute hashes. More than there are processors gain nothing; where a container's
 * quota is smaller than the machine, give the quota.
 *
 * workers  1 to 256
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_engine_config_set_workers(cogmig_engine_config *config, int32_t workers,
                                               cogmig_error *err);

/* How many threads ask stores. They wait rather than work; more of them than the stores have
 * connections (cogmig_store_config_set_max_connections()) wait for those.
 *
 * threads  1 to 256; 2 by default
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_engine_config_set_lookup_threads(cogmig_engine_config *config, int32_t threads,
                                                      cogmig_error *err);

/* How many jobs there may be at a time, from their submission until their verdict was handed out.
 *
 * max_jobs  1 to 1000000; 1024 by default
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_engine_config_set_max_jobs(cogmig_engine_config *config, int32_t max_jobs,
                                                cogmig_error *err);

/* How long a job may take when its submission does not say.
 *
 * deadline_ms  1 to 600000; 4000 by default
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_engine_config_set_deadline_ms(cogmig_engine_config *config,
                                                   int32_t deadline_ms, cogmig_error *err);

/* How passwords and sign-ins are verified; events follow their migration's rules.
 *
 * rules  in: copied; a pre-hash of theirs is called from the engine's threads
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_engine_config_set_password_rules(cogmig_engine_config *config,
                                                      const cogmig_password_rules *rules,
                                                      cogmig_error *err);

/* Takes a verdict. Called from one thread of the engine's own that does nothing else, for one
 * verdict after the other: a slow one holds up the verdicts behind it, but no hash and no look-up.
 * It may submit and cancel jobs; it must not drain or free the engine.
 *
 * user_data  as given to cogmig_engine_config_set_on_verdict()
 * verdict    borrowed, until the callback returns */
typedef void (*cogmig_verdict_fn)(void *user_data, const cogmig_verdict *verdict);

/* Have verdicts handed to this function, in place of cogmig_engine_poll().
 *
 * on_verdict  in: NULL for cogmig_engine_poll()
 * user_data   borrowed: must outlive every engine made from this configuration
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_engine_config_set_on_verdict(cogmig_engine_config *config,
                                                  cogmig_verdict_fn on_verdict, void *user_data,
                                                  cogmig_error *err);

/* ---- the engine ---- */

/* Make an engine and start its threads. They take no signals.
 *
 * config      in: copied; NULL for the defaults
 * ret_engine  out: release it with cogmig_engine_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY (threads refused count as memory), INTERNAL_ERROR.
 * Threads: any. Since: 1.0. */
cogmig_status cogmig_engine_new(const cogmig_engine_config *config, cogmig_engine **ret_engine,
                                cogmig_error *err);

/* Cancel what is there, wait for the threads to end, release the engine and set the caller's
 * variable to NULL. NULL is fine. With a callback every job that was accepted has had its verdict
 * before this returns; verdicts that were not polled are dropped. Hashes and look-ups that run are
 * waited for: drain first to have it over quickly. In the child of a fork nothing but the variable
 * is touched.
 *
 * Errors: none. Threads: any but that of the callback, after the last call on it. Since: 1.0. */
void cogmig_engine_free(cogmig_engine **engine);

/* Check a password against a stored hash.
 *
 * A job is accepted and gets exactly one verdict, or is refused here. It is refused when it could
 * not be done in time: its cost is known from the hash, the speed from the hashes before it, and so
 * is the work that waits. The password is copied and wiped as soon as it has been worked on.
 *
 * password, password_len, stored  in: as of cogmig_password_verify()
 * deadline_ms  1 to 600000, or 0 for the configuration's; a check whose turn comes too late is not
 *              begun, an answer that was reached all the same is given
 * job_data     for cogmig_verdict_job_data(); borrowed, never looked at
 * ret_job      out: the job's number, for cogmig_engine_cancel(); NULL when not wanted
 *
 * The verdict's status is what cogmig_password_rules_verify() returns, or DEADLINE_EXCEEDED or
 * JOB_CANCELLED.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, INTERNAL_ERROR, STOPPED_BY_CALLBACK, DEADLINE_EXCEEDED,
 * ENGINE_BUSY, ENGINE_DRAINING, ENGINE_FORKED. Threads: any. Since: 1.0. */
COGMIG_MUST_CHECK cogmig_status cogmig_engine_submit_password(
    cogmig_engine *engine, const char *password, size_t password_len, const char *stored,
    int32_t deadline_ms, void *job_data, int64_t *ret_job, cogmig_error *err);

/* Sign a user in: find the address in a store and check the password. For a user who does not exist
 * the same work is done, so that time does not tell; whether the answer to the outside world does
 * is up to you.
 *
 * store        in: counted, so that it may be freed before the verdict
 * email        in: 1 to 2048 bytes of UTF-8; copied
 * deadline_ms, job_data, ret_job  as of cogmig_engine_submit_password()
 *
 * The verdict's status is what cogmig_store_find_by_email() or cogmig_password_rules_verify()
 * returns, USER_DISABLED, DEADLINE_EXCEEDED or JOB_CANCELLED; COGMIG_OK, and then alone with the
 * user, when user and password are right.
 *
 * Errors: as cogmig_engine_submit_password(). Threads: any. Since: 1.0. */
COGMIG_MUST_CHECK cogmig_status cogmig_engine_submit_sign_in(
    cogmig_engine *engine, cogmig_store *store, const char *email, const char *password,
    size_t password_len, int32_t deadline_ms, void *job_data, int64_t *ret_job, cogmig_error *err);

/* Answer an event of any trigger, as cogmig_migration_handle() does.
 *
 * migration    in: counted, so that it may be freed before the verdict
 * event        in: JSON, at most 6 MiB; copied, and wiped before the verdict
 * deadline_ms  as of cogmig_engine_submit_password(); the migration's own deadline counts too
 * job_data, ret_job  as of cogmig_engine_submit_password()
 *
 * The verdict has the status, response and reason that cogmig_migration_handle() gives, or the
 * status DEADLINE_EXCEEDED or JOB_CANCELLED.
 *
 * Errors: as cogmig_engine_submit_password(), EVENT_MALFORMED, EVENT_TOO_LARGE, TRIGGER_UNKNOWN.
 * Threads: any. Since: 1.0. */
COGMIG_MUST_CHECK cogmig_status cogmig_engine_submit_event(cogmig_engine *engine,
                                                           cogmig_migration *migration,
                                                           const char *event, size_t event_len,
                                                           int32_t deadline_ms, void *job_data,
                                                           int64_t *ret_job, cogmig_error *err);

/* Cancel a job: its verdict is JOB_CANCELLED. One that waits has it at once, one that is worked on
 * as soon as its hash or look-up ends.
 *
 * Errors: INVALID_ARGUMENT, JOB_NOT_FOUND (there is none of that number, or it has its verdict),
 * ENGINE_FORKED. Threads: any. Since: 1.0. */
cogmig_status cogmig_engine_cancel(cogmig_engine *engine, int64_t job, cogmig_error *err);

/* Take no more jobs and wait until each that is there has its verdict, handed to the callback or
 * ready to be polled. What has none when the time is over is cancelled and waited for. Nothing ends
 * the draining.
 *
 * timeout_ms  0 to 600000; 0 cancels at once
 *
 * Errors: INVALID_ARGUMENT (also from the callback), DEADLINE_EXCEEDED (jobs were cancelled),
 * ENGINE_FORKED. Threads: any but that of the callback. Since: 1.0. */
cogmig_status cogmig_engine_drain(cogmig_engine *engine, int32_t timeout_ms, cogmig_error *err);

/* A file descriptor that is readable as long as verdicts wait to be polled: for poll(), epoll,
 * libuv, asyncio. Belongs to the engine: never read, write or close it. -1 for an engine with a
 * callback.
 *
 * Errors: none. Threads: any. Since: 1.0. */
int32_t cogmig_engine_fd(const cogmig_engine *engine);

/* Take the next verdict, without waiting. Call it until there is none.
 *
 * ret_verdict  out: release it with cogmig_verdict_free(); NULL with COGMIG_OK when none waits
 *
 * Errors: INVALID_ARGUMENT (also for an engine with a callback), ENGINE_FORKED.
 * Threads: any. Since: 1.0. */
cogmig_status cogmig_engine_poll(cogmig_engine *engine, cogmig_verdict **ret_verdict,
                                 cogmig_error *err);

/* ---- verdicts ---- */

/* Release a verdict that was polled and set the caller's variable to NULL. NULL is fine. It may
 * outlive its engine.
 *
 * Errors: none. Threads: any, after the last call on it. Since: 1.0. */
void cogmig_verdict_free(cogmig_verdict **verdict);

/* The number that the submission gave.
 *
 * Errors: none. Threads: any. Since: 1.0. */
int64_t cogmig_verdict_job(const cogmig_verdict *verdict);

/* The job_data that the submission was given.
 *
 * Errors: none. Threads: any. Since: 1.0. */
void *cogmig_verdict_job_data(const cogmig_verdict *verdict);

/* What came of it: see the submission.
 *
 * Errors: none. Threads: any. Since: 1.0. */
cogmig_status cogmig_verdict_status(const cogmig_verdict *verdict);

/* The error box of the job, never NULL: the message of a failure, and for an event what
 * cogmig_migration_handle() would say there. Borrowed from the verdict.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const cogmig_error *cogmig_verdict_error(const cogmig_verdict *verdict);

/* The user who signed in, NULL unless a sign-in's status is COGMIG_OK. Borrowed from the verdict.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const cogmig_user *cogmig_verdict_user(const cogmig_verdict *verdict);

/* Did the password match with bytes behind the 72nd that did not count? See
 * cogmig_password_rules_verify(). For an event: whatever the answer to it is.
 *
 * Errors: none. Threads: any. Since: 1.0. */
bool cogmig_verdict_password_cut(const cogmig_verdict *verdict);

/* The response to an event, NULL unless an event's status is COGMIG_OK. It repeats the event, and
 * with it the password; it is wiped with the verdict. Borrowed from the verdict.
 *
 * ret_len  out: bytes; NULL when not wanted
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_verdict_response(const cogmig_verdict *verdict, size_t *ret_len);

#ifdef __cplusplus
}
#endif

#endif
