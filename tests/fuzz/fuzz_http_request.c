/* SPDX-License-Identifier: Apache-2.0
 * Any bytes that come to `cogmig lambda`'s door: a request that is whole lies within them. */
#include "fuzz.h"
#include "http.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void check(const struct http_connection *connection)
{
    const struct http_request *request = &connection->request;
    HOLDS(request->head_len + request->body_len <= connection->in_len);
    HOLDS(strlen(request->method) > 0 && request->path[0] == '/');
    HOLDS(http_body(connection) == connection->in + request->head_len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum {
        ROOM = 64 * 1024 /* less than a socket takes */
    };
    int ends[2];
    struct http_connection connection;
    if (size > ROOM)
        return 0;
    HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0);
    HOLDS(size == 0 || send(ends[1], data, size, 0) == (ssize_t)size);
    shutdown(ends[1], SHUT_WR);
    http_open(&connection, ends[0]);
    enum http_progress progress = http_receive(&connection);
    for (int requests = 0; progress == HTTP_WHOLE && requests < 100; requests++) {
        check(&connection);
        HOLDS(http_reply(&connection, 200, "", "{}", 2));
        progress = http_send(&connection);
        if (progress == HTTP_FINISHED)
            progress = http_next(&connection);
    }
    http_close(&connection);
    close(ends[1]);
    return 0;
}
