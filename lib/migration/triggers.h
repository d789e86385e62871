/* SPDX-License-Identifier: Apache-2.0
 * What is done for each trigger. Each asks first and writes its answer later; most answers are the
 * event as it came. */
#ifndef MIGRATION_TRIGGERS_H
#define MIGRATION_TRIGGERS_H

#include "migration/course.h"

/* What is done for a trigger: a line of the table in triggers.c. */
struct handling {
    const char *source; /* of events; one that ends in "_" stands for all that begin so */
    enum trigger trigger;
    cogmig_status (*ask)(struct course *course, cogmig_error *err); /* NULL: nothing is asked */
    cogmig_status (*answer)(struct course *course, char **ret_response, size_t *ret_len,
                            cogmig_error *err); /* NULL: the event as it came */
};

/* NULL for what Cognito is not known to send. */
const struct handling *handling_of(const char *source);

/* UserMigration. */
cogmig_status user_look_up(struct course *course, cogmig_error *err);
cogmig_status user_answer(struct course *course, char **ret_response, size_t *ret_len,
                          cogmig_error *err);

/* PreSignUp. A failure is SIGN_UP_REFUSED, or an outage. */
cogmig_status sign_up_check(struct course *course, cogmig_error *err);

/* PostAuthentication and PostConfirmation. */
cogmig_status signed_in_link(struct course *course, cogmig_error *err);

/* PreTokenGeneration: find the legacy id, then put it into the tokens. */
cogmig_status token_find_legacy_id(struct course *course, cogmig_error *err);
cogmig_status token_answer(struct course *course, char **ret_response, size_t *ret_len,
                           cogmig_error *err);

/* Is the event from a pool and a client that may ask, and of the map's pool when `of_map`?
 *
 * Errors: OUT_OF_MEMORY, CALLER_REFUSED. */
cogmig_status caller_check(const struct course *course, bool of_map, cogmig_error *err);

/* Something that is not the user's fault did not work: what then? OK: the event goes on without it,
 * and the course notes why; else the status itself. */
cogmig_status course_tolerate(struct course *course, cogmig_status status, bool tolerated,
                              int32_t counter, cogmig_error *err);

#endif
