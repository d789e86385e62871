/* SPDX-License-Identifier: Apache-2.0 */
#include "export/sink.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "status/error.h"
#include "status/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    MAX_PATH_BYTES = 8192
};

/* users.json, users-2.json and so on. */
static char *path_of_part(const char *path, int32_t part)
{
    if (part == 1)
        return memory_copy_text(path);
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(name, '.');
    size_t before = dot == NULL || dot == name ? strlen(path) : (size_t)(dot - path);
    char number[16];
    snprintf(number, sizeof number, "-%d", (int)part);
    SCOPED(buffer_release) struct buffer text = buffer_with_max(MAX_PATH_BYTES);
    buffer_add(&text, (struct span){path, before});
    buffer_add_text(&text, number);
    buffer_add_text(&text, path + before);
    return buffer_take(&text, NULL);
}

char *sink_manifest_path(const char *path)
{
    SCOPED(buffer_release) struct buffer text = buffer_with_max(MAX_PATH_BYTES);
    buffer_add_text(&text, path);
    buffer_add_text(&text, ".manifest.json");
    return buffer_take(&text, NULL);
}

/* Before the work: a manifest of another export must not be taken for this one's. The export's own
 * name comes first, for it is what people know. */
static cogmig_status check_names_are_free(const char *path, cogmig_error *err)
{
    if (access(path, F_OK) == 0)
        return fail_to_write(err, path, EEXIST);
    SCOPED(memory_release) char *manifest = sink_manifest_path(path);
    if (manifest == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    return access(manifest, F_OK) == 0 ? fail_to_write(err, manifest, EEXIST) : COGMIG_OK;
}

cogmig_status sink_begin_part(struct sink *sink, int32_t part, cogmig_error *err)
{
    sink->part_bytes = 0;
    if (sink->digest == NULL && (sink->digest = running_sha256_new()) == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    if (sink->path == NULL)
        return COGMIG_OK;
    memory_free(sink->part_path);
    sink->part_path = path_of_part(sink->path, part);
    if (sink->part_path == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    cogmig_status status = check_names_are_free(sink->part_path, err);
    if (status != COGMIG_OK)
        return status;
    int failure = new_file_begin(&sink->file, sink->part_path, false);
    return failure == 0 ? COGMIG_OK : fail_to_write(err, sink->part_path, failure);
}

static int write_to_descriptor(int descriptor, struct span bytes)
{
    const struct new_file around = {.folder = -1, .descriptor = descriptor};
    return new_file_write(&around, bytes);
}

static cogmig_status write_to_callback(const struct sink *sink, struct span bytes,
                                       cogmig_error *err)
{
    cogmig_status said = sink->write(sink->user_data, bytes.bytes, bytes.len);
    if (said == COGMIG_OK)
        return COGMIG_OK;
    fail_plainly(err, COGMIG_STOPPED_BY_CALLBACK);
    fail_upstream_number(err, COGMIG_UPSTREAM_CALLBACK, said);
    return COGMIG_STOPPED_BY_CALLBACK;
}

cogmig_status sink_write(struct sink *sink, struct span bytes, cogmig_error *err)
{
    sink->part_bytes += (int64_t)bytes.len;
    if (!running_sha256_add(sink->digest, bytes))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    if (sink->write != NULL)
        return write_to_callback(sink, bytes, err);
    int failure = sink->path != NULL ? new_file_write(&sink->file, bytes)
                                     : write_to_descriptor(sink->descriptor, bytes);
    return failure == 0
               ? COGMIG_OK
               : fail_to_write(err, sink->path != NULL ? sink->part_path : "the output", failure);
}

cogmig_status sink_finish_part(struct sink *sink, char ret_sha256[2 * OPENSSL_SHA256_BYTES + 1],
                               cogmig_error *err)
{
    return running_sha256_finish(sink->digest, ret_sha256)
               ? COGMIG_OK
               : fail_plainly(err, COGMIG_OUT_OF_MEMORY);
}

/* Its bytes are on the disk, under a name that says that it is no export yet, before the export
 * gets its name: only killing between the two renames separates them. */
static cogmig_status write_manifest(struct new_file *file, const char *path, struct span manifest,
                                    cogmig_error *err)
{
    int failure = new_file_begin(file, path, false);
    if (failure == 0)
        failure = new_file_write(file, manifest);
    return failure == 0 ? COGMIG_OK : fail_to_write(err, path, failure);
}

static cogmig_status finish_file(struct new_file *file, const char *path, cogmig_error *err)
{
    int failure = new_file_finish(file);
    return failure == 0 ? COGMIG_OK : fail_to_write(err, path, failure);
}

cogmig_status sink_publish_part(struct sink *sink, struct span manifest, cogmig_error *err)
{
    if (sink->path == NULL)
        return COGMIG_OK;
    SCOPED(new_file_release) struct new_file beside = no_new_file;
    SCOPED(memory_release) char *path = sink_manifest_path(sink->part_path);
    if (path == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    cogmig_status status = write_manifest(&beside, path, manifest, err);
    if (status == COGMIG_OK)
        status = finish_file(&sink->file, sink->part_path, err);
    if (status == COGMIG_OK)
        status = finish_file(&beside, path, err);
    return status;
}

void sink_release(struct sink *sink)
{
    new_file_release(&sink->file);
    memory_free(sink->part_path);
    sink->part_path = NULL;
    running_sha256_release(&sink->digest);
}
