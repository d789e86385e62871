/* SPDX-License-Identifier: Apache-2.0 */
#include "api_server.h"

#include "cmocka_all.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    MAX_REQUEST = 64 * 1024
};

static const struct api_answer *all_answers;
static size_t answer_count;
static int listener;
static pthread_t thread;
static char url[64];

/* How many bytes of body the head announces. */
static size_t body_len(const char *head)
{
    const char *header = strcasestr(head, "\r\nContent-Length:");
    return header == NULL ? 0 : strtoul(header + 17, NULL, 10);
}

/* Up to the end of the request, or what came of it. */
static void read_request(int connection, char request[MAX_REQUEST + 1])
{
    size_t len = 0, wanted = MAX_REQUEST;
    while (len < wanted) {
        ssize_t got = read(connection, request + len, MAX_REQUEST - len);
        if (got <= 0)
            break;
        len += (size_t)got;
        request[len] = '\0';
        const char *end = strstr(request, "\r\n\r\n");
        if (end != NULL)
            wanted = (size_t)(end + 4 - request) + body_len(request);
    }
    request[len] = '\0';
}

static const struct api_answer *answer_to(const char *request)
{
    static const struct api_answer nothing = {"", 404, ""};
    for (size_t i = 0; i < answer_count; i++)
        if (strstr(request, all_answers[i].request) != NULL)
            return &all_answers[i];
    return &nothing;
}

static void answer(int connection)
{
    static char request[MAX_REQUEST + 1];
    read_request(connection, request);
    const struct api_answer *said = answer_to(request);
    dprintf(connection,
            "HTTP/1.1 %d X\r\nConnection: close\r\nx-amzn-requestid: r\r\nContent-Length: %zu\r\n"
            "\r\n%s",
            said->http_status, strlen(said->body), said->body);
}

static void *serve(void *unused)
{
    (void)unused;
    for (;;) {
        int connection = accept(listener, NULL, NULL);
        if (connection < 0)
            return NULL;
        answer(connection);
        close(connection);
    }
}

const char *api_server_start(const struct api_answer *answers, size_t count)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof address;
    all_answers = answers;
    answer_count = count;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(listener >= 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 16), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &len), 0);
    assert_int_equal(pthread_create(&thread, NULL, serve, NULL), 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", ntohs(address.sin_port));
    return url;
}

void api_server_stop(void)
{
    shutdown(listener, SHUT_RDWR);
    pthread_join(thread, NULL);
    close(listener);
}
