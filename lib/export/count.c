/* SPDX-License-Identifier: Apache-2.0
 * How many users there are to be exported. */
#include "base/public.h"
#include "status/error.h"
#include "store/config.h"
#include "store/scan.h"

#include <cogmig/export.h>

static cogmig_status count_rows(const struct scan *scan, void *state, int64_t *ret_count,
                                cogmig_error *err)
{
    struct scan_value id;
    for (int64_t count = 0;; count++) {
        bool any = false;
        cogmig_status status = scan->next(state, &id, &any, err);
        if (status != COGMIG_OK)
            return status;
        if (!any) {
            *ret_count = count;
            return COGMIG_OK;
        }
    }
}

COGMIG_PUBLIC cogmig_status cogmig_export_count_users(const cogmig_store_config *store,
                                                      int64_t *ret_count, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_count != NULL)
        *ret_count = 0;
    if (store == NULL || ret_count == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "store or ret_count is NULL.");
    const struct scan *scan = NULL;
    struct scan_facts facts;
    void *state = NULL;
    cogmig_status status = scan_of_store(store, &scan, err);
    if (status != COGMIG_OK)
        return status;
    struct store_model model = store_config_model(store);
    struct scan_columns columns;
    scan_columns_begin(&columns, &model);
    struct scan_request request = scan_request_of(store, &model, &columns);
    status = scan->open(&request, &state, &facts, err);
    if (status != COGMIG_OK)
        return status;
    status = count_rows(scan, state, ret_count, err);
    scan->close(state);
    return status;
}
