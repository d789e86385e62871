/* SPDX-License-Identifier: Apache-2.0 */
#include "testing/jansson_document.h"

#include "testing/heap.h"
#include "testing/refuse.h"

#include <jansson.h>
#include <stdio.h>

/* struct document is jansson's json_t of an object. */
static json_t *object_of(const struct document *document)
{
    return (json_t *)document;
}

struct document *document_new(void)
{
    return (struct document *)json_object();
}

void document_release(struct document *document)
{
    json_decref(object_of(document));
}

static cogmig_status set_member(struct document *document, const char *name, json_t *value,
                                cogmig_error *err)
{
    if (json_object_set_new(object_of(document), name, value) != 0)
        return refuse(err, COGMIG_OUT_OF_MEMORY, NULL);
    return COGMIG_OK;
}

/* jansson says NULL both for bad UTF-8 and for want of memory. */
static cogmig_status make_string(const char *text, json_t **ret_string, cogmig_error *err)
{
    *ret_string = json_string(text);
    if (*ret_string != NULL)
        return COGMIG_OK;
    json_t *unchecked = json_string_nocheck(text);
    if (unchecked == NULL)
        return refuse(err, COGMIG_OUT_OF_MEMORY, NULL);
    json_decref(unchecked);
    return refuse(err, COGMIG_INVALID_ARGUMENT, "A name or value is not UTF-8.");
}

static cogmig_status check_name(const char *name, cogmig_error *err)
{
    if (name == NULL)
        return refuse(err, COGMIG_INVALID_ARGUMENT, "The name of the member is NULL.");
    json_t *string;
    cogmig_status status = make_string(name, &string, err);
    if (status == COGMIG_OK)
        json_decref(string);
    return status;
}

cogmig_status document_set_string(struct document *document, const char *name, const char *value,
                                  cogmig_error *err)
{
    if (value == NULL)
        return refuse(err, COGMIG_INVALID_ARGUMENT,
                      "The value is NULL; remove the member to leave it out.");
    cogmig_status status = check_name(name, err);
    if (status != COGMIG_OK)
        return status;
    json_t *string;
    status = make_string(value, &string, err);
    return status == COGMIG_OK ? set_member(document, name, string, err) : status;
}

cogmig_status document_set_integer(struct document *document, const char *name, int64_t value,
                                   cogmig_error *err)
{
    cogmig_status status = check_name(name, err);
    return status == COGMIG_OK ? set_member(document, name, json_integer(value), err) : status;
}

static cogmig_status refuse_json(const json_error_t *error, cogmig_error *err)
{
    if (json_error_code(error) == json_error_out_of_memory)
        return refuse(err, COGMIG_OUT_OF_MEMORY, NULL);
    char message[JSON_ERROR_TEXT_LENGTH + 64];
    snprintf(message, sizeof message, "The text is no JSON value: %s (byte %d).", error->text,
             error->position);
    return refuse(err, COGMIG_INVALID_ARGUMENT, message);
}

cogmig_status document_set_json(struct document *document, const char *name, const char *json,
                                cogmig_error *err)
{
    if (json == NULL)
        return refuse(err, COGMIG_INVALID_ARGUMENT, "The JSON text is NULL.");
    cogmig_status status = check_name(name, err);
    if (status != COGMIG_OK)
        return status;
    json_error_t error;
    json_t *value = json_loads(json, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    return value == NULL ? refuse_json(&error, err) : set_member(document, name, value, err);
}

bool document_append(struct document *document, const char *name, const struct document *element)
{
    json_t *array = json_object_get(object_of(document), name);
    if (array == NULL) {
        array = json_array();
        if (json_object_set_new(object_of(document), name, array) != 0)
            return false;
    }
    return json_array_append_new(array, json_deep_copy(object_of(element))) == 0;
}

cogmig_status document_remove(struct document *document, const char *name, cogmig_error *err)
{
    if (name == NULL)
        return refuse(err, COGMIG_INVALID_ARGUMENT, "The name of the member is NULL.");
    json_object_del(object_of(document), name);
    return COGMIG_OK;
}

/* Into memory of our own: jansson's may have another allocator. */
static char *write_text(const struct document *document, size_t flags)
{
    size_t len = json_dumpb(object_of(document), NULL, 0, flags);
    char *text = len == 0 ? NULL : heap_new(len + 1);
    if (text != NULL)
        json_dumpb(object_of(document), text, len, flags);
    return text;
}

char *document_text(const struct document *document)
{
    return write_text(document, JSON_COMPACT);
}

char *document_text_with_escaped_slashes(const struct document *document)
{
    return write_text(document, JSON_COMPACT | JSON_ESCAPE_SLASH);
}
