/* SPDX-License-Identifier: Apache-2.0
 * What a store is opened from. */
#ifndef STORE_CONFIG_H
#define STORE_CONFIG_H

#include "store/backend.h"
#include "store/url.h"

struct cogmig_store_config {
    const struct backend *backend; /* NULL: neither URL nor callback yet */
    struct store_url url;
    struct store_model model; /* model.schema counts only when schema_given */
    bool schema_given;
    int32_t timeout_ms;
    cogmig_store_find_fn find;
    void *user_data;
};

/* The model as the URL and the setters together have it; its names are borrowed. */
struct store_model store_config_model(const cogmig_store_config *config);

#endif
