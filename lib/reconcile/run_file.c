/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/run_file.h"

#include "base/memory.h"
#include "status/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    WRITE_AT_ONCE_BYTES = 64 * 1024,
    MAX_FOLDER_LENGTH = 3500
};

static cogmig_status failed(const char *what, cogmig_error *err)
{
    int reason = errno;
    bool no_room = reason == ENOSPC || reason == EDQUOT || reason == EFBIG;
    cogmig_status status = fail(err, no_room ? COGMIG_DISK_FULL : COGMIG_FILE_UNWRITABLE,
                                "Cannot %s: %s.", what, system_reason(reason));
    fail_upstream_number(err, COGMIG_UPSTREAM_SYSTEM, reason);
    return status;
}

bool run_file_may_be_in(const char *folder)
{
    struct stat kind;
    return strlen(folder) <= MAX_FOLDER_LENGTH && stat(folder, &kind) == 0 &&
           S_ISDIR(kind.st_mode) && access(folder, W_OK | X_OK) == 0;
}

/* ---- writing ---- */

cogmig_status run_file_open(const char *folder, struct run_file *file, cogmig_error *err)
{
    char path[MAX_FOLDER_LENGTH + sizeof "/.cogmig-XXXXXX"];
    if (strlen(folder) > MAX_FOLDER_LENGTH)
        return fail(err, COGMIG_INVALID_ARGUMENT, "The path of the work folder is too long.");
    snprintf(path, sizeof path, "%s/.cogmig-XXXXXX", folder);
    file->descriptor = mkostemp(path, O_CLOEXEC);
    if (file->descriptor < 0)
        return failed("make a file in the work folder", err);
    unlink(path);
    file->written_bytes = 0;
    file->unwritten = buffer_with_max(2 * WRITE_AT_ONCE_BYTES);
    return COGMIG_OK;
}

void run_file_close(struct run_file *file)
{
    buffer_release(&file->unwritten);
    if (file->descriptor >= 0)
        close(file->descriptor);
    file->descriptor = -1;
}

static cogmig_status write_all(struct run_file *file, struct span bytes, cogmig_error *err)
{
    while (bytes.len > 0) {
        ssize_t written = pwrite(file->descriptor, bytes.bytes, bytes.len, file->written_bytes);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return failed("write to the work folder", err);
        file->written_bytes += written;
        bytes.bytes += written;
        bytes.len -= (size_t)written;
    }
    return COGMIG_OK;
}

cogmig_status run_file_flush(struct run_file *file, cogmig_error *err)
{
    if (file->unwritten.state != BUFFER_GOOD)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    cogmig_status status =
        write_all(file, (struct span){file->unwritten.bytes, file->unwritten.len}, err);
    file->unwritten.len = 0;
    return status;
}

cogmig_status run_file_add(struct run_file *file, struct span bytes, cogmig_error *err)
{
    if (file->unwritten.len + bytes.len > WRITE_AT_ONCE_BYTES) {
        cogmig_status status = run_file_flush(file, err);
        if (status != COGMIG_OK)
            return status;
    }
    if (bytes.len > WRITE_AT_ONCE_BYTES)
        return write_all(file, bytes, err);
    buffer_add(&file->unwritten, bytes);
    return COGMIG_OK;
}

cogmig_status run_file_empty(struct run_file *file, cogmig_error *err)
{
    file->written_bytes = 0;
    return ftruncate(file->descriptor, 0) == 0 ? COGMIG_OK : failed("empty a file", err);
}

/* ---- reading ---- */

cogmig_status run_reader_open(struct run run, size_t buffer_bytes, struct run_reader *reader,
                              cogmig_error *err)
{
    *reader = (struct run_reader){.descriptor = run.file->descriptor,
                                  .at = run.begin,
                                  .end = run.end,
                                  .bytes = memory_new(buffer_bytes),
                                  .capacity = buffer_bytes};
    return reader->bytes == NULL ? fail_plainly(err, COGMIG_OUT_OF_MEMORY) : COGMIG_OK;
}

void run_reader_close(struct run_reader *reader)
{
    memory_free(reader->bytes);
    reader->bytes = NULL;
}

static cogmig_status make_room(struct run_reader *reader, size_t needed, cogmig_error *err)
{
    size_t held = reader->filled - reader->begin;
    memmove(reader->bytes, reader->bytes + reader->begin, held);
    reader->begin = 0;
    reader->filled = held;
    if (needed <= reader->capacity)
        return COGMIG_OK;
    char *larger = memory_resize(reader->bytes, needed);
    if (larger == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    reader->bytes = larger;
    reader->capacity = needed;
    return COGMIG_OK;
}

static cogmig_status read_more(struct run_reader *reader, cogmig_error *err)
{
    size_t room = reader->capacity - reader->filled;
    if ((int64_t)room > reader->end - reader->at)
        room = (size_t)(reader->end - reader->at);
    ssize_t got = pread(reader->descriptor, reader->bytes + reader->filled, room, reader->at);
    if (got < 0 && errno == EINTR)
        return COGMIG_OK;
    if (got < 0)
        return failed("read from the work folder", err);
    if (got == 0)
        return fail(err, COGMIG_INTERNAL_ERROR, "A file in the work folder was cut short.");
    reader->at += got;
    reader->filled += (size_t)got;
    return COGMIG_OK;
}

static cogmig_status hold(struct run_reader *reader, size_t needed, cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    if (reader->begin + needed > reader->capacity)
        status = make_room(reader, needed, err);
    while (status == COGMIG_OK && reader->filled - reader->begin < needed)
        status = read_more(reader, err);
    return status;
}

cogmig_status run_reader_next(struct run_reader *reader, struct span *ret_record, cogmig_error *err)
{
    size_t len;
    *ret_record = (struct span){0};
    if (reader->begin == reader->filled && reader->at == reader->end)
        return COGMIG_OK;
    cogmig_status status = hold(reader, sizeof len, err);
    if (status != COGMIG_OK)
        return status;
    memcpy(&len, reader->bytes + reader->begin, sizeof len);
    status = hold(reader, len, err);
    if (status != COGMIG_OK)
        return status;
    *ret_record = (struct span){reader->bytes + reader->begin, len};
    reader->begin += len;
    return COGMIG_OK;
}
