/* SPDX-License-Identifier: Apache-2.0
 * Where AWS's hosts are: each partition of its regions has a domain. */
#ifndef BASE_AWS_DOMAIN_H
#define BASE_AWS_DOMAIN_H

#include "base/span.h"

/* Such as amazonaws.com, of which a region's hosts are. */
const char *aws_domain(struct span region);

#endif
