/* SPDX-License-Identifier: Apache-2.0
 * What a map is opened from. */
#ifndef IDMAP_CONFIG_H
#define IDMAP_CONFIG_H

#include "idmap/key.h"
#include "idmap/sql.h"
#include "store/url.h"

#include <cogmig/idmap.h>

struct cogmig_idmap_config {
    struct store_url url; /* url.target is NULL: none yet; url.schema counts unless schema_given */
    char *schema;
    bool schema_given;
    char *table;
    char pool_id[POOL_ID_MAX_BYTES + 1]; /* "": none yet */
    int32_t timeout_ms;
    int32_t ping_after_idle_ms; /* as the store's */
    int32_t cache_entries;
    int32_t link_ttl_ms;
    int32_t miss_ttl_ms;
    bool require_uuid;
    bool require_link;
    bool allow_outage;
};

const struct idmap_backend *idmap_config_backend(const cogmig_idmap_config *config);
struct idmap_table idmap_config_table(const cogmig_idmap_config *config);
struct idmap_settings idmap_config_settings(const cogmig_idmap_config *config);

#endif
