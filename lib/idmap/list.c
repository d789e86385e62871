/* SPDX-License-Identifier: Apache-2.0
 * Everything that the map has. */
#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "idmap/idmap.h"
#include "status/error.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_ROWS = 1000, /* that one question gives: IDMAP_LIST_LINKS */
    MAX_BYTES = MAX_ROWS * 2 * (ID_MAX_BYTES + 1)
};

/* Rows of two texts, each with a NUL behind it, one after the other. */
struct rows {
    struct buffer texts;
    size_t count;
};

static void release_rows(struct rows *rows)
{
    buffer_release(&rows->texts);
}

static void add_text(struct buffer *texts, struct span text)
{
    buffer_add(texts, text);
    buffer_add_byte(texts, '\0');
}

static cogmig_status take_row(void *user_data, const struct span *columns, cogmig_error *err)
{
    struct rows *rows = user_data;
    if (columns[0].bytes == NULL || columns[1].bytes == NULL || span_contains_nul(columns[0]) ||
        span_contains_nul(columns[1]))
        return fail(err, COGMIG_STORE_ROW_INVALID,
                    "The identity map has a row with NULL, or a NUL byte, in it.");
    add_text(&rows->texts, columns[0]);
    add_text(&rows->texts, columns[1]);
    rows->count++;
    if (rows->texts.state == BUFFER_FULL)
        return fail(err, COGMIG_STORE_ROW_INVALID,
                    "The identity map has ids of more than %d bytes.", ID_MAX_BYTES);
    return rows->texts.state == BUFFER_GOOD ? COGMIG_OK : fail_plainly(err, COGMIG_OUT_OF_MEMORY);
}

static cogmig_status ask(cogmig_idmap *map, enum idmap_statement statement, const char *after,
                         struct rows *rows, cogmig_error *err)
{
    struct idmap_question question = {.statement = statement,
                                      .parameters = {map->pool_id, after},
                                      .parameter_count = after == NULL ? 1 : 2,
                                      .take = take_row,
                                      .user_data = rows};
    rows->texts.len = rows->count = 0;
    struct deadline deadline = idmap_deadline(map, IDMAP_NO_DEADLINE);
    return idmap_note(map, idmap_ask(map, &question, deadline, err));
}

static const char *text_behind(const char *text)
{
    return text + strlen(text) + 1;
}

static cogmig_status stopped(cogmig_status said, cogmig_error *err)
{
    fail_plainly(err, COGMIG_STOPPED_BY_CALLBACK);
    fail_upstream_number(err, COGMIG_UPSTREAM_CALLBACK, said);
    return COGMIG_STOPPED_BY_CALLBACK;
}

/* *ret_last is the legacy id that was told last. */
static cogmig_status tell_links(const struct rows *rows, cogmig_idmap_link_fn tell, void *user_data,
                                const char **ret_last, cogmig_error *err)
{
    const char *legacy_id = rows->texts.bytes;
    for (size_t i = 0; i < rows->count; i++) {
        const char *sub = text_behind(legacy_id);
        cogmig_status said = tell(user_data, legacy_id, sub);
        if (said != COGMIG_OK)
            return stopped(said, err);
        *ret_last = legacy_id;
        legacy_id = text_behind(sub);
    }
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_list_links(cogmig_idmap *map, const char *after,
                                                    cogmig_idmap_link_fn tell, void *user_data,
                                                    cogmig_error *err)
{
    cogmig_error_clear(err);
    if (map == NULL || tell == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "map or tell is NULL.");
    SCOPED(release_rows) struct rows rows = {.texts = buffer_with_max(MAX_BYTES)};
    SCOPED(memory_release) char *last = memory_copy_text(after == NULL ? "" : after);
    do {
        const char *told = "";
        if (last == NULL)
            return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
        cogmig_status status = ask(map, IDMAP_LIST_LINKS, last, &rows, err);
        if (status == COGMIG_OK)
            status = tell_links(&rows, tell, user_data, &told, err);
        if (status != COGMIG_OK)
            return status;
        memory_free(last);
        last = memory_copy_text(told);
    } while (rows.count == MAX_ROWS);
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_idmap_count_days(cogmig_idmap *map, cogmig_idmap_day_fn tell,
                                                    void *user_data, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (map == NULL || tell == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "map or tell is NULL.");
    SCOPED(release_rows) struct rows rows = {.texts = buffer_with_max(MAX_BYTES)};
    cogmig_status status = ask(map, IDMAP_COUNT_DAYS, NULL, &rows, err);
    const char *day = rows.texts.bytes;
    for (size_t i = 0; status == COGMIG_OK && i < rows.count; i++) {
        const char *count = text_behind(day);
        cogmig_status said = tell(user_data, day, strtoll(count, NULL, 10));
        status = said == COGMIG_OK ? COGMIG_OK : stopped(said, err);
        day = text_behind(count);
    }
    return status;
}
