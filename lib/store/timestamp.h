/* SPDX-License-Identifier: Apache-2.0
 * Times as databases write them, in the one form that is handed out. */
#ifndef STORE_TIMESTAMP_H
#define STORE_TIMESTAMP_H

#include "base/span.h"

#include <stdint.h>

enum {
    TIMESTAMP_SIZE = sizeof "2026-01-15T10:30:00.000Z",
    TIMESTAMP_MAX_SIZE = sizeof "+012026-01-15T10:30:00.000Z"
};

/* Understood: milliseconds since 1970 in digits; 2026-01-15, alone or followed by T or a space and
 * 10:30, seconds, a fraction and an offset (Z, +02, +0200, +02:00). Without an offset it is UTC.
 * False for anything else and outside of the years 1 to 9999. */
bool timestamp_normalise(struct span text, char out[TIMESTAMP_SIZE]);

/* The same as milliseconds since 1970. */
bool timestamp_read(struct span text, int64_t *ret_unix_ms);

/* In the form of ISO 8601 that JavaScript writes: -000043-03-15T… and +012026-… outside of the
 * years 0 to 9999. Returns the length; 0 for what no database has. */
size_t timestamp_write(int64_t unix_ms, char out[TIMESTAMP_MAX_SIZE]);

struct date {
    int32_t year, month, day;
};

/* The day in UTC; the year before 1 is 0. */
struct date timestamp_date(int64_t unix_ms);

/* Does the text begin with a date (2026-01-15)? */
bool timestamp_begins_date(struct span text);

#endif
