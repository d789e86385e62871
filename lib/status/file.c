/* SPDX-License-Identifier: Apache-2.0 */
#include "status/file.h"

#include "status/error.h"

#include <errno.h>

static cogmig_status status_of(int reason)
{
    switch (reason) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EIO:
        return COGMIG_DISK_FULL;
    case ENOMEM:
        return COGMIG_OUT_OF_MEMORY;
    default:
        return COGMIG_FILE_UNWRITABLE;
    }
}

cogmig_status fail_to_write(cogmig_error *err, const char *path, int reason)
{
    cogmig_status status = status_of(reason);
    fail(err, status, "Cannot write %s: %s%s.", path, system_reason(reason),
         reason == EEXIST ? ", and it was not touched" : "");
    fail_upstream_number(err, COGMIG_UPSTREAM_SYSTEM, reason);
    return status;
}
