/* SPDX-License-Identifier: Apache-2.0
 * What a key file says: a line that vouches for the rest, then JSON. */
#ifndef KEYSET_SAVED_KEYS_H
#define KEYSET_SAVED_KEYS_H

#include "base/buffer.h"
#include "keyset/reply.h"

#include <cogmig/error.h>
#include <cogmig/keyset.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    KEY_FILE_MAX_BYTES = 1024 * 1024
};

/* The keys of one address, as somebody fetched them. */
struct saved_keys {
    cogmig_keyset *keyset; /* NULL: there are none to use */
    int64_t fetched_at_s;  /* by the calendar */
    int64_t max_age_s;     /* MAX_AGE_UNKNOWN when it was not said */
    char etag[ETAG_MAX_BYTES + 1];
};

struct saved_question {
    const char *url;     /* which itself is not in the file: it may hold a secret */
    uint32_t algorithms; /* that are wanted, SIGNATURE_* */
    int64_t now_s;
    int64_t later_than_s; /* what was fetched earlier is not wanted */
};

/* ret_saved  its keyset is released with keyset_release()
 *
 * Errors: KEY_FILE_REFUSED, OUT_OF_MEMORY. */
cogmig_status saved_keys_read(struct span content, const struct saved_question *question,
                              struct saved_keys *ret_saved, cogmig_error *err);

/* What a file that was read says of other addresses stays as long as it is of use.
 *
 * former  what the file says so far; empty when it cannot be used
 *
 * False: the file has later keys of this address. */
bool saved_keys_write(struct span former, const char *url, const struct saved_keys *saved,
                      int64_t now_s, struct buffer *ret_content);

#endif
