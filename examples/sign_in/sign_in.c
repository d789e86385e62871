/* SPDX-License-Identifier: Apache-2.0
 * Sign-ins on an event loop (epoll) that never computes a hash itself: the engine does, and says by
 * a file descriptor that verdicts are there.
 *
 *     DATABASE_URL=... cogmig-sign-in
 *
 * Each line of standard input (a pipe or a terminal) is an address, a blank, a password; each line
 * of standard output an address and what came of it, in the order in which the hashes were done. */
#include <cogmig/cogmig.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
    DEADLINE_MS = 60000 /* these attempts are not in a hurry; people are: 4000 by default */
};

static cogmig_engine *engine;
static cogmig_store *store;
static cogmig_error *err;
static char input[64 * 1024];
static size_t input_len;
static int pending;
static bool input_ended;

static void tell(const char *email, cogmig_status status)
{
    printf("%s %s\n", email, cogmig_status_name(status));
}

/* region: submit */
static void submit(const char *email, const char *password)
{
    char *copy = strdup(email); /* comes back with the verdict */
    cogmig_status status =
        copy == NULL ? COGMIG_OUT_OF_MEMORY
                     : cogmig_engine_submit_sign_in(engine, store, email, password,
                                                    strlen(password), DEADLINE_MS, copy, NULL, err);
    if (status == COGMIG_OK) {
        pending++;
        return;
    }
    tell(email, status); /* ENGINE_BUSY, DEADLINE_EXCEEDED: too much at a time, say so at once */
    free(copy);
}
/* end region */

/* region: verdicts */
static void take_verdicts(void)
{
    cogmig_verdict *verdict = NULL;
    while (cogmig_engine_poll(engine, &verdict, err) == COGMIG_OK && verdict != NULL) {
        char *email = cogmig_verdict_job_data(verdict);
        tell(email, cogmig_verdict_status(verdict));
        free(email);
        cogmig_verdict_free(&verdict);
        pending--;
    }
}
/* end region */

/* Lines that are whole become jobs, the rest stays. */
static void take_lines(void)
{
    char *line = input, *end;
    while ((end = memchr(line, '\n', input_len - (size_t)(line - input))) != NULL) {
        *end = '\0';
        char *blank = strchr(line, ' ');
        if (blank != NULL) {
            *blank = '\0';
            submit(line, blank + 1);
        }
        line = end + 1;
    }
    size_t taken = (size_t)(line - input);
    memmove(input, line, input_len - taken);
    input_len -= taken;
    explicit_bzero(input + input_len, taken);
}

static void read_input(void)
{
    ssize_t got = read(STDIN_FILENO, input + input_len, sizeof input - input_len);
    if (got < 0 && errno == EINTR)
        return;
    input_len += got > 0 ? (size_t)got : 0;
    take_lines();
    input_ended = got <= 0 || input_len == sizeof input;
}

/* region: loop */
static void run_loop(int epoll)
{
    struct epoll_event events[2];
    while (!input_ended || pending > 0) {
        int count = epoll_wait(epoll, events, 2, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == cogmig_engine_fd(engine))
                take_verdicts();
            else
                read_input();
        }
        if (input_ended)
            epoll_ctl(epoll, EPOLL_CTL_DEL, STDIN_FILENO, NULL);
    }
}
/* end region */

static bool watch(int epoll, int descriptor)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

int main(void)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC), code = 1;
    if (cogmig_error_new(&err) != COGMIG_OK ||
        cogmig_store_open_from_env(&store, err) != COGMIG_OK ||
        cogmig_engine_new(NULL, &engine, err) != COGMIG_OK)
        fprintf(stderr, "%s\n", cogmig_error_message(err));
    else if (!watch(epoll, STDIN_FILENO) || !watch(epoll, cogmig_engine_fd(engine)))
        perror("epoll_ctl"); /* of a regular file, for example: use cat */
    else {
        run_loop(epoll);
        code = 0;
    }
    cogmig_engine_free(&engine);
    cogmig_store_free(&store);
    cogmig_error_free(&err);
    close(epoll);
    return code;
}
