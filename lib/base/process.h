/* SPDX-License-Identifier: Apache-2.0
 * Whose memory this is: what a process opened is not its child's after fork(). */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <sys/types.h>

/* As getpid(), which is a system call each time, where the answer can be kept until a fork(). */
pid_t process_id(void);

#endif
