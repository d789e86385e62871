/* SPDX-License-Identifier: Apache-2.0
 * Lambda's runtime API, version 2018-06-01 (Developer Guide, "Using the Lambda runtime API for
 * custom runtimes"). */
#ifndef COGMIG_LAMBDA_RUNTIME_API_H
#define COGMIG_LAMBDA_RUNTIME_API_H

#include "invocation.h"

/* One connection to it; one thread uses it, runtime_api_stop() apart. */
struct runtime_api;

enum runtime_outcome {
    RUNTIME_DONE,
    RUNTIME_STOPPED, /* runtime_api_stop() was called while nothing had come */
    RUNTIME_REFUSED, /* it does not want what was sent: the invocation is over */
    RUNTIME_FAILED   /* no sensible reply */
};

/* NULL when memory is refused. host: host:port. */
struct runtime_api *runtime_api_new(const char *host);

void runtime_api_free(struct runtime_api *api);

/* Wait for the next invocation, for as long as it takes: the process may be frozen meanwhile. Its
 * event may have a fault. */
enum runtime_outcome runtime_api_next(struct runtime_api *api, struct invocation *invocation);

enum runtime_outcome runtime_api_respond(struct runtime_api *api, const char *id, const char *bytes,
                                         size_t len);

/* No answer to this invocation. report: as report_of() makes it. */
enum runtime_outcome runtime_api_fail(struct runtime_api *api, const char *id, const char *report);

/* The function could not be made ready. */
enum runtime_outcome runtime_api_fail_init(struct runtime_api *api);

/* What was wrong with the last call that did not end in RUNTIME_DONE, or with the event. Borrowed.
 */
const char *runtime_api_problem(const struct runtime_api *api);

/* End runtime_api_next(), now and from now on. From any thread. */
void runtime_api_stop(struct runtime_api *api);

#endif
