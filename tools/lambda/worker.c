/* SPDX-License-Identifier: Apache-2.0 */
#include "worker.h"

#include "log.h"
#include "report.h"

#include <cogmig/memory.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    MAX_FAILURES = 3, /* in a row, of the runtime API */
    PAUSE_MS = 100,
    LEAST_MS = 500,
    RESERVE_MS = 100 /* for the way of the answer to Lambda */
};

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* ---- one event ---- */

/* Cognito waits 5 seconds, the start of the function included; but what needs no database is done
 * in no time, however long the start waited for one. */
static int32_t budget_ms(const struct worker *worker, bool cold_start)
{
    const struct crew *crew = worker->crew;
    int32_t ours = crew->settings->deadline_ms;
    if (cold_start)
        ours = ours - crew->start_ms > LEAST_MS ? ours - crew->start_ms : LEAST_MS;
    int32_t lambdas = invocation_left_ms(&worker->invocation) - RESERVE_MS;
    return ours < lambdas ? ours : lambdas;
}

static cogmig_status decide(struct worker *worker, int32_t within_ms, char **ret_response,
                            size_t *ret_len)
{
    struct service *service = worker->crew->service;
    const struct invocation *invocation = &worker->invocation;
    cogmig_error_clear(worker->err);
    if (invocation->fault != COGMIG_OK)
        return service_refuse(service, invocation->fault, runtime_api_problem(worker->api),
                              worker->err);
    return service_answer(service, invocation_event(invocation), invocation->event_len, within_ms,
                          ret_response, ret_len, worker->err);
}

static enum runtime_outcome send_report(struct worker *worker)
{
    char *report = report_of(worker->err);
    enum runtime_outcome sent =
        runtime_api_fail(worker->api, worker->invocation.id, report == NULL ? "{}" : report);
    free(report);
    return sent;
}

static void tell(struct worker *worker, cogmig_status status, double took_ms, bool cold_start)
{
    struct log_event event = {.function = worker->crew->settings->function,
                              .request_id = worker->invocation.id,
                              .status = status,
                              .err = worker->err,
                              .duration_ms = took_ms,
                              .cold_start = cold_start};
    service_take_counts(worker->crew->service, event.counts);
    log_event(&event);
}

static enum runtime_outcome answer(struct worker *worker)
{
    const char *id = worker->invocation.id;
    char *response = NULL;
    size_t len = 0;
    double began_ms = now_ms();
    bool cold_start = !atomic_exchange(&worker->crew->had_an_event, true);
    int32_t within_ms = budget_ms(worker, cold_start);
    cogmig_status status = decide(worker, within_ms, &response, &len);
    enum runtime_outcome sent = status == COGMIG_OK
                                    ? runtime_api_respond(worker->api, id, response, len)
                                    : send_report(worker);
    cogmig_free(response);
    tell(worker, status, now_ms() - began_ms, cold_start);
    if (sent != RUNTIME_DONE)
        log_problem(id, runtime_api_problem(worker->api));
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
    return answer(worker);
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
