/* SPDX-License-Identifier: Apache-2.0
 * Who is migrated: one pure function over one table. */
#ifndef MIGRATION_DECIDE_H
#define MIGRATION_DECIDE_H

#include "migration/event.h"

#include <cogmig/status.h>
#include <stdbool.h>

/* What is known about one event. */
struct facts {
    enum trigger trigger;
    cogmig_status lookup;   /* OK, or why there is nobody to migrate */
    cogmig_status password; /* OK for a match; for forgot-password the state of the stored hash */
    bool email_verified;
    cogmig_status reset; /* OK, or what is wrong with a password that matches: TOO_LONG (it was
                          * cut), TOO_WEAK */
    bool disabled;       /* banned, deleted, locked or inactive in the store */
};

enum answer {
    ANSWER_NO,      /* the event as it came */
    ANSWER_CONFIRM, /* migrated with the password just used */
    ANSWER_RESET    /* migrated, and Cognito sends a code to choose a new password */
};

struct decision {
    enum answer answer;
    cogmig_status reason; /* of a no, or of a reset at a sign-in; OK otherwise */
};

struct decision decide(const struct facts *facts);

#endif
