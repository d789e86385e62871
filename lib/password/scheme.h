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

#endif
