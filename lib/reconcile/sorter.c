/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/sorter.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "reconcile/run_file.h"
#include "status/error.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_PIECES = 64, /* as many are merged into one before the next begins */
    MAX_MERGED = 192,
    MAX_RUNS = MAX_MERGED + MAX_PIECES,
    MIN_READER_BYTES = 16 * 1024,
    MIN_MEMORY_BYTES = 2 * SORTER_MAX_RECORD /* so that any one fits */
};

/* Records are laid down from the front of the memory, pointers to them from its back. */
struct sorter {
    char *memory;
    size_t memory_bytes;
    size_t used_bytes;
    size_t record_count;
    size_t next_record;
    char *folder;
    struct run_file merged;
    struct run_file pieces;
    struct run runs[MAX_RUNS]; /* the merged ones, then the pieces: in the order of adding */
    struct run_reader readers[MAX_RUNS];
    struct span heads[MAX_RUNS]; /* the record that each reader is at */
    size_t heap[MAX_RUNS];       /* runs that are not at their end, the smallest head first */
    size_t merged_count;
    size_t run_count;
    size_t heap_count;
    bool head_is_taken; /* the smallest one was handed out: read on before the next */
};

/* ---- one record: its length, the length of its key, the key, the content ---- */

enum {
    RECORD_HEADER = 2 * sizeof(size_t)
};

static size_t length_at(const char *record, size_t index)
{
    size_t length;
    memcpy(&length, record + index * sizeof length, sizeof length);
    return length;
}

static struct span key_of(const char *record)
{
    return (struct span){record + RECORD_HEADER, length_at(record, 1)};
}

static struct sorted sorted_of(const char *record)
{
    struct span key = key_of(record);
    size_t content_len = length_at(record, 0) - RECORD_HEADER - key.len;
    return (struct sorted){key, {key.bytes + key.len, content_len}};
}

