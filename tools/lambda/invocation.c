/* SPDX-License-Identifier: Apache-2.0 */
#include "invocation.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum {
    FIRST_CAPACITY = 16 * 1024,
    KEPT_CAPACITY = 256 * 1024,
    MAX_NUMBER = 24
};

/* ---- the event ---- */

void invocation_clear(struct invocation *invocation)
{
    if (invocation->event_capacity > KEPT_CAPACITY)
        invocation_release(invocation);
    if (invocation->event != NULL)
        explicit_bzero(invocation->event, invocation->event_len);
    invocation->event_len = 0;
    invocation->id[0] = '\0';
    invocation->deadline_unix_ms = 0;
    invocation->fault = COGMIG_OK;
}

/* realloc() would leave a copy behind. */
static bool grow(struct invocation *invocation, size_t wanted)
{
    size_t capacity = invocation->event_capacity == 0 ? FIRST_CAPACITY : invocation->event_capacity;
    while (capacity < wanted)
        capacity *= 2;
    char *event = malloc(capacity);
    if (event == NULL)
        return false;
    if (invocation->event_len > 0)
        memcpy(event, invocation->event, invocation->event_len);
    size_t len = invocation->event_len;
    invocation_release(invocation);
    invocation->event = event;
    invocation->event_len = len;
    invocation->event_capacity = capacity;
    return true;
}

static cogmig_status append(struct invocation *invocation, const char *bytes, size_t len)
{
    if (len > INVOCATION_MAX_EVENT - invocation->event_len)
        return COGMIG_EVENT_TOO_LARGE;
    size_t wanted = invocation->event_len + len;
    if (wanted > invocation->event_capacity && !grow(invocation, wanted))
        return COGMIG_OUT_OF_MEMORY;
    memcpy(invocation->event + invocation->event_len, bytes, len);
    invocation->event_len = wanted;
    return COGMIG_OK;
}

cogmig_status invocation_append(struct invocation *invocation, const char *bytes, size_t len)
{
    invocation->fault = append(invocation, bytes, len);
    return invocation->fault;
}

const char *invocation_event(const struct invocation *invocation)
{
    return invocation->event == NULL ? "" : invocation->event;
}

void invocation_release(struct invocation *invocation)
{
    if (invocation->event != NULL)
        explicit_bzero(invocation->event, invocation->event_len);
    free(invocation->event);
    invocation->event = NULL;
    invocation->event_len = invocation->event_capacity = 0;
}

/* ---- headers ---- */

static const char *value_of(const char *line, size_t len, const char *name, size_t *ret_len)
{
    size_t name_len = strlen(name);
    if (len <= name_len || line[name_len] != ':' || strncasecmp(line, name, name_len) != 0)
        return NULL;
    const char *value = line + name_len + 1, *end = line + len;
    while (value < end && isspace((unsigned char)*value))
        value++;
    while (end > value && isspace((unsigned char)end[-1]))
        end--;
    *ret_len = (size_t)(end - value);
    return value;
}

/* It becomes a part of a path. */
static bool is_id(const char *value, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)value[i]) && value[i] != '-')
            return false;
    return len > 0 && len < INVOCATION_MAX_ID;
}

static void take_id(struct invocation *invocation, const char *value, size_t len)
{
    if (!is_id(value, len))
        return;
    memcpy(invocation->id, value, len);
    invocation->id[len] = '\0';
}

static void take_deadline(struct invocation *invocation, const char *value, size_t len)
{
    char text[MAX_NUMBER];
    if (len >= sizeof text)
        return;
    memcpy(text, value, len);
    text[len] = '\0';
    long long deadline = strtoll(text, NULL, 10);
    if (deadline > 0)
        invocation->deadline_unix_ms = deadline;
}

void invocation_take_header(struct invocation *invocation, const char *line, size_t len)
{
    size_t value_len;
    const char *id = value_of(line, len, "Lambda-Runtime-Aws-Request-Id", &value_len);
    if (id != NULL)
        take_id(invocation, id, value_len);
    const char *deadline = value_of(line, len, "Lambda-Runtime-Deadline-Ms", &value_len);
    if (deadline != NULL)
        take_deadline(invocation, deadline, value_len);
}

int32_t invocation_left_ms(const struct invocation *invocation)
{
    struct timespec now;
    if (invocation->deadline_unix_ms == 0)
        return INT32_MAX;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t left = invocation->deadline_unix_ms - (now.tv_sec * 1000LL + now.tv_nsec / 1000000);
    if (left < 0)
        return 0;
    return left > INT32_MAX ? INT32_MAX : (int32_t)left;
}
