/* SPDX-License-Identifier: Apache-2.0 */
#include "keyset/file.h"

#include "base/cleanup.h"
#include "status/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static cogmig_status unreadable(const char *path, cogmig_error *err)
{
    int reason = errno;
    char text[128];
    cogmig_status status = fail(err, COGMIG_FILE_UNREADABLE, "Cannot read the JWKS file %s: %s.",
                                path, strerror_r(reason, text, sizeof text));
    fail_upstream_number(err, COGMIG_UPSTREAM_SYSTEM, reason);
    return status;
}

static void release_descriptor(const int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
}

static cogmig_status judge(const char *path, const struct buffer *content, cogmig_error *err)
{
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

cogmig_status jwks_file_read(const char *path, struct buffer *content, cogmig_error *err)
{
    SCOPED(release_descriptor) int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0)
        return unreadable(path, err);
    char chunk[4096];
    while (content->state == BUFFER_GOOD) {
        ssize_t got = read(descriptor, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return unreadable(path, err);
        buffer_add(content, (struct span){chunk, (size_t)got});
        if (got == 0)
            break;
    }
    return judge(path, content, err);
}
