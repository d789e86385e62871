/* SPDX-License-Identifier: Apache-2.0
 * The models of well-known products. */
#ifndef STORE_PRESET_H
#define STORE_PRESET_H

#include "store/backend.h"

extern const char preset_by_default[];

/* Make the named model; its attributes are none.
 *
 * Errors: OUT_OF_MEMORY, CONFIG_INVALID (no such preset). */
cogmig_status preset_make(const char *name, struct store_model *ret_model, cogmig_error *err);

/* The columns under which a statement of the caller's own answers. */
cogmig_status preset_make_for_sql(const char *by_email, const char *by_id,
                                  struct store_model *ret_model, cogmig_error *err);

#endif
