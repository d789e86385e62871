/* SPDX-License-Identifier: Apache-2.0
 * Which process this is, asked before each use of what a forked child must not touch. */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <sys/types.h>

/* As getpid(), mostly without the system call. Threads: any. */
pid_t process_id(void);

#endif
