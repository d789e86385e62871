/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/config.h"

#include "base/memory.h"
#include "base/public.h"
#include "status/error.h"

#include <inttypes.h>
#include <unistd.h>

enum {
    MAX_THREADS = 256,
    MAX_JOBS = 1000000,
    DEFAULT_LOOKUP_THREADS = 2,
    DEFAULT_MAX_JOBS = 1024,
    DEFAULT_DEADLINE_MS = 4000
};

static int32_t online_processors(void)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    if (online < 1)
        return 1;
    return online > MAX_THREADS ? MAX_THREADS : (int32_t)online;
}

void engine_config_set_defaults(cogmig_engine_config *config)
{
    *config = (struct cogmig_engine_config){
        .workers = online_processors(),
        .lookup_threads = DEFAULT_LOOKUP_THREADS,
        .max_jobs = DEFAULT_MAX_JOBS,
        .deadline_ms = DEFAULT_DEADLINE_MS,
        .password_rules = rules_by_default,
    };
}

COGMIG_PUBLIC cogmig_status cogmig_engine_config_new(cogmig_engine_config **ret_config,
                                                     cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_config == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    *ret_config = memory_new(sizeof **ret_config);
    if (*ret_config == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    engine_config_set_defaults(*ret_config);
    return COGMIG_OK;
}

COGMIG_PUBLIC void cogmig_engine_config_free(cogmig_engine_config **config)
{
    if (config == NULL)
        return;
    memory_free(*config);
    *config = NULL;
}

static cogmig_status check_range(const char *what, int32_t value, int32_t max, cogmig_error *err)
{
    if (value >= 1 && value <= max)
        return COGMIG_OK;
    return fail(err, COGMIG_CONFIG_INVALID,
                "The engine's number of %s is 1 to %" PRId32 ", not %" PRId32 ".", what, max,
                value);
}

COGMIG_PUBLIC cogmig_status cogmig_engine_config_set_workers(cogmig_engine_config *config,
                                                             int32_t workers, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    cogmig_status status = check_range("workers", workers, MAX_THREADS, err);
    if (status == COGMIG_OK)
        config->workers = workers;
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_engine_config_set_lookup_threads(cogmig_engine_config *config,
                                                                    int32_t threads,
                                                                    cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    cogmig_status status = check_range("threads for look-ups", threads, MAX_THREADS, err);
    if (status == COGMIG_OK)
        config->lookup_threads = threads;
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_engine_config_set_max_jobs(cogmig_engine_config *config,
                                                              int32_t max_jobs, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    cogmig_status status = check_range("jobs", max_jobs, MAX_JOBS, err);
    if (status == COGMIG_OK)
        config->max_jobs = max_jobs;
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_engine_config_set_deadline_ms(cogmig_engine_config *config,
                                                                 int32_t deadline_ms,
                                                                 cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    cogmig_status status =
        check_range("milliseconds for a job", deadline_ms, ENGINE_MAX_DEADLINE_MS, err);
    if (status == COGMIG_OK)
        config->deadline_ms = deadline_ms;
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_engine_config_set_password_rules(
    cogmig_engine_config *config, const cogmig_password_rules *rules, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || rules == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    config->password_rules = *rules;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_engine_config_set_on_verdict(cogmig_engine_config *config,
                                                                cogmig_verdict_fn on_verdict,
                                                                void *user_data, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    config->on_verdict = on_verdict;
    config->user_data = user_data;
    return COGMIG_OK;
}
