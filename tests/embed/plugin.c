/* SPDX-License-Identifier: Apache-2.0
 * A module that uses libcogmig, for hosts that load it at run time. */
#include "use.h"

#include <cogmig/version.h>

#define EXPORTED __attribute__((visibility("default")))

EXPORTED bool plugin_run(const struct world *world, struct trouble *trouble);
EXPORTED const void *plugin_where(void);

bool plugin_run(const struct world *world, struct trouble *trouble)
{
    return use_everything(world, trouble);
}

/* A place in the copy of libcogmig that this module has. */
const void *plugin_where(void)
{
    return (const void *)cogmig_version;
}
