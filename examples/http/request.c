/* SPDX-License-Identifier: Apache-2.0 */
#include "request.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

bool request_is_whole(const char *text)
{
    return strstr(text, "\r\n\r\n") != NULL;
}

bool request_is_get(const char *text, const char *path)
{
    size_t len = strlen(path);
    return strncmp(text, "GET ", 4) == 0 && strncmp(text + 4, path, len) == 0 &&
           strncmp(text + 4 + len, " HTTP/1.", 8) == 0;
}

/* The value of the header, without what is blank around it; NULL unless it is there once. */
static const char *header(const char *text, const char *name, size_t *ret_len)
{
    const char *found = NULL;
    size_t name_len = strlen(name);
    for (const char *line = strstr(text, "\r\n"); line != NULL && line[2] != '\r';
         line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, name_len) != 0 || line[2 + name_len] != ':')
            continue;
        if (found != NULL)
            return NULL;
        found = line + 2 + name_len + 1;
        found += strspn(found, " \t");
        *ret_len = strcspn(found, "\r");
        while (*ret_len > 0 && strchr(" \t", found[*ret_len - 1]) != NULL)
            (*ret_len)--;
    }
    return found;
}

const char *request_bearer(const char *text, size_t *ret_len)
{
    static const char scheme[] = "Bearer ";
    const char *value = header(text, "Authorization", ret_len);
    if (value == NULL || *ret_len < sizeof scheme ||
        strncasecmp(value, scheme, sizeof scheme - 1) != 0)
        return NULL;
    size_t skip = sizeof scheme - 1 + strspn(value + sizeof scheme - 1, " ");
    *ret_len -= skip;
    return value + skip;
}

static const char *phrase(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 204:
        return "No Content";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 503:
        return "Service Unavailable";
    default:
        return "Internal Server Error";
    }
}

size_t response_write(char *room, int status, const char *headers, const char *body)
{
    int len = snprintf(room, MAX_RESPONSE_BYTES,
                       "HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Length: %zu\r\n%s\r\n%s",
                       status, phrase(status), strlen(body), headers, body);
    return len < MAX_RESPONSE_BYTES ? (size_t)len : response_write(room, 500, "", "");
}

bool text_is_plain(const char *text)
{
    if (text == NULL || strlen(text) > 256)
        return false;
    for (; *text != '\0'; text++)
        if (*text <= ' ' || *text > '~' || *text == '"' || *text == '\\')
            return false;
    return true;
}
