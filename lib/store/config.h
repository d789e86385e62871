/* SPDX-License-Identifier: Apache-2.0
 * What a store is opened from. */
#ifndef STORE_CONFIG_H
#define STORE_CONFIG_H

#include "store/backend.h"
#include "store/pool.h"
#include "store/url.h"

enum {
    NOT_GIVEN = -1
};

struct cogmig_store_config {
    const struct backend *backend; /* NULL: neither URL nor callback yet */
    struct store_url url;
    struct store_model model; /* model.schema counts only when schema_given */
    bool schema_given;
    int32_t timeout_ms;
    cogmig_store_find_fn find;
    void *user_data;
    struct pool_limits limits; /* max and acquire_timeout_ms may be NOT_GIVEN */
    int32_t pooler;            /* COGMIG_POOLER_*, or NOT_GIVEN */
    cogmig_store_password_fn password;
    void *password_user_data;
};

/* The model as the URL and the setters together have it; its names are borrowed. */
struct store_model store_config_model(const cogmig_store_config *config);

#endif
