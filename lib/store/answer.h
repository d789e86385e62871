/* SPDX-License-Identifier: Apache-2.0
 * The users that a store found for one question. */
#ifndef STORE_ANSWER_H
#define STORE_ANSWER_H

#include "base/span.h"
#include "status/error.h"
#include "store/backend.h"
#include "store/user.h"

enum {
    ANSWER_MAX_USERS = 16
};

struct cogmig_store_answer {
    cogmig_user *users[ANSWER_MAX_USERS];
    size_t count;
    bool overflowed; /* more were added than are kept */
    struct cogmig_error
        failure; /* of the first addition that failed, whatever the adder made of it */
};

/* Free the users and begin anew. */
void answer_clear(cogmig_store_answer *answer);

#endif
