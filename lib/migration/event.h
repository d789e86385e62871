/* SPDX-License-Identifier: Apache-2.0
 * A trigger event of a user pool, read in place (Developer Guide, "Customizing user pool workflows
 * with Lambda triggers"). */
#ifndef MIGRATION_EVENT_H
#define MIGRATION_EVENT_H

#include "base/json.h"
#include "base/span.h"

#include <cogmig/error.h>

enum {
    EVENT_MAX_BYTES = 6 * 1024 * 1024 /* Lambda's limit for a synchronous payload */
};

enum trigger {
    TRIGGER_AUTHENTICATION,
    TRIGGER_FORGOT_PASSWORD,
    TRIGGER_OTHER, /* another one for which something is done */
    TRIGGER_PASSED /* nothing is done, and nothing read */
};

struct handling;

enum {
    SOURCE_MAX_BYTES = 64
};

struct event {
    const struct handling *handling; /* what is done for it: triggers.h */
    enum trigger trigger;
    char source[SOURCE_MAX_BYTES + 1];
    struct json_value root;
    struct span user_name; /* without white space at its ends; may be empty or hold a NUL */
    struct span password;  /* empty but for a sign-in to be migrated */
    char *user_name_memory;
    char *password_memory;
};

/* Read an event. It points into `document`, which must outlive it.
 *
 * Errors: OUT_OF_MEMORY, EVENT_MALFORMED, EVENT_TOO_LARGE, TRIGGER_UNKNOWN. */
cogmig_status event_read(struct span document, struct event *ret_event, cogmig_error *err);

/* Does somebody sign in, or want a new password, whom Cognito does not know? */
bool event_migrates(const struct event *event);

/* A text of the event, by the names of the members that lead to it, ending in NULL. NULL for one
 * that is missing, null, empty, no string, or holds a NUL.
 *
 * ret_text  out: released with memory_free()
 *
 * Errors: OUT_OF_MEMORY. */
cogmig_status event_text(const struct event *event, const char *const *path, char **ret_text,
                         cogmig_error *err);

/* The same for a member of request.userAttributes. */
cogmig_status event_attribute(const struct event *event, const char *name, char **ret_text,
                              cogmig_error *err);

/* Wipe the password and release. */
void event_release(struct event *event);

#endif
