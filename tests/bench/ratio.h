/* SPDX-License-Identifier: Apache-2.0
 * Two ways of doing the same, timed in turn in one process, so that the ratio holds when the
 * machine's speed drifts. */
#ifndef BENCH_RATIO_H
#define BENCH_RATIO_H

#include <stdbool.h>

struct contest {
    const char *name;   /* of the row */
    const char *target; /* of the ratio, for the reader: "<= 1.10" */
    void (*ours)(void);
    void (*reference)(void);
    int operations; /* that one call does */
    int rounds;
    bool throughput; /* the ratio is how many of ours fit into the time of one of the others */
};

/* Time ours against the reference and print a row of JSON: medians per operation in microseconds,
 * and the median of the ratios round by round. Where COGMIG_BENCH_ROW names another row, nothing.
 */
void run_contest(const struct contest *contest);

/* End the program when a thing that must work does not: a wrong result has no speed. */
void must(int condition, const char *what);

#endif
