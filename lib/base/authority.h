/* SPDX-License-Identifier: Apache-2.0
 * What stands in a URL between its scheme and its path (RFC 3986 section 3.2), without a user. */
#ifndef BASE_AUTHORITY_H
#define BASE_AUTHORITY_H

#include "base/span.h"

#include <stdbool.h>

/* Empty if the scheme is neither http nor https. */
struct span authority_of(const char *url);

/* A name or [an IPv6 address], and a port from 1 to 65535 if there is one. */
bool authority_has_host(struct span authority);

#endif
