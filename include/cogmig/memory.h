/* SPDX-License-Identifier: Apache-2.0
 * Raw buffers that the library hands out. */
#ifndef COGMIG_MEMORY_H
#define COGMIG_MEMORY_H

#ifdef __cplusplus
extern "C" {
#endif

/* Release a raw buffer (char **ret_*) that a call of this library returned. It is wiped first:
 * a trigger's response repeats the event, and with it the password. NULL is fine.
 *
 * Errors: none. Threads: any. Since: 1.0. */
void cogmig_free(void *buffer);

#ifdef __cplusplus
}
#endif

#endif
