/* SPDX-License-Identifier: Apache-2.0
 * HTTP/1.1 for one connection of a local server: bounded, and without blocking. */
#ifndef COGMIG_TOOL_HTTP_H
#define COGMIG_TOOL_HTTP_H

#include <stdbool.h>
#include <stddef.h>

enum {
    HTTP_MAX_HEAD = 16 * 1024,
    HTTP_MAX_BODY = 6 * 1024 * 1024, /* of a Lambda event */
    HTTP_MAX_METHOD = 8,
    HTTP_MAX_PATH = 512
};

struct http_request {
    char method[HTTP_MAX_METHOD];
    char path[HTTP_MAX_PATH]; /* without the query */
    bool last;                /* the client sends no more on this connection */
    size_t head_len, body_len;
};

struct http_connection {
    int fd; /* -1: none */
    char *in;
    size_t in_len, in_capacity;
    char *out; /* NULL: nothing to send */
    size_t out_len, out_sent;
    bool close_after;
    struct http_request request;
};

enum http_progress {
    HTTP_PARTIAL,
    HTTP_WHOLE,    /* a request is there: connection->request, http_body() */
    HTTP_BAD,      /* this is no request, or one that is too large */
    HTTP_FINISHED, /* all of the reply is sent */
    HTTP_CLOSED
};

void http_open(struct http_connection *connection, int fd);

/* Take what has arrived. */
enum http_progress http_receive(struct http_connection *connection);

/* Is a request there already, behind the last one? */
enum http_progress http_next(struct http_connection *connection);

const char *http_body(const struct http_connection *connection);

/* The reply to the request, which is forgotten with it. `headers` are whole lines. False when
 * memory is refused. */
bool http_reply(struct http_connection *connection, int status, const char *headers,
                const char *body, size_t len);

enum http_progress http_send(struct http_connection *connection);

/* Close, wipe and release. */
void http_close(struct http_connection *connection);

#endif
