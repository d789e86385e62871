/* SPDX-License-Identifier: Apache-2.0 */
#include "cognito/document.h"

#include "base/memory.h"

#include <string.h>

struct text_block text_block_new(size_t document_len)
{
    return (struct text_block){memory_new(document_len), 0};
}

void text_block_release(struct text_block *block)
{
    memory_free(block->bytes);
    *block = (struct text_block){NULL, 0};
}

const char *text_block_add(struct text_block *block, struct json_value value)
{
    if (value.type != JSON_STRING)
        return NULL;
    char *text = block->bytes + block->used;
    size_t len = json_string_decode_into(value, text);
    text[len] = '\0';
    if (strlen(text) != len)
        return NULL;
    block->used += len + 1;
    return text;
}

const char *text_block_member(struct text_block *block, struct json_value object, const char *name)
{
    struct json_value value;
    return json_find(object, name, &value) ? text_block_add(block, value) : NULL;
}
