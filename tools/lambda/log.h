/* SPDX-License-Identifier: Apache-2.0
 * Structured log lines, and metrics in CloudWatch's embedded format, on standard output. They never
 * hold an event, a password or a hash. */
#ifndef COGMIG_LAMBDA_LOG_H
#define COGMIG_LAMBDA_LOG_H

#include "service.h"

#include <stdbool.h>

/* What became of one event. */
struct log_event {
    const char *function;
    const char *request_id;
    cogmig_status status;    /* COGMIG_OK: it was answered */
    const cogmig_error *err; /* why not, or why no */
    double duration_ms;
    bool cold_start;
    uint64_t counts[SERVICE_COUNTERS]; /* since the line before */
};

/* One line, which is a metric too. */
void log_event(const struct log_event *event);

/* The program could not begin; err says why. */
void log_no_start(const cogmig_error *err);

/* Something about the runtime API; request_id may be NULL. */
void log_problem(const char *request_id, const char *problem);

#endif
