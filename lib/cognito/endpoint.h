/* SPDX-License-Identifier: Apache-2.0
 * Which host answers for a user pool. */
#ifndef COGNITO_ENDPOINT_H
#define COGNITO_ENDPOINT_H

#include "base/span.h"

enum {
    ENDPOINT_MAX_BYTES = 512
};

/* Letters, digits and hyphens, an underscore, letters and digits: also emulators' ids. */
bool endpoint_is_pool_id(const char *pool_id);

/* What stands before the underscore of a pool id. */
struct span endpoint_region(const char *pool_id);

/* Is it a region of AWS, whose host is known, or an emulator's "local"? */
bool endpoint_is_known_region(struct span region);

/* https://{service}.{region}.{suffix of the partition}; NULL when memory is refused. */
char *endpoint_of_service(const char *service, struct span region);

/* https://host, http://host, with or without port, nothing behind it but a slash. */
bool endpoint_is_url(const char *url);
bool endpoint_is_plain_http(const char *url);

/* What the Host header says: without the scheme, and without a port that is the scheme's own. */
struct span endpoint_host(const char *url);

#endif
