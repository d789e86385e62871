/* SPDX-License-Identifier: Apache-2.0
 * The migration that all threads share. */
#ifndef COGMIG_LAMBDA_SERVICE_H
#define COGMIG_LAMBDA_SERVICE_H

#include "settings.h"

#include <cogmig/migration.h>
#include <pthread.h>

struct service {
    pthread_mutex_t opening;
    cogmig_migration *migration; /* NULL: the store could not be opened so far */
    int32_t deadline_ms;
};

/* Open the store. An outage is no failure: events try again, and Lambda need not start the program
 * anew for each.
 *
 * Errors: as cogmig_store_open_from_env(), those of kind UNAVAILABLE apart. */
cogmig_status service_open(struct service *service, const struct settings *settings,
                           cogmig_error *err);

void service_close(struct service *service);

/* Answer one event within this time, opening the store first if that is still to be done. */
cogmig_status service_answer(struct service *service, const char *event, size_t len,
                             int32_t within_ms, char **ret_response, size_t *ret_len,
                             cogmig_error *err);

#endif
