/* SPDX-License-Identifier: Apache-2.0
 * The lane scheduler: several bcrypt jobs computed side by side on one core. A lane that finishes
 * takes the next job, whatever its cost, so that all lanes stay busy. */
#ifndef PASSWORD_LANES_H
#define PASSWORD_LANES_H

#include "password/key_schedule.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    BCRYPT_DIGEST_WORDS = 6
};

/* One hash to compute. */
struct lane_job {
    struct key_words password;
    struct key_words salt;
    int32_t cost;
    uint32_t digest[BCRYPT_DIGEST_WORDS]; /* out */
};

/* Where jobs come from and go to. */
struct lane_feed {
    struct lane_job *(*next)(void *user_data); /* NULL: none at this moment */
    void (*done)(void *user_data, struct lane_job *job);
    void *user_data;
};

struct lane {
    struct lane_job *job;
    uint64_t rounds_left;
};

/* Working memory; holds secrets until it is freed with memory_free(). */
struct lanes {
    struct blowfish states[BLOWFISH_LANES]; /* those of the busy lanes, in front */
    struct lane lane[BLOWFISH_LANES];
    size_t busy;
};

/* Compute until the feed has no job left. It is asked again every few milliseconds while a lane is
 * free, so that a job which comes later joins those that run. */
void lanes_run(struct lanes *lanes, const struct lane_feed *feed);

#endif
