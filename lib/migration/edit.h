/* SPDX-License-Identifier: Apache-2.0
 * Changing a few members of an event's response, and not a byte besides. */
#ifndef MIGRATION_EDIT_H
#define MIGRATION_EDIT_H

#include "base/json.h"

#include <cogmig/error.h>

enum edit_kind {
    EDIT_SET,       /* to a JSON text */
    EDIT_SET_UNSET, /* the same, unless the member is there and not null */
    EDIT_SET_THERE, /* the same, if the member is there */
    EDIT_APPEND,    /* a JSON text to an array, which is made where there is none */
    EDIT_ENTER      /* an object, which is made where there is none */
};

/* A list of them ends with a name that is NULL. */
struct edit {
    const char *name;
    enum edit_kind kind;
    const char *json;
    const struct edit *members; /* of EDIT_ENTER */
};

/* The event with these edits to its response, which is made where there is none. root is the
 * document's, an object with members.
 *
 * Errors: OUT_OF_MEMORY. */
cogmig_status edit_response(struct span document, struct json_value root, const struct edit *edits,
                            char **ret_response, size_t *ret_len, cogmig_error *err);

#endif
