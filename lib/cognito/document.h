/* SPDX-License-Identifier: Apache-2.0
 * Texts of a checked JSON document, unescaped into one block that lives as long as they do. */
#ifndef COGNITO_DOCUMENT_H
#define COGNITO_DOCUMENT_H

#include "base/json.h"

/* Room for every string of a document of so many bytes: each has two quotes, and needs one NUL. */
struct text_block {
    char *bytes; /* NULL: memory was refused */
    size_t used;
};

struct text_block text_block_new(size_t document_len);
void text_block_release(struct text_block *block);

/* The string, NUL-terminated; NULL when the value is none, or holds a NUL. */
const char *text_block_add(struct text_block *block, struct json_value value);

/* The same for a member of an object. */
const char *text_block_member(struct text_block *block, struct json_value object, const char *name);

#endif
