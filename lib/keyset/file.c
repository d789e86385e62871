/* SPDX-License-Identifier: Apache-2.0 */
#include "keyset/file.h"

#include "base/read_file.h"
#include "status/error.h"

static cogmig_status unreadable(const char *path, int reason, cogmig_error *err)
{
    cogmig_status status = fail(err, COGMIG_FILE_UNREADABLE, "Cannot read the JWKS file %s: %s.",
                                path, system_reason(reason));
    fail_upstream_number(err, COGMIG_UPSTREAM_SYSTEM, reason);
    return status;
}

cogmig_status jwks_file_read(const char *path, struct buffer *content, cogmig_error *err)
{
    int reason = read_file(path, content);
    if (reason != 0)
        return unreadable(path, reason, err);
    switch (content->state) {
    case BUFFER_FULL:
        return fail(err, COGMIG_JWKS_MALFORMED, "The JWKS file %s is larger than %zu bytes.", path,
                    content->max);
    case BUFFER_REFUSED:
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    default:
        return COGMIG_OK;
    }
}
