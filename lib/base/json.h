/* SPDX-License-Identifier: Apache-2.0
 * A strict JSON scanner (RFC 8259) that allocates nothing: a document is checked once as a whole,
 * then read in place. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    JSON_MAX_DEPTH = 32,
    JSON_MAX_MEMBERS = 256 /* of one object: keeps the search for duplicates short */
};

enum json_type {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

/* A value of a checked document: its text, from its first byte to its last. */
struct json_value {
    enum json_type type;
    struct span text;
};

/* What is wrong, and at which byte. */
struct json_fault {
    const char *reason;
    size_t offset;
};

/* Check a whole document. Refused: anything after the value, nesting beyond JSON_MAX_DEPTH, more
 * than JSON_MAX_MEMBERS in one object, two members of one name however they are escaped, bytes that
 * are not UTF-8, lone surrogate escapes. */
bool json_check(struct span document, struct json_value *ret_root, struct json_fault *ret_fault);

/* A member of the outermost object. */
struct json_member {
    struct json_value name; /* a JSON_STRING */
    struct json_value value;
    bool escaped; /* there is an escape in the name or anywhere in the value */
};

typedef void (*json_member_fn)(void *user_data, const struct json_member *member);

/* json_check() that calls for each member of an outermost object on its way, so that nothing is
 * read twice. When it returns false after all, what was visited counts for nothing. */
bool json_check_and_visit(struct span document, json_member_fn visit, void *user_data,
                          struct json_value *ret_root, struct json_fault *ret_fault);

/* Walks an object or array of a checked document. */
struct json_cursor {
    const char *at;
    const char *end;
};

struct json_cursor json_enter(struct json_value container);

/* The next member; false after the last. ret_name is a JSON_STRING. */
bool json_next_member(struct json_cursor *cursor, struct json_value *ret_name,
                      struct json_value *ret_value);

/* The next element; false after the last. */
bool json_next_element(struct json_cursor *cursor, struct json_value *ret_value);

/* The member of this name; false when there is none or the value is no object. */
bool json_find(struct json_value object, const char *name, struct json_value *ret_value);

/* Does a JSON_STRING, unescaped, equal these bytes? */
bool json_string_equals(struct json_value string, struct span bytes);

/* Unescape a JSON_STRING into memory of at least string.text.len bytes; returns the bytes written.
 * No NUL is added, and the text may hold some. */
size_t json_string_decode_into(struct json_value string, char *out);

/* A JSON_NUMBER that is an integer of 64 bits in digits alone: no fraction, no exponent. */
bool json_integer(struct json_value number, int64_t *ret_integer);

#endif
