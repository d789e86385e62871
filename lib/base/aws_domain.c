/* SPDX-License-Identifier: Apache-2.0 */
#include "base/aws_domain.h"

#include <stddef.h>

/* botocore's endpoints.json, which has the hosts of the APIs. UNVERIFIED for all but amazonaws.com
 * is that the hosts of issuers and load balancers follow them. */
const char *aws_domain(struct span region)
{
    static const struct {
        const char *regions, *domain;
    } partitions[] = {
        {"cn-", "amazonaws.com.cn"},    {"eusc-", "amazonaws.eu"},
        {"us-iso-", "c2s.ic.gov"},      {"us-isob-", "sc2s.sgov.gov"},
        {"eu-isoe-", "cloud.adc-e.uk"}, {"us-isof-", "csp.hci.ic.gov"},
    };
    for (size_t i = 0; i < sizeof partitions / sizeof partitions[0]; i++)
        if (span_starts_with(region, partitions[i].regions))
            return partitions[i].domain;
    return "amazonaws.com";
}
