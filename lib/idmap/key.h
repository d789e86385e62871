/* SPDX-License-Identifier: Apache-2.0
 * What can be a legacy id, a sub, a user pool's id. */
#ifndef IDMAP_KEY_H
#define IDMAP_KEY_H

#include "base/span.h"

#include <cogmig/error.h>

enum {
    POOL_ID_MAX_BYTES = 55, /* API reference, UserPoolIdType */
    ID_MAX_BYTES = 2048     /* of an attribute's value */
};

/* An emulator's id will do as well.
 *
 * Errors: POOL_ID_INVALID. */
cogmig_status idmap_check_pool_id(struct span pool_id, cogmig_error *err);

/* Errors: INVALID_ARGUMENT, IDMAP_ID_INVALID. */
cogmig_status idmap_check_legacy_id(const char *legacy_id, bool as_uuid, cogmig_error *err);

/* Errors: INVALID_ARGUMENT. */
cogmig_status idmap_check_sub(const char *sub, cogmig_error *err);

#endif
