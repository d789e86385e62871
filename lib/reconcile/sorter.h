/* SPDX-License-Identifier: Apache-2.0
 * Puts any number of records into the order of their keys in bounded memory: what does not fit is
 * sorted in pieces, in a file without a name, and merged as it is read. */
#ifndef RECONCILE_SORTER_H
#define RECONCILE_SORTER_H

#include "base/span.h"

#include <cogmig/error.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    SORTER_MAX_RECORD = 256 * 1024 /* key and content */
};

struct sorter;

struct sorted {
    struct span key;
    struct span content;
};

/* folder        where its file goes; nobody else can open it, and it is gone when the program is
 * memory_bytes  for records; as much again while pieces are merged before all were added */
cogmig_status sorter_new(const char *folder, size_t memory_bytes, struct sorter **ret_sorter,
                         cogmig_error *err);
void sorter_release(struct sorter **sorter);

/* Keys compare byte by byte; records of one key keep the order in which they were added. */
cogmig_status sorter_add(struct sorter *sorter, struct span key, struct span content,
                         cogmig_error *err);

/* No more are added; the first can be read. */
cogmig_status sorter_finish(struct sorter *sorter, cogmig_error *err);

/* The next record, valid until the next call; *ret_found is false after the last. */
cogmig_status sorter_next(struct sorter *sorter, struct sorted *ret_record, bool *ret_found,
                          cogmig_error *err);

#endif
