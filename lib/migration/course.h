/* SPDX-License-Identifier: Apache-2.0
 * One event on its way to its answer, step by step: begin, look up, have the password checked where
 * there is one, answer. Who computes the hash, and on which thread, is the caller's affair. */
#ifndef MIGRATION_COURSE_H
#define MIGRATION_COURSE_H

#include "base/clock.h"
#include "migration/decide.h"
#include "migration/event.h"
#include "migration/migration.h"
#include "status/error.h"

/* What happened so far; each step has an error box of its own, since the reason of a no is chosen
 * only at the end. */
struct course {
    cogmig_migration *migration; /* borrowed, as is the document */
    struct span document;
    struct event event;
    struct deadline deadline;
    cogmig_user *user;
    struct facts facts;
    struct cogmig_error lookup_error;
    struct cogmig_error password_error;
    char *linked_sub;        /* the user's, in the identity map; NULL: none */
    char *legacy_id;         /* for the tokens; NULL: none */
    bool claim_is_withdrawn; /* the user's attribute contradicts the identity map */
    int32_t outcome; /* COGMIG_MIGRATION_*, what is counted; 0 as long as there is no answer */
};

enum {
    COURSE_MAX_USER_NAME = 2048
};

/* Read the event. The deadline is the earlier of the given one and the migration's own.
 *
 * Errors: as event_read(). */
cogmig_status course_begin(struct course *course, cogmig_migration *migration, struct span document,
                           struct deadline deadline, cogmig_error *err);

/* Ask the databases. OK also for what is a no (no such user, a row that cannot be used); a failure
 * is an outage, or a sign-up that is refused: there is no answer. */
cogmig_status course_look_up(struct course *course, cogmig_error *err);

/* Is it a sign-in, so that a password is to be checked? */
bool course_needs_hash(const struct course *course);

/* The hash to check event.password against; NULL: none, so that only the time it takes counts. */
const char *course_stored_hash(const struct course *course);

/* The cost of the work that the check will be: the hash's, or the usual one for a stand-in. */
int32_t course_choose_cost(struct course *course);

/* What came of the check, with course->password_error filled. A failure is no verdict on the
 * password: there is no answer.
 *
 * cut  did it match with bytes that did not count? */
cogmig_status course_take_verdict(struct course *course, cogmig_status verdict, bool cut,
                                  cogmig_error *err);

/* Decide, and write the response. OK for yes and no; err has the reason of a no, or of a reset that
 * answers a sign-in. */
cogmig_status course_answer(struct course *course, char **ret_response, size_t *ret_len,
                            cogmig_error *err);

/* Counts how it ended. A course that was never begun may be released too. */
void course_release(struct course *course);

/* For the steps themselves: the event as it came, and who has an address. */
cogmig_status course_echo(const struct course *course, char **ret_response, size_t *ret_len,
                          cogmig_error *err);
cogmig_status course_find_user(const struct course *course, const char *email,
                               cogmig_user **ret_user, cogmig_error *err);

#endif
