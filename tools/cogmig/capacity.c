/* SPDX-License-Identifier: Apache-2.0
 * cogmig capacity: what this machine hashes, and what a cut-over needs. */
#include "capacity_plan.h"
#include "failure.h"
#include "verbs.h"

#include <cogmig/engine.h>
#include <cogmig/password.h>
#include <getopt.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

const char help_capacity[] =
    "cogmig capacity [options]\n"
    "\n"
    "Measures for about two seconds how fast this machine verifies bcrypt hashes, and says what a\n"
    "cut-over needs: cores, Lambda memory, time.\n"
    "\n"
    "  --users N       how many users there are\n"
    "  --peak N        sign-ins per second in the busiest minute\n"
    "  --cost COSTS    the costs of their hashes with their shares, e.g. 10=90,12=10;\n"
    "                  10 by default\n"
    "  --json          print JSON\n"
    "\n"
    "The formula is in docs/guide/capacity.md.\n";

enum {
    TRIES = 6,     /* of one hash alone */
    PER_CORE = 12, /* hashes side by side */
    DEADLINE_MS = 600000
};

static const char password[] = "Correct-Horse-10";
/* Of the reference cost; that nothing fits it does not change the work. */
static const char stored[] = "$2b$10$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

/* ---- measuring ---- */

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The best of several: what else runs here makes it slower, never faster. */
static cogmig_status measure_alone(double *ret_s, cogmig_error *err)
{
    *ret_s = 0;
    for (int i = 0; i < TRIES; i++) {
        double began = now_s();
        cogmig_status status = cogmig_password_verify(password, strlen(password), stored, err);
        if (status != COGMIG_PASSWORD_MISMATCH)
            return status;
        double took = now_s() - began;
        if (i == 0 || took < *ret_s)
            *ret_s = took;
    }
    return COGMIG_OK;
}

/* Hashes through an engine of so many workers; seconds for each. */
static cogmig_status run_engine(cogmig_engine *engine, int jobs, double *ret_s, cogmig_error *err)
{
    double began = now_s();
    for (int i = 0; i < jobs; i++) {
        cogmig_status status = cogmig_engine_submit_password(engine, password, strlen(password),
                                                             stored, DEADLINE_MS, NULL, NULL, err);
        if (status != COGMIG_OK)
            return status;
    }
    cogmig_status status = cogmig_engine_drain(engine, DEADLINE_MS, err);
    *ret_s = (now_s() - began) / jobs;
    return status;
}

static cogmig_status measure_workers(int32_t workers, double *ret_s, cogmig_error *err)
{
    cogmig_engine_config *config = NULL;
    cogmig_engine *engine = NULL;
    int jobs = workers * PER_CORE;
    cogmig_status status = cogmig_engine_config_new(&config, err);
    if (status == COGMIG_OK)
        status = cogmig_engine_config_set_workers(config, workers, err);
    if (status == COGMIG_OK)
        status = cogmig_engine_config_set_max_jobs(config, jobs, err);
    if (status == COGMIG_OK)
        status = cogmig_engine_new(config, &engine, err);
    if (status == COGMIG_OK)
        status = run_engine(engine, jobs, ret_s, err);
    cogmig_engine_free(&engine);
    cogmig_engine_config_free(&config);
    return status;
}

static int32_t cores(void)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    if (online < 1)
        return 1;
    return online > 256 ? 256 : (int32_t)online; /* as many workers as an engine has */
}

static cogmig_status measure(struct machine_speed *ret_speed, cogmig_error *err)
{
    cogmig_status status = measure_alone(&ret_speed->alone_s, err);
    if (status == COGMIG_OK)
        status = measure_workers(1, &ret_speed->side_by_side_s, err);
    if (status == COGMIG_OK)
        status = measure_workers(cores(), &ret_speed->all_cores_s, err);
    return status;
}

/* ---- saying ---- */

struct request {
    struct capacity_question question;
    bool as_json;
};

