/* SPDX-License-Identifier: Apache-2.0 */
#include "report_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    ATTEMPTS = 100 /* at a name that killed processes of the same id have not left behind */
};

/* Before the work rather than after it. */
static int check_name_is_free(const char *path)
{
    struct stat there;
    if (lstat(path, &there) == 0)
        return EEXIST;
    return errno == ENOENT ? 0 : errno;
}

static int open_partial(struct report_file *file)
{
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        int len = snprintf(file->partial, sizeof file->partial, "%s.partial-%d-%d", file->path,
                           (int)getpid(), attempt);
        if (len < 0 || (size_t)len >= sizeof file->partial)
            return ENAMETOOLONG;
        int descriptor =
            open(file->partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (descriptor < 0 && errno == EEXIST)
            continue;
        file->stream = descriptor < 0 ? NULL : fdopen(descriptor, "w");
        return file->stream == NULL ? errno : 0;
    }
    return EEXIST;
}

int report_file_begin(struct report_file *file, const char *path)
{
    file->path = path;
    int failure = check_name_is_free(path);
    return failure == 0 ? open_partial(file) : failure;
}

/* What a failed write left in errno may be another call's by now; what is left to be written fails
 * once more. */
static int write_to_disk(FILE *stream)
{
    if (fflush(stream) != 0 || fsync(fileno(stream)) != 0)
        return errno;
    return ferror(stream) == 0 ? 0 : EIO;
}

static int put_in_place(const struct report_file *file)
{
    if (renameat2(AT_FDCWD, file->partial, AT_FDCWD, file->path, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS) /* this file system has links instead */
        return errno;
    if (link(file->partial, file->path) != 0)
        return errno;
    return unlink(file->partial) == 0 ? 0 : errno;
}

int report_file_finish(struct report_file *file)
{
    if (file->stream == NULL)
        return 0;
    int failure = write_to_disk(file->stream);
    if (failure == 0)
        failure = put_in_place(file);
    if (failure != 0) {
        report_file_drop(file);
        return failure;
    }
    fclose(file->stream);
    file->stream = NULL;
    return 0;
}

void report_file_drop(struct report_file *file)
{
    if (file->stream == NULL)
        return;
    fclose(file->stream);
    unlink(file->partial);
    file->stream = NULL;
}
