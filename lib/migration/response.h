/* SPDX-License-Identifier: Apache-2.0
 * The answer as Cognito reads it: the event with its response filled in. */
#ifndef MIGRATION_RESPONSE_H
#define MIGRATION_RESPONSE_H

#include "migration/config.h"
#include "migration/decide.h"
#include "migration/event.h"
#include "migration/hook.h"

#include <cogmig/user.h>

/* "No": the event byte for byte.
 *
 * Errors: OUT_OF_MEMORY. */
cogmig_status response_no(struct span document, char **ret_response, size_t *ret_len,
                          cogmig_error *err);

/* "Yes": every byte outside of `response` as it came, and so are its members that have no part in
 * the answer.
 *
 * additions  attributes of a hook
 *
 * Errors: OUT_OF_MEMORY. */
cogmig_status response_yes(const cogmig_migration_config *config, struct span document,
                           const struct event *event, const cogmig_user *user, enum answer answer,
                           const struct cogmig_migration_answer *additions, char **ret_response,
                           size_t *ret_len, cogmig_error *err);

/* Would Cognito take the row's values as attributes?
 *
 * Errors: ATTRIBUTE_INVALID. */
cogmig_status response_check_attributes(const cogmig_migration_config *config,
                                        const cogmig_user *user, cogmig_error *err);

#endif
