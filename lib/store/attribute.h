/* SPDX-License-Identifier: Apache-2.0
 * What Cognito takes as a user's attributes. */
#ifndef STORE_ATTRIBUTE_H
#define STORE_ATTRIBUTE_H

#include "base/span.h"

#include <cogmig/error.h>

enum {
    /* Developer Guide, "User pool attributes". */
    ATTRIBUTE_MAX_NAME = 20,
    ATTRIBUTE_MAX_VALUE = 2048,
    ATTRIBUTE_MAX_TEXT = 96 /* "custom:" and 20 characters of at most 4 bytes */
};

bool attribute_is_reserved(struct span name); /* sub, cognito:… */
bool attribute_is_custom(struct span name);   /* custom: and 1 to 20 characters without blanks */

/* A standard attribute or a custom one.
 *
 * Errors: ATTRIBUTE_RESERVED, ATTRIBUTE_INVALID. */
cogmig_status attribute_check_name(const char *name, cogmig_error *err);

/* Its length, and the form of those that have one: phone_number, birthdate, updated_at and
 * phone_number_verified. Messages do not repeat the value.
 *
 * Errors: ATTRIBUTE_INVALID. */
cogmig_status attribute_check_value(const char *name, const char *value, cogmig_error *err);

#endif
