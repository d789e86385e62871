/* SPDX-License-Identifier: Apache-2.0 */
#include "capacity_plan.h"

#include <stdlib.h>
#include <string.h>

enum {
    LAMBDA_SMALLEST_MB = 128,
    LAMBDA_STEP_MB = 64
};

/* A queue in front of a core that is always busy grows without end. */
static const double busy = 0.7;
static const double lambda_target_s = 1.0; /* of Cognito's five */

/* ---- costs ---- */

static bool is_end_of_entry(char c)
{
    return c == ',' || c == '\0';
}

/* "10" or "10=90"; NULL when it is neither. */
static const char *read_entry(const char *text, struct cost_histogram *histogram)
{
    char *end;
    long cost = strtol(text, &end, 10);
    if (end == text || cost < LOWEST_COST || cost > HIGHEST_COST || histogram->weight[cost] > 0)
        return NULL;
    double weight = 1;
    if (*end == '=') {
        const char *number = end + 1;
        weight = strtod(number, &end);
        if (end == number)
            return NULL;
    }
    histogram->weight[cost] = weight;
    return weight > 0 && weight <= 1e12 && is_end_of_entry(*end) ? end : NULL;
}

bool cost_histogram_read(const char *text, struct cost_histogram *ret_histogram)
{
    memset(ret_histogram, 0, sizeof *ret_histogram);
    for (const char *at = text;; at++) {
        at = read_entry(at, ret_histogram);
        if (at == NULL)
            return false;
        if (*at == '\0')
            return true;
    }
}

/* How much more work than REFERENCE_COST. */
static double factor_of(int cost)
{
    double factor = 1;
    for (; cost > REFERENCE_COST; cost--)
        factor *= 2;
    for (; cost < REFERENCE_COST; cost++)
        factor /= 2;
    return factor;
}

static double average_factor(const struct cost_histogram *costs)
{
    double all = 0, work = 0;
    for (int cost = LOWEST_COST; cost <= HIGHEST_COST; cost++) {
        all += costs->weight[cost];
        work += costs->weight[cost] * factor_of(cost);
    }
    return work / all;
}

static int highest_cost(const struct cost_histogram *costs)
{
    int cost = HIGHEST_COST;
    while (cost > LOWEST_COST && costs->weight[cost] <= 0)
        cost--;
    return cost;
}

/* ---- the plan ---- */

static int32_t round_up(double value)
{
    if (value >= INT32_MAX)
        return INT32_MAX;
    int32_t whole = (int32_t)value;
    return whole < value ? whole + 1 : whole;
}

static int32_t lambda_mb_for(double slowest_s)
{
    const double core_mb = (double)LAMBDA_MB_OF_A_CORE, step_mb = (double)LAMBDA_STEP_MB;
    double mb = core_mb * slowest_s / lambda_target_s;
    if (mb >= core_mb)
        return LAMBDA_MB_OF_A_CORE; /* one sign-in at a time cannot use a second core */
    int32_t steps = round_up(mb / step_mb);
    if (steps * LAMBDA_STEP_MB > LAMBDA_MB_OF_A_CORE)
        return LAMBDA_MB_OF_A_CORE;
    return steps * LAMBDA_STEP_MB < LAMBDA_SMALLEST_MB ? LAMBDA_SMALLEST_MB
                                                       : steps * LAMBDA_STEP_MB;
}

struct capacity_plan capacity_plan(const struct capacity_question *question,
                                   const struct machine_speed *speed)
{
    double average = average_factor(&question->costs);
    struct capacity_plan plan = {
        .core_s = speed->side_by_side_s * average,
        .sign_ins_per_s = 1 / (speed->all_cores_s * average),
        .slowest_s = speed->alone_s * factor_of(highest_cost(&question->costs)),
    };
    plan.cores = round_up(question->peak_per_s * plan.core_s / busy);
    plan.lambda_mb = lambda_mb_for(plan.slowest_s);
    double slower = (double)LAMBDA_MB_OF_A_CORE / plan.lambda_mb;
    plan.lambda_slowest_s = plan.slowest_s * slower;
    plan.lambda_concurrency = question->peak_per_s * speed->alone_s * average * slower;
    plan.drain_s = question->users / plan.sign_ins_per_s;
    return plan;
}