static void print_json(const struct request *request, const struct machine_speed *speed,
                       const struct capacity_plan *plan)
{
    json_t *object =
        json_pack("{s:i, s:f, s:f, s:f, s:f, s:f, s:f, s:i, s:f}", "cores_here", (int)cores(),
                  "alone_ms_at_cost_10", speed->alone_s * 1e3, "side_by_side_ms_at_cost_10",
                  speed->side_by_side_s * 1e3, "all_cores_ms_at_cost_10", speed->all_cores_s * 1e3,
                  "core_ms_per_sign_in", plan->core_s * 1e3, "sign_ins_per_second_here",
                  plan->sign_ins_per_s, "slowest_ms", plan->slowest_s * 1e3, "lambda_memory_mb",
                  (int)plan->lambda_mb, "lambda_slowest_ms", plan->lambda_slowest_s * 1e3);
    if (request->question.peak_per_s > 0) {
        json_object_set_new(object, "cores_for_peak", json_integer(plan->cores));
        json_object_set_new(object, "lambda_concurrency", json_real(plan->lambda_concurrency));
    }
    if (request->question.users > 0)
        json_object_set_new(object, "drain_seconds_here", json_real(plan->drain_s));
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}

static void print_text(const struct request *request, const struct machine_speed *speed,
                       const struct capacity_plan *plan)
{
    printf("%-26s %.1f ms alone, %.1f ms side by side in one core\n", "a hash of cost 10",
           speed->alone_s * 1e3, speed->side_by_side_s * 1e3);
    printf("%-26s %.1f per second on %" PRId32 " cores\n", "sign-ins here", plan->sign_ins_per_s,
           cores());
    printf("%-26s %.1f ms of a core\n", "your average sign-in", plan->core_s * 1e3);
    if (request->question.peak_per_s > 0)
        printf("%-26s %" PRId32 "\n", "cores for the peak", plan->cores);
    printf("%-26s %" PRId32 " MB (the slowest hash takes %.0f ms there)\n", "Lambda memory",
           plan->lambda_mb, plan->lambda_slowest_s * 1e3);
    if (request->question.peak_per_s > 0)
        printf("%-26s %.1f invocations at a time\n", "Lambda at the peak",
               plan->lambda_concurrency);
    if (request->question.users > 0)
        printf("%-26s %.1f hours\n", "all users once, here", plan->drain_s / 3600);
}

/* ---- the verb ---- */

/* A number above 0, or -1. */
static double amount(const char *text)
{
    char *end;
    double value = strtod(text, &end);
    return end != text && *end == '\0' && value > 0 && value <= 1e12 ? value : -1;
}

/* 0, or the exit code. */
static int read_request(int argc, char **argv, struct request *request)
{
    static const struct option known[] = {
        {"users", required_argument, NULL, 'u'},
        {"peak", required_argument, NULL, 'p'},
        {"cost", required_argument, NULL, 'c'},
        {"json", no_argument, NULL, 'j'},
        {NULL, 0, NULL, 0},
    };
    int option;
    const char *costs = "10";
    while ((option = getopt_long(argc, argv, ":", known, NULL)) != -1) {
        switch (option) {
        case 'u':
            request->question.users = amount(optarg);
            break;
        case 'p':
            request->question.peak_per_s = amount(optarg);
            break;
        case 'c':
            costs = optarg;
            break;
        case 'j':
            request->as_json = true;
            break;
        default:
            return misuse_of_option(option, argv, known);
        }
    }
    if (optind < argc)
        return misuse("\"capacity\" takes options alone.");
    if (request->question.users < 0 || request->question.peak_per_s < 0)
        return misuse("--users and --peak are numbers above 0.");
    if (!cost_histogram_read(costs, &request->question.costs))
        return misuse("--cost is like 10=90,12=10, with bcrypt costs from 4 to 31.");
    return 0;
}

int verb_capacity(int argc, char **argv)
{
    struct request request = {.as_json = false};
    struct machine_speed speed;
    int code = read_request(argc, argv, &request);
    if (code != 0)
        return code;
    cogmig_error *err = new_error_box();
    if (measure(&speed, err) == COGMIG_OK) {
        struct capacity_plan plan = capacity_plan(&request.question, &speed);
        (request.as_json ? print_json : print_text)(&request, &speed, &plan);
    } else {
        code = report(err, request.as_json);
    }
    cogmig_error_free(&err);
    return code;
}
