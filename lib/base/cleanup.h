/* SPDX-License-Identifier: Apache-2.0
 * Scope exit: the function is called with a pointer to the variable on every way out. */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#define SCOPED(release) __attribute__((cleanup(release)))

#endif
