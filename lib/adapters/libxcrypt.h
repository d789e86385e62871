/* SPDX-License-Identifier: Apache-2.0
 * bcrypt as libxcrypt computes it. */
#ifndef ADAPTERS_LIBXCRYPT_H
#define ADAPTERS_LIBXCRYPT_H

#include <cogmig/status.h>

enum {
    LIBXCRYPT_BCRYPT_TEXT = 60
};

/* Hash a NUL-terminated password under a setting ("$2b$10$" and 22 characters of salt; what follows
 * is not read). out gets the 60 characters and a NUL. All working memory is wiped.
 *
 * Errors: OUT_OF_MEMORY, INTERNAL_ERROR (libxcrypt refused the setting or failed its own test). */
cogmig_status libxcrypt_bcrypt(const char *password, const char *setting,
                               char out[LIBXCRYPT_BCRYPT_TEXT + 1]);

#endif
