/* SPDX-License-Identifier: Apache-2.0
 * Standard input, whole and bounded. */
#ifndef COGMIG_TOOL_INPUT_H
#define COGMIG_TOOL_INPUT_H

#include <stdbool.h>
#include <stddef.h>

struct input {
    char *bytes;
    size_t len;
};

/* Read at most `max` bytes and one more, so that the library can say that it is too large. False,
 * with errno, when reading fails. */
bool input_read(size_t max, struct input *ret_input);

/* Wipe and release: an event holds a password. */
void input_release(struct input *input);

#endif
