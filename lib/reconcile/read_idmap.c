/* SPDX-License-Identifier: Apache-2.0
 * The map's side: every link of the pool. */
#include "base/public.h"
#include "reconcile/reconcile.h"
#include "status/error.h"

#include <cogmig/idmap.h>

enum {
    LINKS_BETWEEN_PROGRESS = 1000
};

struct listing {
    cogmig_reconcile *reconcile;
    uint64_t links;
    struct cogmig_error failure; /* why a link was not taken */
};

static cogmig_status take_link(void *user_data, const char *legacy_id, const char *sub)
{
    struct listing *listing = user_data;
    cogmig_status status =
        cogmig_reconcile_add_link(listing->reconcile, legacy_id, sub, &listing->failure);
    if (status == COGMIG_OK && ++listing->links % LINKS_BETWEEN_PROGRESS == 0)
        status = reconcile_show_progress(listing->reconcile, COGMIG_RECONCILE_LINKS, listing->links,
                                         &listing->failure);
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_reconcile_read_idmap(cogmig_reconcile *reconcile,
                                                        cogmig_idmap *map, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (reconcile == NULL || map == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "reconcile or map is NULL.");
    struct listing listing = {.reconcile = reconcile};
    cogmig_status status = cogmig_idmap_list_links(map, NULL, take_link, &listing, err);
    if (listing.failure.status == COGMIG_OK)
        return status;
    error_copy(err, &listing.failure);
    return listing.failure.status;
}
