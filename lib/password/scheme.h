/* SPDX-License-Identifier: Apache-2.0
 * What a stored hash is, by its form alone. */
#ifndef PASSWORD_SCHEME_H
#define PASSWORD_SCHEME_H

#include "base/span.h"

enum scheme_kind {
    SCHEME_BCRYPT,
    SCHEME_NONE,       /* NULL or empty */
    SCHEME_LOCKED,     /* a marker that no password fits */
    SCHEME_UNSUPPORTED /* named, but not verified */
};

struct scheme {
    enum scheme_kind kind;
    const char *name;
};

/* The text without the blanks that char(n) columns add. */
struct span scheme_trim(const char *stored);

struct scheme scheme_of(struct span trimmed);

/* What bcrypt was given. */
enum recipe_key {
    RECIPE_KEY_BY_RULES,  /* a bare hash: the password, with the rules' pepper or pre-hash */
    RECIPE_KEY_PLAIN,     /* the password */
    RECIPE_KEY_SHA256_HEX /* its SHA-256 in hexadecimal */
};

/* The bcrypt hash behind a prefix that says how its key is made; else the text as it is. */
struct span scheme_unwrap(struct span trimmed, enum recipe_key *ret_key);

#endif
