/* SPDX-License-Identifier: Apache-2.0
 * bench-lambda BOOTSTRAP: an event through the Lambda function, against the look-up and the hash
 * alone, in the same PostgreSQL, which DATABASE_URL names. */
#include "ratio.h"

#include <arpa/inet.h>
#include <cogmig/password.h>
#include <cogmig/store.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ROUNDS = 41,
    MAX_REQUEST = 8192
};

/* Of examples/users. */
static const char email[] = "verified@example.com";
static const char password[] = "Correct-Horse-10";
static const char event[] =
    "{\"version\":\"1\",\"triggerSource\":\"UserMigration_Authentication\","
    "\"userName\":\"verified@example.com\",\"request\":{\"password\":\"Correct-Horse-10\"},"
    "\"response\":{\"userAttributes\":null,\"finalUserStatus\":null}}";

static cogmig_store *store;
static int function; /* its connection to the runtime API, which is played here */
static pid_t process;

/* ---- the runtime API ---- */

static size_t body_length(const char *head)
{
    const char *length = strcasestr(head, "\r\nContent-Length:");
    return length == NULL ? 0 : strtoul(length + 17, NULL, 10);
}

/* A whole request. */
static void take_request(char *request)
{
    size_t len = 0;
    const char *body = NULL;
    while (body == NULL || len < (size_t)(body + 4 - request) + body_length(request)) {
        ssize_t got = read(function, request + len, MAX_REQUEST - 1 - len);
        must(got > 0, "the function sends a request");
        len += (size_t)got;
        request[len] = '\0';
        body = strstr(request, "\r\n\r\n");
    }
}

static void send_text(const char *text)
{
    must(write(function, text, strlen(text)) == (ssize_t)strlen(text), "a reply is sent");
}

static void expect_poll(void)
{
    char request[MAX_REQUEST];
    take_request(request);
    must(strncmp(request, "GET ", 4) == 0, "the function asks for an event");
}

static void deliver(void)
{
    char reply[MAX_REQUEST];
    snprintf(reply, sizeof reply,
             "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 1\r\nContent-Length: %zu\r\n\r\n%s",
             strlen(event), event);
    send_text(reply);
}

/* From the event to the moment that the function is ready for the next one. */
static void through_lambda(void)
{
    char request[MAX_REQUEST];
    deliver();
    take_request(request);
    must(strstr(request, "/1/response") != NULL && strstr(request, "CONFIRMED") != NULL,
         "the function migrates the user");
    send_text("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
    expect_poll();
}

/* ---- the same work alone ---- */

static void alone(void)
{
    cogmig_user *user = NULL;
    must(cogmig_store_find_by_email(store, email, &user, NULL) == COGMIG_OK, "the user is found");
    must(cogmig_password_verify(password, strlen(password), cogmig_user_password_hash(user),
                                NULL) == COGMIG_OK,
         "the password verifies");
    cogmig_user_free(&user);
}

/* ---- the function ---- */

static int listen_anywhere(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    char name[32];
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(bind(listener, (struct sockaddr *)&address, len) == 0 && listen(listener, 1) == 0 &&
             getsockname(listener, (struct sockaddr *)&address, &len) == 0,
         "a port is listened at");
    snprintf(name, sizeof name, "127.0.0.1:%d", ntohs(address.sin_port));
    setenv("AWS_LAMBDA_RUNTIME_API", name, 1);
    return listener;
}

static void start_function(const char *bootstrap)
{
    int listener = listen_anywhere();
    process = fork();
    must(process >= 0, "a process is made");
    if (process == 0) {
        must(freopen("/dev/null", "w", stdout) != NULL, "the log goes nowhere");
        execl(bootstrap, bootstrap, (char *)NULL);
        must(0, "the function is started");
    }
    function = accept(listener, NULL, NULL);
    must(function >= 0, "the function connects");
    expect_poll();
}

int main(int argc, char **argv)
{
    must(argc == 2, "bench-lambda BOOTSTRAP");
    must(cogmig_store_open_from_env(&store, NULL) == COGMIG_OK, "the store opens");
    start_function(argv[1]);
    run_contest(&(struct contest){.name = "lambda.event",
                                  .target = "<= 1.02",
                                  .ours = through_lambda,
                                  .reference = alone,
                                  .operations = 1,
                                  .rounds = ROUNDS});
    kill(process, SIGTERM);
    waitpid(process, NULL, 0);
    cogmig_store_free(&store);
    return 0;
}
