/* SPDX-License-Identifier: Apache-2.0 */
#include "base/new_file.h"

#include "base/cleanup.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    ATTEMPTS = 100, /* at a name that killed processes of the same id have not left behind */
    MAX_NAME = 255
};

const struct new_file no_new_file = {.folder = -1, .descriptor = -1};

static int open_folder(struct new_file *file, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    if (name[0] == '\0')
        return slash == NULL ? ENOENT : EISDIR;
    SCOPED(memory_release)
    char *folder =
        slash == NULL ? memory_copy_text(".") : memory_copy_bytes(path, (size_t)(name - path));
    file->name = memory_copy_text(name);
    if (folder == NULL || file->name == NULL)
        return ENOMEM;
    file->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return file->folder < 0 ? errno : 0;
}

/* Before the work rather than after it. A device or a folder is never replaced. */
static int check_name_is_free(const struct new_file *file)
{
    struct stat there;
    if (fstatat(file->folder, file->name, &there, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? 0 : errno;
    bool is_file = S_ISREG(there.st_mode) || S_ISLNK(there.st_mode);
    return file->may_replace && is_file ? 0 : EEXIST;
}

static int open_temporary(struct new_file *file)
{
    char name[MAX_NAME + 1];
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        int len =
            snprintf(name, sizeof name, "%s.partial-%d-%d", file->name, (int)getpid(), attempt);
        if (len >= (int)sizeof name)
            return ENAMETOOLONG;
        file->descriptor =
            openat(file->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (file->descriptor < 0 && errno == EEXIST)
            continue;
        if (file->descriptor < 0)
            return errno;
        file->temporary = memory_copy_text(name);
        if (file->temporary == NULL)
            unlinkat(file->folder, name, 0);
        return file->temporary == NULL ? ENOMEM : 0;
    }
    return EEXIST;
}

int new_file_begin(struct new_file *file, const char *path, bool may_replace)
{
    *file = no_new_file;
    file->may_replace = may_replace;
    int failure = open_folder(file, path);
    if (failure == 0)
        failure = check_name_is_free(file);
    if (failure == 0)
        failure = open_temporary(file);
    if (failure != 0)
        new_file_release(file);
    return failure;
}

int new_file_write(const struct new_file *file, struct span bytes)
{
    while (bytes.len > 0) {
        ssize_t written = write(file->descriptor, bytes.bytes, bytes.len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return written < 0 ? errno : EIO;
        bytes = (struct span){bytes.bytes + written, bytes.len - (size_t)written};
    }
    return 0;
}

static int sync_to_disk(int descriptor)
{
    while (fsync(descriptor) != 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

static int rename_unless_taken(const struct new_file *file)
{
    if (renameat2(file->folder, file->temporary, file->folder, file->name, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS) /* this file system has links instead */
        return errno;
    if (linkat(file->folder, file->temporary, file->folder, file->name, 0) != 0)
        return errno;
    return unlinkat(file->folder, file->temporary, 0) == 0 ? 0 : errno;
}

static int put_in_place(const struct new_file *file)
{
    if (!file->may_replace)
        return rename_unless_taken(file);
    return renameat(file->folder, file->temporary, file->folder, file->name) == 0 ? 0 : errno;
}

/* Some file systems cannot sync a folder, and say so. */
static int sync_folder(int folder)
{
    int failure = sync_to_disk(folder);
    return failure == EINVAL || failure == EROFS ? 0 : failure;
}

static void forget_temporary(struct new_file *file)
{
    memory_free(file->temporary);
    file->temporary = NULL;
}

int new_file_finish(struct new_file *file)
{
    int failure = sync_to_disk(file->descriptor);
    if (failure == 0)
        failure = put_in_place(file);
    if (failure == 0) {
        forget_temporary(file);
        failure = sync_folder(file->folder);
    }
    new_file_release(file);
    return failure;
}

static void close_descriptor(int descriptor)
{
    if (descriptor >= 0)
        close(descriptor);
}

void new_file_release(struct new_file *file)
{
    if (file->temporary != NULL)
        unlinkat(file->folder, file->temporary, 0);
    close_descriptor(file->descriptor);
    close_descriptor(file->folder);
    memory_free(file->name);
    memory_free(file->temporary);
    *file = no_new_file;
}
