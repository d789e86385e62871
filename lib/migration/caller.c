/* SPDX-License-Identifier: Apache-2.0
 * From which pool and which client an event is. */
#include "base/cleanup.h"
#include "base/memory.h"
#include "idmap/idmap.h"
#include "migration/triggers.h"

#include <string.h>

static bool has_pool(const struct callers *callers, const char *pool_id)
{
    bool listed = callers->pool_count == 0;
    for (size_t i = 0; i < callers->pool_count && pool_id != NULL; i++)
        listed |= strcmp(callers->pools[i], pool_id) == 0;
    return listed;
}

static bool has_client(const struct callers *callers, const char *client_id)
{
    bool listed = callers->client_count == 0;
    for (size_t i = 0; i < callers->client_count && client_id != NULL; i++)
        listed |= strcmp(callers->clients[i], client_id) == 0;
    return listed;
}

static cogmig_status check_pool(const struct course *course, bool of_map, cogmig_error *err)
{
    static const char *const path[] = {"userPoolId", NULL};
    const cogmig_migration_config *config = &course->migration->config;
    SCOPED(memory_release) char *pool_id = NULL;
    cogmig_status status = event_text(&course->event, path, &pool_id, err);
    if (status != COGMIG_OK)
        return status;
    const char *shown = pool_id == NULL ? "" : pool_id;
    if (of_map && strcmp(config->idmap->pool_id, shown) != 0)
        return fail(err, COGMIG_CALLER_REFUSED,
                    "The event is from the user pool \"%.64s\", the identity map is that of %s.",
                    shown, config->idmap->pool_id);
    if (!has_pool(&config->callers, pool_id))
        return fail(err, COGMIG_CALLER_REFUSED,
                    "The event is from the user pool \"%.64s\", which is not on the list.", shown);
    return COGMIG_OK;
}

static cogmig_status check_client(const struct course *course, cogmig_error *err)
{
    static const char *const path[] = {"callerContext", "clientId", NULL};
    SCOPED(memory_release) char *client_id = NULL;
    cogmig_status status = event_text(&course->event, path, &client_id, err);
    if (status != COGMIG_OK || has_client(&course->migration->config.callers, client_id))
        return status;
    return fail(err, COGMIG_CALLER_REFUSED,
                "The event is from the app client \"%.64s\", which is not on the list.",
                client_id == NULL ? "" : client_id);
}

cogmig_status caller_check(const struct course *course, bool of_map, cogmig_error *err)
{
    cogmig_status status = check_pool(course, of_map, err);
    return status == COGMIG_OK ? check_client(course, err) : status;
}
