/* SPDX-License-Identifier: Apache-2.0
 * Fetched keys on disk, for the next start and for other processes. It is a cache: whatever is
 * wrong with it is noted and counted, and nobody is the worse for it. */
#ifndef KEYSET_KEY_FILE_H
#define KEYSET_KEY_FILE_H

#include "keyset/saved_keys.h"

typedef int64_t (*calendar_fn)(void *user_data);

/* One per verifier. Any number of threads and processes read and write the same file. */
struct key_file;

/* calendar_s  in seconds since 1970
 *
 * NULL: memory was refused. */
struct key_file *key_file_new(const char *path, calendar_fn calendar_s, void *calendar_data);
void key_file_free(struct key_file *file);

int64_t key_file_now_s(const struct key_file *file);

/* The keys of this address, if they were fetched later than that and are trusted still.
 *
 * ret_saved  its keyset is released with keyset_release() */
bool key_file_read(struct key_file *file, const char *url, uint32_t algorithms,
                   int64_t later_than_s, struct saved_keys *ret_saved);

/* Unless the file has later ones. What it has of other addresses stays. */
void key_file_write(struct key_file *file, const char *url, const struct saved_keys *saved);

enum key_file_event {
    KEY_FILE_USED,    /* a read gave keys */
    KEY_FILE_IGNORED, /* it is there and cannot be used */
    KEY_FILE_WRITTEN,
    KEY_FILE_NOT_WRITTEN,
    KEY_FILE_EVENT_COUNT
};
uint64_t key_file_count(struct key_file *file, enum key_file_event event);

/* What was wrong the last time that it was written, or else read.
 *
 * Errors: KEY_FILE_REFUSED, FILE_UNREADABLE, FILE_UNWRITABLE, OUT_OF_MEMORY. */
cogmig_status key_file_problem(struct key_file *file, cogmig_error *err);

#endif
