/* SPDX-License-Identifier: Apache-2.0
 * What verbs print: a line of text, a member of JSON. */
#ifndef COGMIG_TOOL_SHOW_H
#define COGMIG_TOOL_SHOW_H

#include <jansson.h>

/* What users wrote themselves: without what would steer a terminal. */
void show_text(const char *text);

/* The label in `width` columns, then the text; nothing at all for NULL. */
void show_line(int width, const char *label, const char *text);

/* A JSON string, or null for NULL. */
json_t *text_or_null(const char *text);

#endif
