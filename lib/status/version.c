/* SPDX-License-Identifier: Apache-2.0 */
#include "base/public.h"

#include <cogmig/version.h>

COGMIG_PUBLIC const char *cogmig_version(void)
{
    return PROJECT_VERSION; /* Meson's; a test compares it with the header's numbers */
}

COGMIG_PUBLIC int32_t cogmig_version_number(void)
{
    return COGMIG_VERSION_MAJOR * 10000 + COGMIG_VERSION_MINOR * 100 + COGMIG_VERSION_PATCH;
}

COGMIG_PUBLIC int32_t cogmig_abi_version(void)
{
    return 1;
}
