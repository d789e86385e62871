/* SPDX-License-Identifier: Apache-2.0 */
#include "export/result.h"

#include "base/memory.h"
#include "base/public.h"

COGMIG_PUBLIC int64_t cogmig_export_result_rows(const cogmig_export_result *result)
{
    return result == NULL ? 0 : result->rows;
}

COGMIG_PUBLIC int64_t cogmig_export_result_left_out(const cogmig_export_result *result)
{
    return result == NULL ? 0 : result->left_out;
}

COGMIG_PUBLIC int64_t cogmig_export_result_bytes(const cogmig_export_result *result)
{
    return result == NULL ? 0 : result->bytes;
}

COGMIG_PUBLIC int32_t cogmig_export_result_part(const cogmig_export_result *result)
{
    return result == NULL ? 0 : result->part;
}

COGMIG_PUBLIC bool cogmig_export_result_is_last_part(const cogmig_export_result *result)
{
    return result != NULL && result->last_part;
}

COGMIG_PUBLIC const char *cogmig_export_result_sha256(const cogmig_export_result *result)
{
    return result == NULL ? NULL : result->sha256;
}

COGMIG_PUBLIC const char *cogmig_export_result_snapshot_at(const cogmig_export_result *result)
{
    return result == NULL ? NULL : result->snapshot_at;
}

COGMIG_PUBLIC const char *cogmig_export_result_last_id(const cogmig_export_result *result)
{
    return result == NULL ? NULL : result->last_id;
}

COGMIG_PUBLIC void cogmig_export_result_free(cogmig_export_result **result)
{
    if (result == NULL || *result == NULL)
        return;
    memory_free((*result)->last_id);
    memory_free(*result);
    *result = NULL;
}
