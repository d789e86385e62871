/* SPDX-License-Identifier: Apache-2.0 */
#include "worker.h"

#include "log.h"

#include <cogmig/memory.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    MAX_FAILURES = 3, /* in a row, of the runtime API */
    PAUSE_MS = 100,
    RESERVE_MS = 100 /* for the way of the answer to Lambda */
};

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* ---- one event ---- */

/* Cognito waits 5 seconds, the start of the function included. */
static int32_t budget_ms(const struct worker *worker, bool cold_start)
{
    int32_t ours = worker->crew->settings->deadline_ms - (cold_start ? worker->crew->start_ms : 0);
    int32_t lambdas = invocation_left_ms(&worker->invocation) - RESERVE_MS;
    return ours < lambdas ? ours : lambdas;
}

static cogmig_status refuse(cogmig_error *err, enum runtime_outcome how, const char *problem)
{
    cogmig_status status =
        how == RUNTIME_EVENT_TOO_LARGE ? COGMIG_EVENT_TOO_LARGE : COGMIG_EVENT_MALFORMED;
    cogmig_error_set(err, status, problem);
    return status;
}

static enum runtime_outcome send_answer(struct worker *worker, cogmig_status status,
                                        const char *response, size_t len)
{
    const char *id = worker->invocation.id;
    if (status != COGMIG_OK)
        return runtime_api_fail(worker->api, id);
    return runtime_api_respond(worker->api, id, response, len);
}

static enum runtime_outcome answer(struct worker *worker, enum runtime_outcome delivered)
{
    struct invocation *invocation = &worker->invocation;
    struct crew *crew = worker->crew;
    char *response = NULL;
    size_t len = 0;
    double began_ms = now_ms();
    bool cold_start = !atomic_exchange(&crew->had_an_event, true);
    cogmig_error_clear(worker->err);
    cogmig_status status =
        delivered == RUNTIME_DONE
            ? service_answer(crew->service, invocation_event(invocation), invocation->event_len,
                             budget_ms(worker, cold_start), &response, &len, worker->err)
            : refuse(worker->err, delivered, runtime_api_problem(worker->api));
    enum runtime_outcome sent = send_answer(worker, status, response, len);
    cogmig_free(response);
    log_event(&(struct log_event){crew->settings->function, invocation->id, status, worker->err,
                                  now_ms() - began_ms, cold_start});
    if (sent != RUNTIME_DONE)
        log_problem(invocation->id, runtime_api_problem(worker->api));
    return sent;
}

/* ---- one after the other ---- */

static void pause_ms(int ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
}

/* What the runtime API did with one invocation; RUNTIME_REFUSED concerns that one alone. */
static enum runtime_outcome serve_one(struct worker *worker)
{
    enum runtime_outcome outcome = runtime_api_next(worker->api, &worker->invocation);
    if (outcome == RUNTIME_FAILED)
        log_problem(NULL, runtime_api_problem(worker->api));
    if (outcome == RUNTIME_FAILED || outcome == RUNTIME_STOPPED)
        return outcome;
    return answer(worker, outcome);
}

/* The main thread waits for this signal to end the program. */
static void give_up(struct worker *worker)
{
    atomic_store(&worker->crew->gave_up, true);
    kill(getpid(), SIGTERM);
}

static void *serve(void *user_data)
{
    struct worker *worker = user_data;
    int failures = 0;
    enum runtime_outcome outcome;
    do {
        outcome = serve_one(worker);
        failures = outcome == RUNTIME_FAILED ? failures + 1 : 0;
        if (failures > 0)
            pause_ms(failures * PAUSE_MS);
    } while (outcome != RUNTIME_STOPPED && failures < MAX_FAILURES);
    if (outcome != RUNTIME_STOPPED)
        give_up(worker);
    return NULL;
}

static void release(struct worker *worker)
{
    runtime_api_free(worker->api);
    cogmig_error_free(&worker->err);
    invocation_release(&worker->invocation);
}

bool worker_start(struct worker *worker, struct crew *crew)
{
    *worker = (struct worker){.crew = crew, .api = runtime_api_new(crew->settings->runtime_api)};
    if (worker->api != NULL && cogmig_error_new(&worker->err) == COGMIG_OK &&
        pthread_create(&worker->thread, NULL, serve, worker) == 0)
        return true;
    release(worker);
    return false;
}

void worker_stop(struct worker *worker)
{
    runtime_api_stop(worker->api);
    pthread_join(worker->thread, NULL);
    release(worker);
}
