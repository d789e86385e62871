/* SPDX-License-Identifier: Apache-2.0
 * A JSON object in the making, its members in the order in which they came. */
#ifndef TESTING_JANSSON_DOCUMENT_H
#define TESTING_JANSSON_DOCUMENT_H

#include <cogmig/error.h>
#include <stdbool.h>
#include <stdint.h>

struct document;

/* NULL when memory is refused. */
struct document *document_new(void);
void document_release(struct document *document);

/* Set a member; one that is there keeps its place.
 * Errors: INVALID_ARGUMENT (NULL, not UTF-8, not JSON), OUT_OF_MEMORY. */
cogmig_status document_set_string(struct document *document, const char *name, const char *value,
                                  cogmig_error *err);
cogmig_status document_set_integer(struct document *document, const char *name, int64_t value,
                                   cogmig_error *err);
cogmig_status document_set_json(struct document *document, const char *name, const char *json,
                                cogmig_error *err);

/* Add a copy of a document to the array of this name. False when memory is refused. */
bool document_append(struct document *document, const char *name, const struct document *element);

/* Errors: INVALID_ARGUMENT (no name). */
cogmig_status document_remove(struct document *document, const char *name, cogmig_error *err);

/* As text without blanks; released with heap_release(). NULL when memory is refused. */
char *document_text(const struct document *document);

/* The same with every slash escaped, as Cognito writes its tokens. */
char *document_text_with_escaped_slashes(const struct document *document);

#endif
