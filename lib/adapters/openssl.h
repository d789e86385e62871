/* SPDX-License-Identifier: Apache-2.0
 * What is asked of OpenSSL, in plain C. */
#ifndef ADAPTERS_OPENSSL_H
#define ADAPTERS_OPENSSL_H

#include "base/span.h"

#include <cogmig/status.h>
#include <stdbool.h>
#include <stddef.h>

/* Compares all bytes whatever they are, so that the time taken tells nothing. */
bool openssl_equal(const void *a, const void *b, size_t len);

#endif
