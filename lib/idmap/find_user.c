/* SPDX-License-Identifier: Apache-2.0
 * From verified claims to the legacy row. */
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "idmap/idmap.h"
#include "status/error.h"

/* What the token says counts unless the map knows better. */
static cogmig_status check_claimed(cogmig_idmap *map, const char *legacy_id, const char *sub,
                                   cogmig_error *err)
{
    bool linked = false;
    cogmig_status status = idmap_check_legacy_id(legacy_id, map->require_uuid, err);
    if (status == COGMIG_OK)
        status = idmap_hold_against(map, legacy_id, sub, IDMAP_NO_DEADLINE, &linked, err);
    if (status == COGMIG_OK && !linked && map->require_link)
        return fail(err, COGMIG_IDMAP_NOT_LINKED,
                    "The token names the legacy id \"%.64s\", but the map has no link to its sub "
                    "\"%.64s\", and one is demanded.",
                    legacy_id, sub);
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_find_user(cogmig_idmap *map, cogmig_store *store,
                                                   const cogmig_claims *claims,
                                                   cogmig_user **ret_user, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_user != NULL)
        *ret_user = NULL;
    if (map == NULL || store == NULL || claims == NULL || ret_user == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "map, store, claims or ret_user is NULL.");
    const char *sub = cogmig_claims_sub(claims), *claimed = cogmig_claims_legacy_id(claims);
    cogmig_status status = idmap_check_sub(sub, err);
    if (status != COGMIG_OK)
        return status;
    SCOPED(memory_release) char *mapped = NULL;
    status = claimed != NULL ? check_claimed(map, claimed, sub, err)
                             : cogmig_idmap_find_legacy_id(map, sub, &mapped, err);
    if (status != COGMIG_OK)
        return status;
    return cogmig_store_find_by_id(store, claimed != NULL ? claimed : mapped, ret_user, err);
}
