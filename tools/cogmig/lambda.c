/* SPDX-License-Identifier: Apache-2.0
 * cogmig lambda --local: the Lambda function without Lambda. */
#include "failure.h"
#include "lambda_api.h"
#include "number.h"
#include "verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

const char help_lambda[] =
    "cogmig lambda --local [options] [PROGRAM [ARGUMENT...]]\n"
    "\n"
    "Runs the Lambda function on this machine: plays Lambda's runtime API for PROGRAM (the\n"
    "bootstrap of the package that ./dev lambda makes), starts it, and takes calls as Lambda's\n"
    "invoke API does, so that an emulator of Cognito or curl can drive it:\n"
    "\n"
    "  curl -d @event.json http://127.0.0.1:9001/2015-03-31/functions/cogmig/invocations\n"
    "\n"
    "The address is the first line on standard output; what PROGRAM prints follows it. PROGRAM\n"
    "has the environment of this command. It is started anew when it ended, and killed when an\n"
    "invocation has had its time, as Lambda does. Without PROGRAM, start one yourself with\n"
    "AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001. Nothing but this machine can connect.\n"
    "\n"
    "  --port N           instead of 9001; 0 takes any that is free\n"
    "  --timeout-ms N     for one invocation, 1 to 60000, instead of 5000\n";

enum {
    DEFAULT_PORT = 9001,
    MAX_PORT = 65535,
    DEFAULT_TIMEOUT_MS = 5000,
    MAX_TIMEOUT_MS = 60000,
    END_PATIENCE_MS = 3000,
    POLLED = LAMBDA_MAX_CONNECTIONS + 2 /* the listener, the clients, the signals */
};

struct runner {
    struct lambda_api api;
    char **program; /* NULL: somebody else starts it */
    pid_t child;    /* 0: none */
    int signals;    /* a descriptor */
    bool ends;
    int code; /* to exit with */
};

/* ---- the function's process ---- */

/* report  a descriptor that execvp() closes */
static void become_program(const struct runner *runner, int report)
{
    char address[32];
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    snprintf(address, sizeof address, "127.0.0.1:%" PRId32, runner->api.port);
    setenv("AWS_LAMBDA_RUNTIME_API", address, 1);
    setenv("AWS_LAMBDA_FUNCTION_NAME", "cogmig", 0);
    execvp(runner->program[0], runner->program);
    int reason = errno;
    _exit(write(report, &reason, sizeof reason) == (ssize_t)sizeof reason ? EXIT_FAILURE : 127);
}

/* 0, or the errno of the child that could not become the program. */
static int await_start(pid_t child, int report)
{
    int reason = 0;
    if (read(report, &reason, sizeof reason) != (ssize_t)sizeof reason)
        return 0;
    waitpid(child, NULL, 0);
    return reason;
}

/* 0, or the errno of what did not work. */
static int try_to_start(struct runner *runner)
{
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0)
        return errno;
    pid_t child = fork();
    int reason = child < 0 ? errno : 0;
    if (child == 0)
        become_program(runner, report[1]);
    close(report[1]);
    if (child > 0)
        reason = await_start(child, report[0]);
    close(report[0]);
    if (reason == 0)
        runner->child = child;
    return reason;
}

static bool is_shortage(int reason)
{
    return reason == EMFILE || reason == ENFILE || reason == EAGAIN || reason == ENOMEM;
}

static void start_program(struct runner *runner)
{
    if (runner->program == NULL || runner->child != 0)
        return;
    int reason = try_to_start(runner);
    if (reason == 0)
        return;
    fprintf(stderr, "cogmig: %s cannot be started: %s.\n", runner->program[0], strerror(reason));
    runner->ends = true;
    runner->code = is_shortage(reason) ? COGMIG_KIND_UNAVAILABLE : COGMIG_KIND_INVALID;
}

static void reap_program(struct runner *runner)
{
    if (runner->child == 0 || waitpid(runner->child, NULL, WNOHANG) != runner->child)
        return;
    runner->child = 0;
    lambda_api_function_ended(&runner->api);
}

/* It is told, and killed when that does not help. */
static void end_program(struct runner *runner)
{
    if (runner->child == 0)
        return;
    kill(runner->child, SIGTERM);
    struct pollfd signal = {.fd = runner->signals, .events = POLLIN};
    while (runner->child != 0 && poll(&signal, 1, END_PATIENCE_MS) > 0) {
        struct signalfd_siginfo info;
        if (read(runner->signals, &info, sizeof info) == (ssize_t)sizeof info)
            reap_program(runner);
    }
    if (runner->child != 0) {
        kill(runner->child, SIGKILL);
        waitpid(runner->child, NULL, 0);
    }
}

