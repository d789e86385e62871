/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile_progress.h"

#include "interruption.h"

#include <cogmig/export.h>
#include <cogmig/memory.h>
#include <cogmig/reconcile.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    BAR_WIDTH = 30
};

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

struct reconcile_progress reconcile_progress_begin(void)
{
    return (struct reconcile_progress){.is_shown = isatty(STDERR_FILENO) == 1};
}

/* ---- how much there will be ---- */

static void expect(struct reconcile_progress *progress, int64_t total)
{
    progress->total = total;
    progress->began_s = now_s();
}

static cogmig_status add_day(void *user_data, const char *day, int64_t links)
{
    (void)day;
    *(int64_t *)user_data += links;
    return COGMIG_OK;
}

void reconcile_progress_expect_links(struct reconcile_progress *progress, cogmig_idmap *map)
{
    int64_t links = 0;
    if (progress->is_shown)
        cogmig_idmap_count_days(map, add_day, &links, NULL);
    expect(progress, links);
}

void reconcile_progress_expect_rows(struct reconcile_progress *progress,
                                    const cogmig_store_config *store)
{
    int64_t rows = 0;
    if (progress->is_shown && cogmig_export_count_users(store, &rows, NULL) != COGMIG_OK)
        rows = 0;
    expect(progress, rows);
}

/* Cognito's own estimate, where the credentials allow DescribeUserPool. */
void reconcile_progress_expect_users(struct reconcile_progress *progress, cogmig_cognito *cognito)
{
    char *text = NULL;
    size_t len = 0;
    int64_t users = 0;
    if (progress->is_shown &&
        cogmig_cognito_describe_pool(cognito, &text, &len, NULL) == COGMIG_OK) {
        json_t *described = json_loadb(text, len, 0, NULL);
        users = json_integer_value(
            json_object_get(json_object_get(described, "UserPool"), "EstimatedNumberOfUsers"));
        json_decref(described);
    }
    cogmig_free(text);
    expect(progress, users);
}

/* ---- the bar ---- */

static const char *name_of(int32_t what)
{
    return what == COGMIG_RECONCILE_COGNITO_USERS ? "Cognito users"
           : what == COGMIG_RECONCILE_LINKS       ? "links"
                                                  : "legacy users";
}

static void print_bar(const struct reconcile_progress *progress, uint64_t count)
{
    double part = (double)count / (double)progress->total;
    double passed_s = now_s() - progress->began_s;
    int full;
    if (part > 1)
        part = 1; /* an estimate may be too small */
    full = (int)(part * (double)BAR_WIDTH);
    fprintf(stderr, " [%.*s%*s] %3.0f %%", full, "##############################", BAR_WIDTH - full,
            "", 100 * part);
    if (part > 0 && part < 1)
        fprintf(stderr, ", %.0f s left", passed_s / part - passed_s);
}

cogmig_status reconcile_progress_show(void *user_data, int32_t what, uint64_t count)
{
    const struct reconcile_progress *progress = user_data;
    if (interruption_came())
        return COGMIG_STOPPED_BY_CALLBACK;
    if (!progress->is_shown)
        return COGMIG_OK;
    fprintf(stderr, "\r\033[K%" PRIu64 " %s", count, name_of(what));
    if (progress->total > 0)
        print_bar(progress, count);
    fflush(stderr);
    return COGMIG_OK;
}

void reconcile_progress_end(struct reconcile_progress *progress)
{
    if (progress->is_shown)
        fputs("\r\033[K", stderr);
    progress->is_shown = false;
}
