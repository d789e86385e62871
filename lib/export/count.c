/* SPDX-License-Identifier: Apache-2.0
 * How many users there are to be exported. */
#include "base/public.h"
#include "export/source.h"
#include "status/error.h"
#include "store/config.h"

#include <cogmig/export.h>

static cogmig_status count_rows(const struct source *source, void *state, int64_t *ret_count,
                                cogmig_error *err)
{
    struct export_value id;
    for (int64_t count = 0;; count++) {
        bool any = false;
        cogmig_status status = source->next(state, &id, &any, err);
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
    const struct source *source = NULL;
    struct source_facts facts;
    void *state = NULL;
    cogmig_status status = export_source_of(store, &source, err);
    if (status != COGMIG_OK)
        return status;
    struct store_model model = store_config_model(store);
    const char *const columns[] = {model.columns[COLUMN_ID]};
    struct source_request request = {.target = store->url.target,
                                     .model = &model,
                                     .columns = columns,
                                     .column_count = 1,
                                     .timeout_ms = store->timeout_ms,
                                     .password = store->password,
                                     .password_user_data = store->password_user_data};
    status = source->open(&request, &state, &facts, err);
    if (status != COGMIG_OK)
        return status;
    status = count_rows(source, state, ret_count, err);
    source->close(state);
    return status;
}
