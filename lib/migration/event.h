/* SPDX-License-Identifier: Apache-2.0
 * A User Migration trigger event, read in place (Developer Guide, "Migrate user Lambda trigger").
 */
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
    TRIGGER_FORGOT_PASSWORD
};

struct event {
    enum trigger trigger;
    struct json_value root;
    struct span user_name; /* without white space at its ends; may be empty or hold a NUL */
    struct span password;  /* empty for forgot-password */
    char *user_name_memory;
    char *password_memory;
};

/* Read an event. It points into `document`, which must outlive it.
 *
 * Errors: OUT_OF_MEMORY, EVENT_MALFORMED, EVENT_TOO_LARGE, TRIGGER_UNKNOWN. */
cogmig_status event_read(struct span document, struct event *ret_event, cogmig_error *err);

/* Wipe the password and release. */
void event_release(struct event *event);

#endif
