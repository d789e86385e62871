/* SPDX-License-Identifier: Apache-2.0 */
#include "base/read_file.h"

#include "base/cleanup.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static void release_descriptor(const int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
}

static int read_all(int descriptor, char *chunk, size_t size, struct buffer *content)
{
    while (content->state == BUFFER_GOOD) {
        ssize_t got = read(descriptor, chunk, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno;
        buffer_add(content, (struct span){chunk, (size_t)got});
        if (got == 0)
            break;
    }
    return 0;
}

int read_file(const char *path, struct buffer *content)
{
    SCOPED(release_descriptor) int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0)
        return errno;
    char chunk[4096];
    int reason = read_all(descriptor, chunk, sizeof chunk, content);
    memory_wipe(chunk, sizeof chunk); /* it may have been credentials */
    return reason;
}