static int compare_keys(struct span a, struct span b)
{
    int order = memcmp(a.bytes, b.bytes, a.len < b.len ? a.len : b.len);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* Of one key, the one laid down first stands before the others. */
static int compare_records(const void *a, const void *b)
{
    const char *const *first = a;
    const char *const *second = b;
    int order = compare_keys(key_of(*first), key_of(*second));
    return order != 0 ? order : (*first > *second) - (*first < *second);
}

/* ---- making one ---- */

cogmig_status sorter_new(const char *folder, size_t memory_bytes, struct sorter **ret_sorter,
                         cogmig_error *err)
{
    SCOPED(sorter_release) struct sorter *sorter = memory_new(sizeof *sorter);
    if (sorter == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    sorter->merged.descriptor = sorter->pieces.descriptor = -1;
    if (memory_bytes < MIN_MEMORY_BYTES)
        memory_bytes = MIN_MEMORY_BYTES;
    sorter->memory_bytes = memory_bytes / sizeof(char *) * sizeof(char *);
    sorter->memory = memory_new(sorter->memory_bytes);
    sorter->folder = memory_copy_text(folder);
    if (sorter->memory == NULL || sorter->folder == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    *ret_sorter = sorter;
    sorter = NULL;
    return COGMIG_OK;
}

static void close_readers(struct sorter *sorter)
{
    for (size_t i = 0; i < MAX_RUNS; i++)
        run_reader_close(&sorter->readers[i]);
}

void sorter_release(struct sorter **sorter)
{
    if (*sorter == NULL)
        return;
    close_readers(*sorter);
    run_file_close(&(*sorter)->merged);
    run_file_close(&(*sorter)->pieces);
    memory_free((*sorter)->memory);
    memory_free((*sorter)->folder);
    memory_free(*sorter);
    *sorter = NULL;
}

/* ---- merging runs ---- */

static bool is_before(const struct sorter *sorter, size_t a, size_t b)
{
    int order = compare_keys(key_of(sorter->heads[a].bytes), key_of(sorter->heads[b].bytes));
    return order != 0 ? order < 0 : a < b;
}

static void sink(struct sorter *sorter, size_t place)
{
    size_t run = sorter->heap[place];
    for (size_t child = 2 * place + 1; child < sorter->heap_count; child = 2 * place + 1) {
        if (child + 1 < sorter->heap_count &&
            is_before(sorter, sorter->heap[child + 1], sorter->heap[child]))
            child++;
        if (!is_before(sorter, sorter->heap[child], run))
            break;
        sorter->heap[place] = sorter->heap[child];
        place = child;
    }
    sorter->heap[place] = run;
}

static cogmig_status open_run(struct sorter *sorter, size_t run, size_t buffer_bytes,
                              cogmig_error *err)
{
    struct run_reader *reader = &sorter->readers[run];
    cogmig_status status = run_reader_open(sorter->runs[run], buffer_bytes, reader, err);
    if (status == COGMIG_OK)
        status = run_reader_next(reader, &sorter->heads[run], err);
    if (status == COGMIG_OK && sorter->heads[run].len > 0)
        sorter->heap[sorter->heap_count++] = run;
    return status;
}

static cogmig_status begin_merge(struct sorter *sorter, size_t first, cogmig_error *err)
{
    size_t buffer_bytes = sorter->memory_bytes / (sorter->run_count - first);
    if (buffer_bytes < MIN_READER_BYTES)
        buffer_bytes = MIN_READER_BYTES;
    sorter->heap_count = 0;
    sorter->head_is_taken = false;
    for (size_t run = first; run < sorter->run_count; run++) {
        cogmig_status status = open_run(sorter, run, buffer_bytes, err);
        if (status != COGMIG_OK)
            return status;
    }
    for (size_t place = sorter->heap_count; place-- > 0;)
        sink(sorter, place);
    return COGMIG_OK;
}

static cogmig_status read_on(struct sorter *sorter, cogmig_error *err)
{
    size_t run = sorter->heap[0];
    sorter->head_is_taken = false;
    cogmig_status status = run_reader_next(&sorter->readers[run], &sorter->heads[run], err);
    if (status != COGMIG_OK)
        return status;
    if (sorter->heads[run].len == 0)
        sorter->heap[0] = sorter->heap[--sorter->heap_count];
    if (sorter->heap_count > 0)
        sink(sorter, 0);
    return COGMIG_OK;
}

/* The smallest of all heads; an empty span after the last. */
static cogmig_status next_merged(struct sorter *sorter, struct span *ret_record, cogmig_error *err)
{
    cogmig_status status = sorter->head_is_taken ? read_on(sorter, err) : COGMIG_OK;
    if (status != COGMIG_OK)
        return status;
    sorter->head_is_taken = sorter->heap_count > 0;
    *ret_record = sorter->head_is_taken ? sorter->heads[sorter->heap[0]] : (struct span){0};
    return COGMIG_OK;
}

static cogmig_status copy_pieces(struct sorter *sorter, cogmig_error *err)
{
    struct span record;
    cogmig_status status = begin_merge(sorter, sorter->merged_count, err);
    while (status == COGMIG_OK) {
        status = next_merged(sorter, &record, err);
        if (status != COGMIG_OK || record.len == 0)
            break;
        status = run_file_add(&sorter->merged, record, err);
    }
    close_readers(sorter);
    return status == COGMIG_OK ? run_file_flush(&sorter->merged, err) : status;
}

static cogmig_status merge_pieces(struct sorter *sorter, cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    if (sorter->merged_count == MAX_MERGED)
        return fail(err, COGMIG_INVALID_ARGUMENT, "There are too many records to be sorted.");
    if (sorter->merged.descriptor < 0)
        status = run_file_open(sorter->folder, &sorter->merged, err);
    struct run run = {&sorter->merged, sorter->merged.written_bytes, 0};
    if (status == COGMIG_OK)
        status = copy_pieces(sorter, err);
    if (status != COGMIG_OK)
        return status;
    run.end = sorter->merged.written_bytes;
    sorter->runs[sorter->merged_count++] = run;
    sorter->run_count = sorter->merged_count;
    return run_file_empty(&sorter->pieces, err);
}

/* ---- adding ---- */

static char **pointers(const struct sorter *sorter)
{
    return (char **)(void *)(sorter->memory + sorter->memory_bytes) - sorter->record_count;
}

/* Pointers lie with the latest first; a sort does not mind. */
static void sort_memory(struct sorter *sorter)
{
    qsort(pointers(sorter), sorter->record_count, sizeof(char *), compare_records);
}

static cogmig_status write_run(struct sorter *sorter, cogmig_error *err)
{
    struct run run = {&sorter->pieces, sorter->pieces.written_bytes, 0};
    sort_memory(sorter);
    for (size_t i = 0; i < sorter->record_count; i++) {
        const char *record = pointers(sorter)[i];
        cogmig_status status =
            run_file_add(&sorter->pieces, (struct span){record, length_at(record, 0)}, err);
        if (status != COGMIG_OK)
            return status;
    }
    cogmig_status status = run_file_flush(&sorter->pieces, err);
    if (status != COGMIG_OK)
        return status;
    run.end = sorter->pieces.written_bytes;
    sorter->runs[sorter->run_count++] = run;
    sorter->used_bytes = sorter->record_count = 0;
    return COGMIG_OK;
}

static cogmig_status empty_memory(struct sorter *sorter, cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    if (sorter->pieces.descriptor < 0)
        status = run_file_open(sorter->folder, &sorter->pieces, err);
    if (status == COGMIG_OK && sorter->run_count - sorter->merged_count == MAX_PIECES)
        status = merge_pieces(sorter, err);
    return status == COGMIG_OK ? write_run(sorter, err) : status;
}

static bool fits(const struct sorter *sorter, size_t record_bytes)
{
    size_t taken = sorter->used_bytes + sorter->record_count * sizeof(char *);
    return record_bytes + sizeof(char *) <= sorter->memory_bytes - taken;
}

static void lay_down(struct sorter *sorter, size_t record_bytes, struct span key,
                     struct span content)
{
    char *record = sorter->memory + sorter->used_bytes;
    memcpy(record, &record_bytes, sizeof record_bytes);
    memcpy(record + sizeof record_bytes, &key.len, sizeof key.len);
    if (key.len > 0)
        memcpy(record + RECORD_HEADER, key.bytes, key.len);
    if (content.len > 0)
        memcpy(record + RECORD_HEADER + key.len, content.bytes, content.len);
    sorter->used_bytes += record_bytes;
    sorter->record_count++;
    pointers(sorter)[0] = record;
}

cogmig_status sorter_add(struct sorter *sorter, struct span key, struct span content,
                         cogmig_error *err)
{
    if (key.len > SORTER_MAX_RECORD || content.len > SORTER_MAX_RECORD - key.len)
        return fail(err, COGMIG_INVALID_ARGUMENT, "A record has more than %d bytes.",
                    SORTER_MAX_RECORD);
    size_t record_bytes = RECORD_HEADER + key.len + content.len;
    cogmig_status status = fits(sorter, record_bytes) ? COGMIG_OK : empty_memory(sorter, err);
    if (status != COGMIG_OK)
        return status;
    lay_down(sorter, record_bytes, key, content);
    return COGMIG_OK;
}

/* ---- reading ---- */

cogmig_status sorter_finish(struct sorter *sorter, cogmig_error *err)
{
    if (sorter->run_count == 0) {
        sort_memory(sorter);
        return COGMIG_OK;
    }
    cogmig_status status = empty_memory(sorter, err);
    memory_free(sorter->memory);
    sorter->memory = NULL;
    return status == COGMIG_OK ? begin_merge(sorter, 0, err) : status;
}

cogmig_status sorter_next(struct sorter *sorter, struct sorted *ret_record, bool *ret_found,
                          cogmig_error *err)
{
    struct span record = {0};
    cogmig_status status = COGMIG_OK;
    if (sorter->run_count > 0)
        status = next_merged(sorter, &record, err);
    else if (sorter->next_record < sorter->record_count)
        record.bytes = pointers(sorter)[sorter->next_record++];
    *ret_found = record.bytes != NULL;
    if (*ret_found)
        *ret_record = sorted_of(record.bytes);
    return status;
}
