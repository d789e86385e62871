/* SPDX-License-Identifier: Apache-2.0
 * One verification, cut where the lanes take over: what the stored hash says, the job, the
 * verdict. */
#ifndef PASSWORD_CHECK_H
#define PASSWORD_CHECK_H

#include "password/bcrypt.h"
#include "password/rules.h"

struct check {
    struct lane_job job;
    struct bcrypt_hash hash;
    cogmig_status refusal; /* COGMIG_OK: the digest decides */
    bool cut;              /* bytes of the password did not count */
};

/* Make the job, which has to be computed whatever was found: where there is nothing to compare
 * with, it is work of stand_in_cost, so that time does not tell. err says why there is not.
 *
 * Errors: INVALID_ARGUMENT, STOPPED_BY_CALLBACK, INTERNAL_ERROR; there is no job then. */
cogmig_status check_begin(struct check *check, const struct cogmig_password_rules *rules,
                          struct span password, const char *stored, int32_t stand_in_cost,
                          cogmig_error *err);

/* The verdict on a job that was computed; wipes it. */
cogmig_status check_end(struct check *check, bool *ret_cut);

#endif
