/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_END_CHILD_H
#define TESTS_END_CHILD_H

#include <stdio.h>
#include <unistd.h>

/* End a child of a fork as another program: one that ends by itself is taken by valgrind to leak
 * what only its parent may free. */
static inline _Noreturn void end_child(int code)
{
    char command[32];
    snprintf(command, sizeof command, "exit %d", code);
    execl("/bin/sh", "sh", "-c", command, NULL);
    _exit(99);
}

#endif
