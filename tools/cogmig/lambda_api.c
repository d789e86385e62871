/* SPDX-License-Identifier: Apache-2.0 */
#include "lambda_api.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RUNTIME "/2018-06-01/runtime/"
#define FUNCTION_ERROR "Content-Type: application/json\r\nX-Amz-Function-Error: Unhandled\r\n"
#define NO_HEADERS ""

enum {
    MAX_HEADERS = 512
};

static int64_t clock_ms(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* ---- clients ---- */

static void reply(struct lambda_client *client, int status, const char *headers, const char *body,
                  size_t len)
{
    client->role = ROLE_NONE;
    if (!http_reply(&client->http, status, headers, body, len))
        http_close(&client->http);
}

static void reply_text(struct lambda_client *client, int status, const char *headers,
                       const char *body)
{
    reply(client, status, headers, body, strlen(body));
}

static void drop(struct lambda_client *client)
{
    http_close(&client->http);
    client->role = ROLE_NONE;
}

/* The one with this role whose invocation is the oldest; NULL: none. */
static struct lambda_client *oldest(struct lambda_api *api, enum lambda_role role)
{
    struct lambda_client *found = NULL;
    for (int i = 0; i < LAMBDA_MAX_CONNECTIONS; i++) {
        struct lambda_client *client = &api->clients[i];
        if (client->role == role && (found == NULL || client->number < found->number))
            found = client;
    }
    return found;
}

static struct lambda_client *taken_with(struct lambda_api *api, int64_t number)
{
    for (int i = 0; i < LAMBDA_MAX_CONNECTIONS; i++)
        if (api->clients[i].role == ROLE_TAKEN && api->clients[i].number == number)
            return &api->clients[i];
    return NULL;
}

/* ---- an event on its way to the function ---- */

static void hand_over(struct lambda_client *function, struct lambda_client *caller)
{
    char headers[MAX_HEADERS];
    int64_t left_ms = caller->deadline_ms - clock_ms(CLOCK_MONOTONIC);
    snprintf(headers, sizeof headers,
             "Content-Type: application/json\r\n"
             "Lambda-Runtime-Aws-Request-Id: 00000000-0000-4000-8000-%012" PRIx64 "\r\n"
             "Lambda-Runtime-Deadline-Ms: %" PRId64 "\r\n"
             "Lambda-Runtime-Invoked-Function-Arn: "
             "arn:aws:lambda:local:000000000000:function:cogmig\r\n",
             caller->number, clock_ms(CLOCK_REALTIME) + left_ms);
    caller->role = ROLE_TAKEN;
    reply(function, 200, headers, http_body(&caller->http), caller->http.request.body_len);
}

static void bring_together(struct lambda_api *api)
{
    struct lambda_client *function, *caller;
    while ((function = oldest(api, ROLE_FUNCTION)) != NULL &&
           (caller = oldest(api, ROLE_CALLER)) != NULL)
        hand_over(function, caller);
}

/* ---- requests ---- */

static bool is_invocation(const struct http_request *request)
{
    int end = 0;
    return strcmp(request->method, "POST") == 0 &&
           sscanf(request->path, "/2015-03-31/functions/%*[^/]/invocations%n", &end) == 0 &&
           end > 0 && request->path[end] == '\0';
}

static void begin_invocation(struct lambda_api *api, struct lambda_client *client)
{
    client->role = ROLE_CALLER;
    client->number = ++api->invocations;
    client->deadline_ms = clock_ms(CLOCK_MONOTONIC) + api->timeout_ms;
}

static void ask_for_event(struct lambda_api *api, struct lambda_client *client)
{
    api->was_asked = true;
    client->role = ROLE_FUNCTION;
    client->number = 0;
}

/* .../invocation/ID/response or .../invocation/ID/error */
static bool is_answer(const struct http_request *request, int64_t *ret_number, bool *ret_error)
{
    char word[16] = "";
    int end = 0;
    uint64_t number = 0;
    if (strcmp(request->method, "POST") != 0 ||
        sscanf(request->path, RUNTIME "invocation/00000000-0000-4000-8000-%12" SCNx64 "/%15[a-z]%n",
               &number, word, &end) != 2 ||
        request->path[end] != '\0')
        return false;
    *ret_number = (int64_t)number;
    *ret_error = strcmp(word, "error") == 0;
    return *ret_error || strcmp(word, "response") == 0;
}

static void pass_answer(struct lambda_api *api, struct lambda_client *function, int64_t number,
                        bool error)
{
    struct lambda_client *caller = taken_with(api, number);
    if (caller == NULL) {
        reply_text(function, 403, NO_HEADERS, "{\"errorType\":\"InvalidRequestID\"}");
        return;
    }
    reply(caller, 200, error ? FUNCTION_ERROR : "Content-Type: application/json\r\n",
          http_body(&function->http), function->http.request.body_len);
    reply_text(function, 202, NO_HEADERS, "{\"status\":\"OK\"}");
}

static void take_request(struct lambda_api *api, struct lambda_client *client)
{
    const struct http_request *request = &client->http.request;
    int64_t number;
    bool error;
    if (is_invocation(request))
        begin_invocation(api, client);
    else if (is_answer(request, &number, &error))
        pass_answer(api, client, number, error);
    else if (strcmp(request->path, RUNTIME "invocation/next") == 0)
        ask_for_event(api, client);
    else if (strcmp(request->path, RUNTIME "init/error") == 0)
        reply_text(client, 202, NO_HEADERS, "{\"status\":\"OK\"}");
    else
        reply_text(client, 404, NO_HEADERS, "there is no such path\n");
    bring_together(api);
}

/* ---- the turn of each client ---- */

static void advance(struct lambda_api *api, struct lambda_client *client,
                    enum http_progress progress)
{
    if (progress == HTTP_FINISHED)
        progress = http_next(&client->http);
    if (progress == HTTP_CLOSED) {
        drop(client);
    } else if (progress == HTTP_BAD) {
        client->http.close_after = true;
        reply_text(client, 400, NO_HEADERS, "this is not a request that is taken\n");
    } else if (progress == HTTP_WHOLE) {
        take_request(api, client);
    }
}

/* Of one that waits for somebody else nothing is read: bytes there mean the next request, and no
 * bytes that it went away. */
static bool went_away(const struct lambda_client *client)
{
    char byte;
    return recv(client->http.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static void serve_client(struct lambda_api *api, struct lambda_client *client, short events)
{
    if (events == 0 || client->http.fd < 0)
        return;
    if (client->http.out != NULL)
        advance(api, client, http_send(&client->http));
    else if (client->role == ROLE_NONE)
        advance(api, client, http_receive(&client->http));
    else if ((events & (POLLERR | POLLHUP)) != 0 || went_away(client))
        drop(client);
}

static void accept_client(struct lambda_api *api)
{
    int fd = accept4(api->listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    for (int i = 0; i < LAMBDA_MAX_CONNECTIONS; i++) {
        if (api->clients[i].http.fd >= 0)
            continue;
        http_open(&api->clients[i].http, fd);
        api->clients[i].role = ROLE_NONE;
        return;
    }
    close(fd);
}

/* A caller who waits is only watched for its end, or a pipelined request would wake us forever. */
static short events_for(const struct lambda_client *client)
{
    if (client->http.out != NULL)
        return POLLOUT;
    return client->role == ROLE_NONE ? POLLIN : POLLRDHUP;
}

void lambda_api_prepare(const struct lambda_api *api, struct pollfd *polled)
{
    polled[0] = (struct pollfd){.fd = api->listener, .events = POLLIN};
    for (int i = 0; i < LAMBDA_MAX_CONNECTIONS; i++)
        polled[i + 1] =
            (struct pollfd){.fd = api->clients[i].http.fd, .events = events_for(&api->clients[i])};
}

void lambda_api_turn(struct lambda_api *api, const struct pollfd *polled)
{
    for (int i = 0; i < LAMBDA_MAX_CONNECTIONS; i++)
        serve_client(api, &api->clients[i], polled[i + 1].revents);
    if (polled[0].revents != 0)
        accept_client(api);
}

/* ---- time, and the function's end ---- */

static bool waits_for_answer(const struct lambda_client *client)
{
    return client->role == ROLE_CALLER || client->role == ROLE_TAKEN;
}

int lambda_api_left_ms(const struct lambda_api *api)
{
    int64_t least = -1, now = clock_ms(CLOCK_MONOTONIC);
    for (int i = 0; i < LAMBDA_MAX_CONNECTIONS; i++) {
        if (!waits_for_answer(&api->clients[i]))
            continue;
        int64_t left = api->clients[i].deadline_ms - now;
        if (least < 0 || left < least)
            least = left > 0 ? left : 0;
    }
    return (int)least;
}

bool lambda_api_expire(struct lambda_api *api)
{
    bool was_taken = false;
    for (int i = 0; i < LAMBDA_MAX_CONNECTIONS; i++) {
        struct lambda_client *client = &api->clients[i];
        if (!waits_for_answer(client) || client->deadline_ms > clock_ms(CLOCK_MONOTONIC))
            continue;
        was_taken = was_taken || client->role == ROLE_TAKEN;
        reply_text(client, 200, FUNCTION_ERROR,
                   "{\"errorMessage\":\"Task timed out\",\"errorType\":\"Sandbox.Timedout\"}");
    }
    return was_taken;
}

bool lambda_api_wants_function(const struct lambda_api *api)
{
    for (int i = 0; i < LAMBDA_MAX_CONNECTIONS; i++)
        if (api->clients[i].role == ROLE_CALLER)
            return true;
    return false;
}

void lambda_api_function_ended(struct lambda_api *api)
{
    for (int i = 0; i < LAMBDA_MAX_CONNECTIONS; i++) {
        struct lambda_client *client = &api->clients[i];
        if (client->role == ROLE_TAKEN || (client->role == ROLE_CALLER && !api->was_asked))
            reply_text(client, 200, FUNCTION_ERROR,
                       "{\"errorMessage\":\"The function ended\","
                       "\"errorType\":\"Runtime.ExitError\"}");
        else if (client->role == ROLE_FUNCTION)
            drop(client);
    }
    api->was_asked = false;
}

/* ---- the door ---- */

static bool listen_at(struct lambda_api *api, int32_t port)
{
    const int yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    setsockopt(api->listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(api->listener, (struct sockaddr *)&address, len) != 0 ||
        listen(api->listener, LAMBDA_MAX_CONNECTIONS) != 0 ||
        getsockname(api->listener, (struct sockaddr *)&address, &len) != 0)
        return false;
    api->port = ntohs(address.sin_port);
    return true;
}

bool lambda_api_open(struct lambda_api *api, int32_t port, int32_t timeout_ms)
{
    *api = (struct lambda_api){.timeout_ms = timeout_ms};
    for (int i = 0; i < LAMBDA_MAX_CONNECTIONS; i++)
        http_open(&api->clients[i].http, -1);
    api->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    return api->listener >= 0 && listen_at(api, port);
}

void lambda_api_close(struct lambda_api *api)
{
    for (int i = 0; i < LAMBDA_MAX_CONNECTIONS; i++)
        drop(&api->clients[i]);
    if (api->listener >= 0)
        close(api->listener);
}
