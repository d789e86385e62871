/* SPDX-License-Identifier: Apache-2.0
 * One bcrypt verification as a job for the lanes. */
#ifndef PASSWORD_BCRYPT_H
#define PASSWORD_BCRYPT_H

#include "password/bcrypt_hash.h"
#include "password/lanes.h"

/* The job of hashing a password under a stored hash's salt and cost. Only the first
 * BCRYPT_KEY_BYTES of the password are read. */
void bcrypt_job(struct span password, const struct bcrypt_hash *hash, enum key_form form,
                struct lane_job *ret_job);

/* Does a finished job's digest equal the stored one? In constant time. */
bool bcrypt_job_matches(const struct lane_job *job, const struct bcrypt_hash *hash);

#endif