/* ---- the loop ---- */

static int hold_signals(void)
{
    sigset_t taken;
    sigemptyset(&taken);
    sigaddset(&taken, SIGTERM);
    sigaddset(&taken, SIGINT);
    sigaddset(&taken, SIGCHLD);
    sigprocmask(SIG_BLOCK, &taken, NULL);
    return signalfd(-1, &taken, SFD_CLOEXEC);
}

static void take_signal(struct runner *runner)
{
    struct signalfd_siginfo info;
    if (read(runner->signals, &info, sizeof info) != (ssize_t)sizeof info)
        return;
    if (info.ssi_signo == SIGCHLD)
        reap_program(runner);
    else
        runner->ends = true;
}

static void serve(struct runner *runner)
{
    struct pollfd polled[POLLED];
    while (!runner->ends) {
        lambda_api_prepare(&runner->api, polled);
        polled[POLLED - 1] = (struct pollfd){.fd = runner->signals, .events = POLLIN};
        if (poll(polled, POLLED, lambda_api_left_ms(&runner->api)) < 0 && errno != EINTR) {
            fprintf(stderr, "cogmig: calls cannot be waited for: %s.\n", strerror(errno));
            runner->code = COGMIG_KIND_UNAVAILABLE;
            return;
        }
        lambda_api_turn(&runner->api, polled);
        if (polled[POLLED - 1].revents != 0)
            take_signal(runner);
        if (lambda_api_expire(&runner->api) && runner->child != 0)
            kill(runner->child, SIGKILL);
        if (lambda_api_wants_function(&runner->api))
            start_program(runner);
    }
}

static int run(struct runner *runner, int32_t port, int32_t timeout_ms)
{
    if (!lambda_api_open(&runner->api, port, timeout_ms)) {
        int code = misuse("port %" PRId32 " of 127.0.0.1 cannot be listened at: %s.", port,
                          strerror(errno));
        lambda_api_close(&runner->api);
        return code;
    }
    runner->signals = hold_signals();
    if (runner->signals < 0) { /* it could not be ended then */
        fprintf(stderr, "cogmig: signals cannot be waited for: %s.\n", strerror(errno));
        lambda_api_close(&runner->api);
        return COGMIG_KIND_UNAVAILABLE;
    }
    printf("http://127.0.0.1:%" PRId32 "\n", runner->api.port);
    fflush(stdout);
    start_program(runner);
    serve(runner);
    end_program(runner);
    close(runner->signals);
    lambda_api_close(&runner->api);
    return runner->code;
}

/* ---- the verb ---- */

struct request {
    bool local;
    int32_t port, timeout_ms;
};

/* 0, or the exit code. */
static int read_request(int argc, char **argv, struct request *request)
{
    static const struct option known[] = {
        {"local", no_argument, NULL, 'l'},
        {"port", required_argument, NULL, 'p'},
        {"timeout-ms", required_argument, NULL, 't'},
        {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(argc, argv, "+:", known, NULL)) != -1) {
        if (option == '?' || option == ':')
            return misuse_of_option(option, argv, known);
        if (option == 'l')
            request->local = true;
        else
            *(option == 'p' ? &request->port : &request->timeout_ms) = number_or_minus_1(optarg);
    }
    if (!request->local)
        return misuse("\"lambda\" runs the function on this machine alone: say --local.");
    if (request->port < 0 || request->port > MAX_PORT)
        return misuse("--port is a number from 0 to %d.", MAX_PORT);
    if (request->timeout_ms < 1 || request->timeout_ms > MAX_TIMEOUT_MS)
        return misuse("--timeout-ms is a number from 1 to %d.", MAX_TIMEOUT_MS);
    return 0;
}

int verb_lambda(int argc, char **argv)
{
    struct request request = {.port = DEFAULT_PORT, .timeout_ms = DEFAULT_TIMEOUT_MS};
    int code = read_request(argc, argv, &request);
    if (code != 0)
        return code;
    static struct runner runner;
    runner.program = optind < argc ? argv + optind : NULL;
    return run(&runner, request.port, request.timeout_ms);
}
