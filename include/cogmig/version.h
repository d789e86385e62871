/* SPDX-License-Identifier: Apache-2.0
 * Which libcogmig this is: the header's version, and the library's at run time. */
#ifndef COGMIG_VERSION_H
#define COGMIG_VERSION_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    COGMIG_VERSION_MAJOR = 1,
    COGMIG_VERSION_MINOR = 0,
    COGMIG_VERSION_PATCH = 0
};

/* The version of the loaded library, e.g. "1.0.0". Static storage.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_version(void);

/* The version of the loaded library as one number: major * 10000 + minor * 100 + patch.
 *
 * Errors: none. Threads: any. Since: 1.0. */
int32_t cogmig_version_number(void);

/* The ABI: the number in libcogmig.so.1. It does not change.
 *
 * Errors: none. Threads: any. Since: 1.0. */
int32_t cogmig_abi_version(void);

#ifdef __cplusplus
}
#endif

#endif
