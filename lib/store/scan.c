/* SPDX-License-Identifier: Apache-2.0 */
#include "store/scan.h"

#include "status/error.h"
#include "store/config.h"

cogmig_status scan_of_store(const cogmig_store_config *store, const struct scan **ret_scan,
                            cogmig_error *err)
{
    if (store->backend == NULL)
        return fail(err, COGMIG_CONFIG_INCOMPLETE, "The store has no URL.");
    *ret_scan = store->backend == &libpq_backend ? &libpq_scan : NULL;
#ifdef COGMIG_SQLITE
    if (store->backend == &sqlite_backend)
        *ret_scan = &sqlite_scan;
#endif
    if (*ret_scan == NULL)
        return fail(err, COGMIG_CONFIG_INVALID,
                    "A store of your own is asked for one user at a time; it cannot list them.");
    if (store->model.sql_by_email != NULL)
        return fail(
            err, COGMIG_CONFIG_INVALID,
            "SQL of your own (COGMIG_SQL_BY_EMAIL) finds one user at a time and cannot list "
            "them: make a view with its columns, name that (COGMIG_TABLE, "
            "COGMIG_PASSWORD_COLUMN and so on) and leave the SQL out. The recipe is in "
            "docs/reference/store.md, \"A view of your own\".");
    return COGMIG_OK;
}

struct scan_request scan_request_of(const cogmig_store_config *store,
                                    const struct store_model *model,
                                    const struct scan_columns *columns)
{
    return (struct scan_request){
        .target = store->url.target,
        .model = model,
        .columns = columns,
        .timeout_ms = store->timeout_ms,
        .password = store->password,
        .password_user_data = store->password_user_data,
    };
}

void scan_add_source(struct buffer *sql, const struct scan_request *request)
{
    if (request->survey)
        sql_add_source(sql, request->model, NULL);
    else
        sql_add_table(sql, request->model);
}
