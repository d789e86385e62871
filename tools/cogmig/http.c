/* SPDX-License-Identifier: Apache-2.0 */
#include "http.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    FIRST_CAPACITY = 32 * 1024,
    MAX_IN = HTTP_MAX_HEAD + HTTP_MAX_BODY,
    MAX_REPLY_HEAD = 1024
};

void http_open(struct http_connection *connection, int fd)
{
    *connection = (struct http_connection){.fd = fd};
}

/* What goes through here may hold a password. */
static void wipe_and_free(char *bytes, size_t len)
{
    if (bytes != NULL)
        explicit_bzero(bytes, len);
    free(bytes);
}

void http_close(struct http_connection *connection)
{
    if (connection->fd >= 0)
        close(connection->fd);
    wipe_and_free(connection->in, connection->in_len);
    wipe_and_free(connection->out, connection->out_len);
    http_open(connection, -1);
}

/* ---- reading the head ---- */

static bool read_length(const char *value, size_t *ret_len)
{
    char *end;
    unsigned long long len = strtoull(value, &end, 10);
    if (!isdigit((unsigned char)*value) || *end != '\0' || len > HTTP_MAX_BODY)
        return false;
    *ret_len = (size_t)len;
    return true;
}

/* A line of the head, NUL-terminated; false when such a request is not taken. */
static bool read_header(struct http_request *request, char *line)
{
    char *value = strchr(line, ':');
    if (value == NULL)
        return false;
    *value++ = '\0';
    value += strspn(value, " \t");
    if (strcasecmp(line, "Content-Length") == 0)
        return read_length(value, &request->body_len);
    if (strcasecmp(line, "Connection") == 0 && strcasecmp(value, "close") == 0)
        request->last = true;
    return strcasecmp(line, "Transfer-Encoding") != 0;
}

static bool read_request_line(struct http_request *request, const char *line)
{
    int minor, end = 0;
    if (sscanf(line, "%7[A-Z] %511[!-~] HTTP/1.%1d%n", request->method, request->path, &minor,
               &end) != 3 ||
        line[end] != '\0' || request->path[0] != '/')
        return false;
    request->path[strcspn(request->path, "?")] = '\0';
    request->last = minor == 0;
    return true;
}

static bool read_head(struct http_request *request, char *head)
{
    char *rest = NULL;
    char *line = strtok_r(head, "\r\n", &rest);
    if (line == NULL || !read_request_line(request, line))
        return false;
    while ((line = strtok_r(NULL, "\r\n", &rest)) != NULL)
        if (!read_header(request, line))
            return false;
    return true;
}

static bool parse_head(struct http_connection *connection, size_t len)
{
    char head[HTTP_MAX_HEAD];
    memcpy(head, connection->in, len);
    head[len] = '\0';
    connection->request = (struct http_request){.head_len = len};
    return strlen(head) == len && read_head(&connection->request, head);
}

enum http_progress http_next(struct http_connection *connection)
{
    struct http_request *request = &connection->request;
    if (connection->in_len == 0)
        return HTTP_PARTIAL;
    if (request->head_len == 0) {
        const char *end = memmem(connection->in, connection->in_len, "\r\n\r\n", 4);
        size_t len = end == NULL ? connection->in_len : (size_t)(end + 4 - connection->in);
        if (len >= HTTP_MAX_HEAD)
            return HTTP_BAD;
        if (end == NULL)
            return HTTP_PARTIAL;
        if (!parse_head(connection, len))
            return HTTP_BAD;
    }
    return connection->in_len >= request->head_len + request->body_len ? HTTP_WHOLE : HTTP_PARTIAL;
}

const char *http_body(const struct http_connection *connection)
{
    return connection->in + connection->request.head_len;
}

/* ---- receiving ---- */

/* realloc() would leave a copy behind. */
static bool grow(struct http_connection *connection)
{
    size_t capacity = connection->in_capacity == 0 ? FIRST_CAPACITY : connection->in_capacity * 2;
    char *larger = connection->in_capacity >= MAX_IN ? NULL : malloc(capacity);
    if (larger == NULL)
        return false;
    if (connection->in_len > 0)
        memcpy(larger, connection->in, connection->in_len);
    wipe_and_free(connection->in, connection->in_len);
    connection->in = larger;
    connection->in_capacity = capacity;
    return true;
}

enum http_progress http_receive(struct http_connection *connection)
{
    if (connection->in_len == connection->in_capacity && !grow(connection))
        return HTTP_BAD;
    ssize_t got = recv(connection->fd, connection->in + connection->in_len,
                       connection->in_capacity - connection->in_len, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return HTTP_PARTIAL;
    if (got <= 0)
        return HTTP_CLOSED;
    connection->in_len += (size_t)got;
    return http_next(connection);
}

/* ---- replying ---- */

static void forget_request(struct http_connection *connection)
{
    size_t used = connection->request.head_len + connection->request.body_len;
    if (used > connection->in_len)
        used = connection->in_len;
    size_t left = connection->in_len - used;
    if (left > 0)
        memmove(connection->in, connection->in + used, left);
    if (connection->in != NULL)
        explicit_bzero(connection->in + left, used);
    connection->in_len = left;
    connection->close_after = connection->close_after || connection->request.last;
    connection->request = (struct http_request){.head_len = 0};
}

static const char *reason_of(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 202:
        return "Accepted";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    default:
        return "Bad Request";
    }
}

bool http_reply(struct http_connection *connection, int status, const char *headers,
                const char *body, size_t len)
{
    char head[MAX_REPLY_HEAD];
    int head_len = snprintf(head, sizeof head, "HTTP/1.1 %d %s\r\nContent-Length: %zu\r\n%s\r\n",
                            status, reason_of(status), len, headers);
    if (head_len < 0 || (size_t)head_len >= sizeof head)
        return false;
    connection->out = malloc((size_t)head_len + len);
    if (connection->out == NULL)
        return false;
    memcpy(connection->out, head, (size_t)head_len);
    memcpy(connection->out + head_len, body, len);
    connection->out_len = (size_t)head_len + len;
    connection->out_sent = 0;
    forget_request(connection);
    return true;
}

enum http_progress http_send(struct http_connection *connection)
{
    ssize_t sent = send(connection->fd, connection->out + connection->out_sent,
                        connection->out_len - connection->out_sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR))
        return HTTP_PARTIAL;
    if (sent < 0)
        return HTTP_CLOSED;
    connection->out_sent += (size_t)sent;
    if (connection->out_sent < connection->out_len)
        return HTTP_PARTIAL;
    wipe_and_free(connection->out, connection->out_len);
    connection->out = NULL;
    return connection->close_after ? HTTP_CLOSED : HTTP_FINISHED;
}
