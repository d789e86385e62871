/* SPDX-License-Identifier: Apache-2.0
 * As much of HTTP as the examples need: one request for each connection, no body. */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>
#include <stddef.h>

enum {
    MAX_REQUEST_BYTES = 24 * 1024, /* a token may have 16 KiB */
    MAX_RESPONSE_BYTES = 4096
};

/* Has all of the header come? text is NUL-terminated. */
bool request_is_whole(const char *text);

/* Is it GET for exactly this path? */
bool request_is_get(const char *text, const char *path);

/* The token of "Authorization: Bearer ...", inside of text; NULL when there is none. A request with
 * the header twice has none. */
const char *request_bearer(const char *text, size_t *ret_len);

/* Write a response into room for MAX_RESPONSE_BYTES, and give its length. Each of headers ends in
 * CR LF. */
size_t response_write(char *room, int status, const char *headers, const char *body);

/* May the text stand in a header or a body as it is? A claim that may not is left out. */
bool text_is_plain(const char *text);

#endif
