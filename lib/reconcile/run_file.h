/* SPDX-License-Identifier: Apache-2.0
 * A file without a name that holds sorted runs of records, one after the other. */
#ifndef RECONCILE_RUN_FILE_H
#define RECONCILE_RUN_FILE_H

#include "base/buffer.h"
#include "base/span.h"

#include <cogmig/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Written at its end through a buffer. */
struct run_file {
    int descriptor; /* -1: not open */
    int64_t written_bytes;
    struct buffer unwritten;
};

struct run {
    const struct run_file *file;
    int64_t begin;
    int64_t end;
};

/* A run as it is read. */
struct run_reader {
    int descriptor; /* borrowed */
    int64_t at;
    int64_t end;
    char *bytes;
    size_t capacity;
    size_t begin; /* of what was read and not yet taken */
    size_t filled;
};

/* Is it a folder that can be written to, as far as can be told beforehand? */
bool run_file_may_be_in(const char *folder);

cogmig_status run_file_open(const char *folder, struct run_file *file, cogmig_error *err);
void run_file_close(struct run_file *file);
cogmig_status run_file_add(struct run_file *file, struct span bytes, cogmig_error *err);
cogmig_status run_file_flush(struct run_file *file, cogmig_error *err);

/* What it holds is not needed any more. */
cogmig_status run_file_empty(struct run_file *file, cogmig_error *err);

cogmig_status run_reader_open(struct run run, size_t buffer_bytes, struct run_reader *reader,
                              cogmig_error *err);
void run_reader_close(struct run_reader *reader);

/* The record at the reader's place, which begins with its own length as a size_t; an empty span at
 * the end of the run. Valid until the reader is used again. */
cogmig_status run_reader_next(struct run_reader *reader, struct span *ret_record,
                              cogmig_error *err);

#endif
