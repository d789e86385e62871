/* SPDX-License-Identifier: Apache-2.0
 * The migration as a Lambda function: events from the runtime API, answers to it. */
#include "log.h"
#include "settings.h"
#include "worker.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>

static int32_t running_ms(const struct timespec *since)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int32_t)((now.tv_sec - since->tv_sec) * 1000 +
                     (now.tv_nsec - since->tv_nsec) / 1000000);
}

/* Threads inherit the mask, so that signals wait until the main thread takes them. */
static sigset_t hold_signals(void)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    signal(SIGPIPE, SIG_IGN);
    return ends;
}

static int serve_until(const sigset_t *ends, struct crew *crew, struct worker *workers)
{
    int32_t started = 0;
    while (started < crew->settings->concurrency && worker_start(&workers[started], crew))
        started++;
    if (started == crew->settings->concurrency) {
        int number;
        sigwait(ends, &number);
    } else {
        log_problem(NULL, "Memory or a thread was refused.");
        atomic_store(&crew->gave_up, true);
    }
    while (started > 0)
        worker_stop(&workers[--started]);
    return atomic_load(&crew->gave_up) ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int serve(const sigset_t *ends, struct crew *crew)
{
    struct worker *workers = calloc((size_t)crew->settings->concurrency, sizeof *workers);
    if (workers == NULL)
        return EXIT_FAILURE;
    int code = serve_until(ends, crew, workers);
    free(workers);
    return code;
}

/* Lambda then starts the program anew, and fails the invocations that wait. */
static int fail_to_start(const struct settings *settings, const cogmig_error *err)
{
    log_no_start(err);
    struct runtime_api *api =
        settings->runtime_api == NULL ? NULL : runtime_api_new(settings->runtime_api);
    if (api != NULL && runtime_api_fail_init(api) != RUNTIME_DONE)
        log_problem(NULL, runtime_api_problem(api));
    runtime_api_free(api);
    return EXIT_FAILURE;
}

static int run(const sigset_t *ends, const struct timespec *began, cogmig_error *err)
{
    struct settings settings = {0};
    struct service service = {0};
    settings_fill_in();
    if (settings_read(&settings, err) != COGMIG_OK || service_open(&service, err) != COGMIG_OK)
        return fail_to_start(&settings, err);
    struct crew crew = {.settings = &settings, .service = &service, .start_ms = running_ms(began)};
    int code = serve(ends, &crew);
    service_close(&service);
    return code;
}

int main(void)
{
    struct timespec began;
    clock_gettime(CLOCK_MONOTONIC, &began);
    sigset_t ends = hold_signals();
    cogmig_error *err = NULL;
    if (cogmig_error_new(&err) != COGMIG_OK)
        return EXIT_FAILURE;
    int code = run(&ends, &began, err);
    cogmig_error_free(&err);
    return code;
}
