/* SPDX-License-Identifier: Apache-2.0 */
#include "input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool grow(struct input *input, size_t *capacity)
{
    size_t larger = *capacity * 2;
    char *bytes = malloc(larger);
    if (bytes == NULL)
        return false;
    memcpy(bytes, input->bytes, input->len);
    explicit_bzero(input->bytes, *capacity); /* realloc() would leave a copy behind */
    free(input->bytes);
    input->bytes = bytes;
    *capacity = larger;
    return true;
}

bool input_read(size_t max, struct input *ret_input)
{
    size_t capacity = 64 * 1024;
    *ret_input = (struct input){malloc(capacity), 0};
    while (ret_input->bytes != NULL && ret_input->len <= max) {
        if (ret_input->len == capacity && !grow(ret_input, &capacity))
            break;
        ssize_t got =
            read(STDIN_FILENO, ret_input->bytes + ret_input->len, capacity - ret_input->len);
        if (got == 0)
            return true;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            break;
        ret_input->len += (size_t)got;
    }
    if (ret_input->bytes != NULL && ret_input->len > max)
        return true;
    int reason = errno;
    input_release(ret_input);
    errno = reason;
    return false;
}

void input_release(struct input *input)
{
    if (input->bytes != NULL)
        explicit_bzero(input->bytes, input->len);
    free(input->bytes);
    *input = (struct input){0};
}
