/* SPDX-License-Identifier: Apache-2.0
 * Reading what Cognito describes, and saying what was found. */
#ifndef COGMIG_TOOL_PREFLIGHT_JSON_H
#define COGMIG_TOOL_PREFLIGHT_JSON_H

#include "preflight.h"

/* A text behind names with dots between them; NULL when there is none. */
const char *text_at(json_t *object, const char *path);
json_t *value_at(json_t *object, const char *path);
bool is_text_at(json_t *object, const char *path, const char *expected);

/* Is the text an element of the array? */
bool has_element(json_t *array, const char *text);

/* The attribute's entry in SchemaAttributes, or NULL. */
json_t *schema_attribute(json_t *pool, const char *name);

__attribute__((format(printf, 3, 4))) void conclude(struct finding *finding, enum verdict verdict,
                                                    const char *format, ...);

#endif
