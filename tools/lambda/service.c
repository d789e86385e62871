/* SPDX-License-Identifier: Apache-2.0 */
#include "service.h"

cogmig_status service_open(struct service *service, cogmig_error *err)
{
    *service = (struct service){.counting = PTHREAD_MUTEX_INITIALIZER};
    return cogmig_migration_new_from_env(NULL, &service->migration, err);
}

void service_close(struct service *service)
{
    cogmig_migration_free(&service->migration);
    pthread_mutex_destroy(&service->counting);
}

cogmig_status service_refuse(struct service *service, cogmig_status status, const char *why,
                             cogmig_error *err)
{
    pthread_mutex_lock(&service->counting);
    service->failed_outside++;
    pthread_mutex_unlock(&service->counting);
    cogmig_error_set(err, status, why);
    return status;
}

cogmig_status service_answer(struct service *service, const char *event, size_t len,
                             int32_t within_ms, char **ret_response, size_t *ret_len,
                             cogmig_error *err)
{
    if (within_ms < 1)
        return service_refuse(service, COGMIG_DEADLINE_EXCEEDED,
                              "No time was left for this event; did the start take long, or is the "
                              "function's timeout below 5 seconds?",
                              err);
    return cogmig_migration_handle_within(service->migration, event, len, within_ms, ret_response,
                                          ret_len, err);
}

static uint64_t total(const struct service *service, int32_t counter)
{
    uint64_t count = cogmig_migration_get_counter(service->migration, counter);
    return counter == COGMIG_MIGRATION_FAILED ? count + service->failed_outside : count;
}

void service_take_counts(struct service *service, uint64_t counts[SERVICE_COUNTERS])
{
    pthread_mutex_lock(&service->counting);
    for (int32_t i = 0; i < SERVICE_COUNTERS; i++) {
        uint64_t now = total(service, i);
        counts[i] = now - service->told[i];
        service->told[i] = now;
    }
    pthread_mutex_unlock(&service->counting);
}
