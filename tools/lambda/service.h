/* SPDX-License-Identifier: Apache-2.0
 * The migration that all threads share, and what it counts. */
#ifndef COGMIG_LAMBDA_SERVICE_H
#define COGMIG_LAMBDA_SERVICE_H

#include <cogmig/migration.h>
#include <pthread.h>

enum {
    SERVICE_COUNTERS = COGMIG_MIGRATION_PASSED_THROUGH + 1 /* by their numbers */
};

struct service {
    cogmig_migration *migration;
    pthread_mutex_t counting;
    uint64_t told[SERVICE_COUNTERS]; /* of each counter, so far */
    uint64_t failed_outside;         /* events that the migration never saw */
};

/* Errors: as cogmig_migration_new_from_env(). */
cogmig_status service_open(struct service *service, cogmig_error *err);

void service_close(struct service *service);

/* An event fails that did not even arrive whole, or in time. */
cogmig_status service_refuse(struct service *service, cogmig_status status, const char *why,
                             cogmig_error *err);

/* Answer one event within this time. */
cogmig_status service_answer(struct service *service, const char *event, size_t len,
                             int32_t within_ms, char **ret_response, size_t *ret_len,
                             cogmig_error *err);

/* How often each counter has counted since this was asked last. */
void service_take_counts(struct service *service, uint64_t counts[SERVICE_COUNTERS]);

#endif
