/* SPDX-License-Identifier: Apache-2.0
 * One invocation as the runtime API hands it over. */
#ifndef COGMIG_LAMBDA_INVOCATION_H
#define COGMIG_LAMBDA_INVOCATION_H

#include <cogmig/status.h>
#include <stddef.h>
#include <stdint.h>

enum {
    INVOCATION_MAX_ID = 128,
    INVOCATION_MAX_EVENT = 6 * 1024 * 1024 /* Lambda's limit for a synchronous payload */
};

struct invocation {
    char id[INVOCATION_MAX_ID]; /* empty: it was not said, so that nothing can be answered */
    int64_t deadline_unix_ms;   /* 0: it was not said */
    char *event;                /* holds a password */
    size_t event_len, event_capacity;
    cogmig_status fault; /* COGMIG_OK, or why the event is not there as a whole */
};

/* Make it ready for the next one: wipe the event and keep its memory, unless it is a lot. */
void invocation_clear(struct invocation *invocation);

/* What it returns becomes the event's fault.
 *
 * Errors: EVENT_TOO_LARGE, OUT_OF_MEMORY. */
cogmig_status invocation_append(struct invocation *invocation, const char *bytes, size_t len);

/* Its bytes, "" when there are none. */
const char *invocation_event(const struct invocation *invocation);

/* Take a header if it is one of those that matter. */
void invocation_take_header(struct invocation *invocation, const char *line, size_t len);

/* Milliseconds until Lambda ends it, INT32_MAX when it did not say. */
int32_t invocation_left_ms(const struct invocation *invocation);

void invocation_release(struct invocation *invocation);

#endif
