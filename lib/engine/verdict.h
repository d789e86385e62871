/* SPDX-License-Identifier: Apache-2.0
 * What came of one job. Holds nothing secret but an event's response. */
#ifndef ENGINE_VERDICT_H
#define ENGINE_VERDICT_H

#include "status/error.h"

#include <cogmig/engine.h>

struct cogmig_verdict {
    struct cogmig_verdict *next; /* of those that wait to be handed out */
    int64_t job;
    void *job_data;
    cogmig_status status;
    struct cogmig_error error;
    cogmig_user *user;
    bool password_cut;
    char *response;
    size_t response_len;
};

#endif
