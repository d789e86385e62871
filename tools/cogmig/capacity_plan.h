/* SPDX-License-Identifier: Apache-2.0
 * What a cut-over needs, computed from what a machine can do. See docs/guide/capacity.md. */
#ifndef COGMIG_TOOL_CAPACITY_PLAN_H
#define COGMIG_TOOL_CAPACITY_PLAN_H

#include <stdbool.h>
#include <stdint.h>

enum {
    LOWEST_COST = 4,
    HIGHEST_COST = 31,
    REFERENCE_COST = 10, /* what is measured; each step up doubles the time */
    LAMBDA_MB_OF_A_CORE = 1769
};

/* How many hashes have each cost. */
struct cost_histogram {
    double weight[HIGHEST_COST + 1];
};

/* Read "10" or "10=90,12=10": costs with their shares, in any unit. */
bool cost_histogram_read(const char *text, struct cost_histogram *ret_histogram);

/* Seconds for a hash of REFERENCE_COST. */
struct machine_speed {
    double alone_s;        /* one at a time */
    double side_by_side_s; /* of one core, with all of its lanes busy */
    double all_cores_s;    /* of the whole machine, with all of its cores busy */
};

struct capacity_question {
    double users;
    double peak_per_s;
    struct cost_histogram costs;
};

struct capacity_plan {
    double core_s;             /* of one core for a sign-in, on average */
    double sign_ins_per_s;     /* of this machine */
    int32_t cores;             /* for the peak, as busy as CAPACITY_BUSY at most */
    double slowest_s;          /* the highest cost, alone on a whole core */
    int32_t lambda_mb;         /* so that the slowest takes LAMBDA_TARGET_S at most */
    double lambda_slowest_s;   /* with that much */
    double lambda_concurrency; /* invocations at a time at the peak */
    double drain_s;            /* all users once, as fast as this machine can */
};

struct capacity_plan capacity_plan(const struct capacity_question *question,
                                   const struct machine_speed *speed);

#endif
