/* SPDX-License-Identifier: Apache-2.0 */
#include "export/source.h"

#include "status/error.h"
#include "store/config.h"

cogmig_status export_source_of(const cogmig_store_config *store, const struct source **ret_source,
                               cogmig_error *err)
{
    if (store->backend == NULL)
        return fail(err, COGMIG_CONFIG_INCOMPLETE, "The store has no URL.");
    *ret_source = store->backend == &libpq_backend ? &libpq_source : NULL;
#ifdef COGMIG_SQLITE
    if (store->backend == &sqlite_backend)
        *ret_source = &sqlite_source;
#endif
    if (*ret_source == NULL)
        return fail(err, COGMIG_CONFIG_INVALID,
                    "A store of your own is asked for one user at a time; it cannot list them.");
    if (store->model.sql_by_email != NULL)
        return fail(err, COGMIG_CONFIG_INVALID,
                    "SQL of your own finds one user at a time; name the table instead.");
    return COGMIG_OK;
}
