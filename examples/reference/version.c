/* SPDX-License-Identifier: Apache-2.0 */
#include <cogmig/cogmig.h>
#include <stdio.h>

int main(void)
{
    /* region: newer */
    if (cogmig_version_number() < 10000 * COGMIG_VERSION_MAJOR + 100 * COGMIG_VERSION_MINOR)
        fprintf(stderr, "built with a newer libcogmig than the %s that is loaded\n",
                cogmig_version());
    /* end region */
    return 0;
}
