/* SPDX-License-Identifier: Apache-2.0
 * Times as databases write them, in the one form that is handed out. */
#ifndef STORE_TIMESTAMP_H
#define STORE_TIMESTAMP_H

#include "base/span.h"

enum {
    TIMESTAMP_SIZE = sizeof "2026-01-15T10:30:00.000Z"
};

/* Understood: milliseconds since 1970 in digits; 2026-01-15, alone or followed by T or a space and
 * 10:30, seconds, a fraction and an offset (Z, +02, +0200, +02:00). Without an offset it is UTC.
 * False for anything else and outside of the years 1 to 9999. */
bool timestamp_normalise(struct span text, char out[TIMESTAMP_SIZE]);

/* Does the text begin with a date (2026-01-15)? */
bool timestamp_begins_date(struct span text);

#endif
