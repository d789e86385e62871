/* SPDX-License-Identifier: Apache-2.0 */
#include "service.h"

#include <time.h>

static cogmig_status make_migration(cogmig_store *store, int32_t deadline_ms,
                                    cogmig_migration **ret_migration, cogmig_error *err)
{
    cogmig_migration_config *config = NULL;
    cogmig_status status = cogmig_migration_config_new(&config, err);
    if (status == COGMIG_OK)
        status = cogmig_migration_config_set_deadline_ms(config, deadline_ms, err);
    if (status == COGMIG_OK)
        status = cogmig_migration_new(config, store, ret_migration, err);
    cogmig_migration_config_free(&config);
    return status;
}

static cogmig_status open_migration(int32_t deadline_ms, cogmig_migration **ret_migration,
                                    cogmig_error *err)
{
    cogmig_store *store = NULL;
    cogmig_status status = cogmig_store_open_from_env(&store, err);
    if (status == COGMIG_OK)
        status = make_migration(store, deadline_ms, ret_migration, err);
    cogmig_store_free(&store);
    return status;
}

cogmig_status service_open(struct service *service, const struct settings *settings,
                           cogmig_error *err)
{
    *service = (struct service){.opening = PTHREAD_MUTEX_INITIALIZER,
                                .deadline_ms = settings->deadline_ms};
    cogmig_status status = open_migration(service->deadline_ms, &service->migration, err);
    return cogmig_status_kind(status) == COGMIG_KIND_UNAVAILABLE ? COGMIG_OK : status;
}

void service_close(struct service *service)
{
    cogmig_migration_free(&service->migration);
    pthread_mutex_destroy(&service->opening);
}

/* One thread opens; the others wait for it rather than knock at the same door. */
static cogmig_status find_migration(struct service *service, cogmig_migration **ret_migration,
                                    cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    pthread_mutex_lock(&service->opening);
    if (service->migration == NULL)
        status = open_migration(service->deadline_ms, &service->migration, err);
    *ret_migration = service->migration;
    pthread_mutex_unlock(&service->opening);
    return status;
}

static int64_t steady_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

cogmig_status service_answer(struct service *service, const char *event, size_t len,
                             int32_t within_ms, char **ret_response, size_t *ret_len,
                             cogmig_error *err)
{
    int64_t began_ms = steady_ms();
    cogmig_migration *migration = NULL;
    cogmig_status status = find_migration(service, &migration, err);
    if (status != COGMIG_OK)
        return status;
    int64_t left_ms = within_ms - (steady_ms() - began_ms);
    if (left_ms < 1) {
        cogmig_error_set(err, COGMIG_DEADLINE_EXCEEDED,
                         "No time was left for this event; is the database slow to connect, or the "
                         "function's timeout below 5 seconds?");
        return COGMIG_DEADLINE_EXCEEDED;
    }
    return cogmig_migration_handle_within(migration, event, len, (int32_t)left_ms, ret_response,
                                          ret_len, err);
}
