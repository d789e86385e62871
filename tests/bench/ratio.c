/* SPDX-License-Identifier: Apache-2.0 */
#include "ratio.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    MAX_ROUNDS = 101
};

void must(int condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

static double microseconds(void (*work)(void), int operations)
{
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    work();
    clock_gettime(CLOCK_MONOTONIC, &end);
    double elapsed =
        (double)(end.tv_sec - start.tv_sec) * 1e6 + (double)(end.tv_nsec - start.tv_nsec) / 1e3;
    return elapsed / operations;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare);
    return values[count / 2];
}

void run_contest(const struct contest *contest)
{
    double ours[MAX_ROUNDS], reference[MAX_ROUNDS], ratio[MAX_ROUNDS];
    const char *only = getenv("COGMIG_BENCH_ROW");
    if (only != NULL && strcmp(only, contest->name) != 0)
        return;
    must(contest->rounds <= MAX_ROUNDS, "too many rounds");
    contest->ours(); /* warm up */
    contest->reference();
    for (int i = 0; i < contest->rounds; i++) {
        bool ours_first = i % 2 == 0; /* how a processor slept before counts for who comes first */
        if (ours_first)
            ours[i] = microseconds(contest->ours, contest->operations);
        reference[i] = microseconds(contest->reference, contest->operations);
        if (!ours_first)
            ours[i] = microseconds(contest->ours, contest->operations);
        ratio[i] = contest->throughput ? reference[i] / ours[i] : ours[i] / reference[i];
    }
    printf("{\"name\":\"%s\",\"ours\":%.3f,\"reference\":%.3f,\"ratio\":%.4f,\"target\":\"%s\","
           "\"unit\":\"us\"}\n",
           contest->name, median(ours, contest->rounds), median(reference, contest->rounds),
           median(ratio, contest->rounds), contest->target);
    fflush(stdout);
}
