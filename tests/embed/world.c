/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdlib.h>

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value == NULL ? "" : value;
}

struct world world_from_environment(void)
{
    return (struct world){
        .issuer = variable("EMBED_ISSUER"),
        .client = variable("EMBED_CLIENT"),
        .token = variable("EMBED_TOKEN"),
        .jwks_url = variable("EMBED_JWKS_URL"),
        .sqlite_url = variable("EMBED_SQLITE_URL"),
        .postgres_url = variable("EMBED_POSTGRES_URL"),
    };
}
