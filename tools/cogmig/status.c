/* SPDX-License-Identifier: Apache-2.0
 * cogmig status: how far the migration is, by the identity map. */
#include "failure.h"
#include "verbs.h"

#include <cogmig/export.h>
#include <cogmig/idmap.h>
#include <getopt.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

const char help_status[] =
    "cogmig status [options]\n"
    "\n"
    "Tells how many legacy users have moved to Cognito, how many remain, and how many moved on "
    "each\n"
    "day (UTC): users are those of the store, and moved is who is linked in the identity map.\n"
    "\"cogmig reconcile\" tells whether that is the truth.\n"
    "\n"
    "  --json           print JSON\n"
    "  --openmetrics    print the numbers for Prometheus and its like\n"
    "\n"
    "Store and map are those of DATABASE_URL, COGMIG_IDMAP_URL and COGNITO_USER_POOL_ID. Exit "
    "code\n"
    "5: one of them could not be asked.\n";

enum {
    DAYS_SHOWN = 14
};

struct progress {
    int64_t users;
    int64_t linked;
    json_t *days; /* day -> links, in order */
};

static cogmig_status add_day(void *user_data, const char *day, int64_t links)
{
    struct progress *progress = user_data;
    progress->linked += links;
    json_object_set_new(progress->days, day, json_integer(links));
    return COGMIG_OK;
}

static cogmig_status count_links(struct progress *progress, cogmig_error *err)
{
    cogmig_idmap *map = NULL;
    cogmig_status status = cogmig_idmap_open_from_env(&map, err);
    if (status == COGMIG_OK)
        status = cogmig_idmap_count_days(map, add_day, progress, err);
    cogmig_idmap_free(&map);
    return status;
}

static cogmig_status count_users(struct progress *progress, cogmig_error *err)
{
    cogmig_store_config *store = NULL;
    cogmig_status status = cogmig_store_config_new_from_env(&store, err);
    if (status == COGMIG_OK)
        status = cogmig_export_count_users(store, &progress->users, err);
    cogmig_store_config_free(&store);
    return status;
}

/* ---- showing it ---- */

/* Links of rows that were deleted since count as moved. */
static int64_t remaining(const struct progress *progress)
{
    return progress->users > progress->linked ? progress->users - progress->linked : 0;
}

static double percent(const struct progress *progress)
{
    return progress->users == 0
               ? 0
               : 100.0 * (double)(progress->users - remaining(progress)) / (double)progress->users;
}

static void print_text(const struct progress *progress)
{
    size_t days = json_object_size(progress->days), index = 0;
    const char *day;
    json_t *links;
    printf("%-13s %" PRId64 "\n%-13s %" PRId64 " (%.1f %%)\n%-13s %" PRId64 "\n", "legacy users",
           progress->users, "moved", progress->linked, percent(progress), "remaining",
           remaining(progress));
    json_object_foreach(progress->days, day, links)
    {
        if (index++ + DAYS_SHOWN >= days)
            printf("%-13s %" JSON_INTEGER_FORMAT "\n", day, json_integer_value(links));
    }
}

static void print_json(const struct progress *progress)
{
    json_t *object = json_pack("{s:I, s:I, s:I, s:O}", "users", (json_int_t)progress->users,
                               "moved", (json_int_t)progress->linked, "remaining",
                               (json_int_t)remaining(progress), "days", progress->days);
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}

static void print_gauge(const char *name, const char *help, int64_t value)
{
    printf("# TYPE %s gauge\n# HELP %s %s\n%s %" PRId64 "\n", name, name, help, name, value);
}

/* The days that the text shows: a series for each day of a long migration helps nobody. */
static void print_days(const struct progress *progress)
{
    size_t days = json_object_size(progress->days), index = 0;
    const char *day;
    json_t *links;
    puts(
        "# TYPE cogmig_moved_users_per_day gauge\n"
        "# HELP cogmig_moved_users_per_day Users who moved on a day (UTC), of the last 14 on which "
        "any did.");
    json_object_foreach(progress->days, day, links)
    {
        if (index++ + DAYS_SHOWN >= days)
            printf("cogmig_moved_users_per_day{day=\"%s\"} %" JSON_INTEGER_FORMAT "\n", day,
                   json_integer_value(links));
    }
}

static void print_openmetrics(const struct progress *progress)
{
    print_gauge("cogmig_store_users", "Users of the legacy store.", progress->users);
    print_gauge("cogmig_moved_users", "Users who are linked in the identity map.",
                progress->linked);
    print_gauge("cogmig_remaining_users", "Users who have not moved yet.", remaining(progress));
    print_days(progress);
    puts("# EOF");
}

/* ---- the verb ---- */

typedef void (*print_fn)(const struct progress *progress);

/* 0, or the exit code. */
static int read_form(int argc, char **argv, print_fn *ret_print)
{
    static const struct option known[] = {
        {"json", no_argument, NULL, 'j'},
        {"openmetrics", no_argument, NULL, 'o'},
        {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(argc, argv, ":", known, NULL)) != -1) {
        if (option == '?' || option == ':')
            return misuse_of_option(option, argv, known);
        *ret_print = option == 'j' ? print_json : print_openmetrics;
    }
    return optind < argc ? misuse("\"status\" takes options alone.") : 0;
}

int verb_status(int argc, char **argv)
{
    print_fn print = print_text;
    struct progress progress = {.days = json_object()};
    int code = read_form(argc, argv, &print);
    if (code == 0) {
        cogmig_error *err = new_error_box();
        if (count_links(&progress, err) == COGMIG_OK && count_users(&progress, err) == COGMIG_OK)
            print(&progress);
        else
            code = report(err, print == print_json);
        cogmig_error_free(&err);
    }
    json_decref(progress.days);
    return code;
}
