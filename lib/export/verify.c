/* SPDX-License-Identifier: Apache-2.0
 * Is a file what its manifest says? */
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "export/manifest.h"
#include "export/sink.h"
#include "status/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum {
    CHUNK_BYTES = 256 * 1024
};

static cogmig_status fail_to_read(const char *path, cogmig_error *err)
{
    int reason = errno;
    fail(err, COGMIG_FILE_UNREADABLE, "Cannot read %s: %s.", path, system_reason(reason));
    fail_upstream_number(err, COGMIG_UPSTREAM_SYSTEM, reason);
    return COGMIG_FILE_UNREADABLE;
}

static void release_descriptor(const int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
}

/* Called with one piece of the file after the other; false ends it. */
typedef bool (*take_fn)(void *user_data, struct span bytes);

static cogmig_status read_file(const char *path, take_fn take, void *user_data, cogmig_error *err)
{
    SCOPED(memory_release) char *chunk = memory_new(CHUNK_BYTES);
    if (chunk == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    SCOPED(release_descriptor) int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0)
        return fail_to_read(path, err);
    ssize_t got;
    while ((got = read(descriptor, chunk, CHUNK_BYTES)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_to_read(path, err);
        if (!take(user_data, (struct span){chunk, (size_t)got}))
            break;
    }
    return COGMIG_OK;
}

/* ---- the manifest ---- */

static bool take_manifest(void *user_data, struct span bytes)
{
    struct buffer *text = user_data;
    buffer_add(text, bytes);
    return text->state == BUFFER_GOOD;
}

static cogmig_status read_manifest(const char *path, const struct export_format **ret_format,
                                   cogmig_export_result *facts, cogmig_error *err)
{
    SCOPED(memory_release) char *manifest_path = sink_manifest_path(path);
    SCOPED(buffer_release) struct buffer text = buffer_with_max(MANIFEST_MAX_BYTES);
    if (manifest_path == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    cogmig_status status = read_file(manifest_path, take_manifest, &text, err);
    if (status != COGMIG_OK)
        return status;
    status = COGMIG_EXPORT_DAMAGED;
    if (text.state == BUFFER_GOOD)
        status = manifest_read((struct span){text.bytes, text.len}, ret_format, facts);
    if (status == COGMIG_OUT_OF_MEMORY || text.state == BUFFER_REFUSED)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    return status == COGMIG_OK
               ? COGMIG_OK
               : fail(err, status, "%s is not the manifest of an export.", manifest_path);
}

/* ---- the file ---- */

struct count {
    const struct export_format *format;
    struct running_sha256 *digest;
    int64_t bytes, rows;
    int state;
};

static bool take_bytes(void *user_data, struct span bytes)
{
    struct count *count = user_data;
    count->bytes += (int64_t)bytes.len;
    count->format->count_rows(bytes, &count->rows, &count->state);
    return running_sha256_add(count->digest, bytes);
}

static cogmig_status compare(const char *path, const cogmig_export_result *facts,
                             struct count *count, cogmig_error *err)
{
    char sha256[sizeof facts->sha256];
    if (!running_sha256_finish(count->digest, sha256))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    if (count->bytes != facts->bytes)
        return fail(err, COGMIG_EXPORT_DAMAGED, "%s has %lld bytes; its manifest says %lld.", path,
                    (long long)count->bytes, (long long)facts->bytes);
    if (strcmp(sha256, facts->sha256) != 0)
        return fail(err, COGMIG_EXPORT_DAMAGED,
                    "%s was changed: its SHA-256 is not that of its manifest.", path);
    if (count->rows != facts->rows)
        return fail(err, COGMIG_EXPORT_DAMAGED, "%s has %lld users; its manifest says %lld.", path,
                    (long long)count->rows, (long long)facts->rows);
    return COGMIG_OK;
}

static cogmig_status verify_file(const char *path, const struct export_format *format,
                                 const cogmig_export_result *facts, cogmig_error *err)
{
    SCOPED(running_sha256_release) struct running_sha256 *digest = running_sha256_new();
    if (digest == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    struct count count = {.format = format, .digest = digest};
    cogmig_status status = read_file(path, take_bytes, &count, err);
    return status == COGMIG_OK ? compare(path, facts, &count, err) : status;
}

COGMIG_PUBLIC cogmig_status cogmig_export_verify(const char *path,
                                                 cogmig_export_result **ret_result,
                                                 cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_result != NULL)
        *ret_result = NULL;
    if (path == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "path is NULL.");
    SCOPED(cogmig_export_result_free) cogmig_export_result *facts = memory_new(sizeof *facts);
    if (facts == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    const struct export_format *format;
    cogmig_status status = read_manifest(path, &format, facts, err);
    if (status == COGMIG_OK)
        status = verify_file(path, format, facts, err);
    if (status != COGMIG_OK || ret_result == NULL)
        return status;
    *ret_result = facts;
    facts = NULL;
    return COGMIG_OK;
}
