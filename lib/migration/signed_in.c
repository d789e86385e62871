/* SPDX-License-Identifier: Apache-2.0
 * PostAuthentication and PostConfirmation: the first moment at which both ids are known. */
#include "base/cleanup.h"
#include "base/memory.h"
#include "idmap/idmap.h"
#include "migration/triggers.h"

static cogmig_status link_ids(struct course *course, cogmig_error *err)
{
    const cogmig_migration_config *config = &course->migration->config;
    SCOPED(memory_release) char *sub = NULL;
    SCOPED(memory_release) char *legacy_id = NULL;
    cogmig_status status = event_attribute(&course->event, "sub", &sub, err);
    if (status == COGMIG_OK)
        status = event_attribute(&course->event, config->legacy_id_attribute, &legacy_id, err);
    if (status != COGMIG_OK || sub == NULL || legacy_id == NULL)
        return status;
    status = caller_check(course, true, err);
    if (status == COGMIG_OK)
        status = idmap_link(config->idmap, legacy_id, sub, course->deadline, err);
    if (status == COGMIG_OK)
        course->outcome = COGMIG_MIGRATION_LINKED;
    return status;
}

cogmig_status signed_in_link(struct course *course, cogmig_error *err)
{
    const cogmig_migration_config *config = &course->migration->config;
    if (config->idmap == NULL)
        return COGMIG_OK;
    struct cogmig_error said = {0};
    cogmig_status status = link_ids(course, &said);
    if (status == COGMIG_OK)
        return COGMIG_OK;
    error_copy(err, &said);
    return course_tolerate(course, status, !config->fail_closed, COGMIG_MIGRATION_NOT_LINKED, err);
}
