/* SPDX-License-Identifier: Apache-2.0 */
#include "export_progress.h"

#include "interruption.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

struct export_progress export_progress_begin(void)
{
    return (struct export_progress){.began_s = now_s()};
}

static void print_line(int64_t rows, int64_t estimate, double passed_s)
{
    double rate = passed_s > 0 ? (double)rows / passed_s : 0;
    fprintf(stderr, "\r\033[K%" PRId64 " users, %.0f per second", rows, rate);
    if (estimate > rows && rate > 0)
        fprintf(stderr, ", about %.0f %% done, %.0f s left",
                100.0 * (double)rows / (double)estimate, (double)(estimate - rows) / rate);
    fflush(stderr);
}

cogmig_status export_progress_show(void *user_data, int64_t rows, int64_t estimate)
{
    struct export_progress *progress = user_data;
    if (interruption_came())
        return COGMIG_STOPPED_BY_CALLBACK;
    if (isatty(STDERR_FILENO)) {
        print_line(rows, estimate, now_s() - progress->began_s);
        progress->shown = true;
    }
    return COGMIG_OK;
}

void export_progress_end(struct export_progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}
