/* SPDX-License-Identifier: Apache-2.0
 * An export from its first row to its last. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/public.h"
#include "export/format.h"
#include "export/manifest.h"
#include "export/result.h"
#include "export/sink.h"
#include "export/tripwire.h"
#include "status/error.h"
#include "store/config.h"

#include <stdio.h>

enum {
    CHUNK_BYTES = 256 * 1024,
    MAX_ROW_BYTES = 512 * 1024 * 1024,
    MAX_ID_BYTES = 2048,
    ROWS_BETWEEN_LOOKS = 1024
};

struct run {
    const cogmig_export_config *config;
    const struct export_format *format;
    struct store_model model;
    struct export_columns columns;
    struct layout layout;
    bool ordered;
    struct sink sink;
    struct scan_facts facts;
    struct buffer row;
    struct buffer out;          /* whole rows that the sink has not got yet */
    cogmig_export_result part;  /* of the part that is being written */
    cogmig_export_result total; /* of it and those before it */
    struct buffer last_id;      /* of the rows in out and before, while they are in order */
    struct buffer resume_id;    /* what a broken run would go on after */
    int64_t looked_at_ms;
};

/* ---- watching ---- */

static cogmig_status fail_stopped(cogmig_status said, cogmig_error *err)
{
    fail(err, COGMIG_STOPPED_BY_CALLBACK, "The export was stopped.");
    fail_upstream_number(err, COGMIG_UPSTREAM_CALLBACK, said);
    return COGMIG_STOPPED_BY_CALLBACK;
}

static cogmig_status look(void *user_data, cogmig_error *err)
{
    struct run *run = user_data;
    int64_t now = clock_coarse_ms();
    if (run->config->progress == NULL || now - run->looked_at_ms < SCAN_LOOK_MS)
        return COGMIG_OK;
    run->looked_at_ms = now;
    cogmig_status said =
        run->config->progress(run->config->progress_data, run->total.rows, run->facts.estimate);
    return said == COGMIG_OK ? COGMIG_OK : fail_stopped(said, err);
}

/* ---- parts ---- */

static cogmig_status flush(struct run *run, cogmig_error *err)
{
    if (run->out.state != BUFFER_GOOD)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    if (run->out.len == 0)
        return COGMIG_OK;
    cogmig_status status = sink_write(&run->sink, (struct span){run->out.bytes, run->out.len}, err);
    buffer_clear(&run->out);
    if (status == COGMIG_OK && run->sink.path == NULL) {
        buffer_clear(&run->resume_id);
        buffer_add(&run->resume_id, (struct span){run->last_id.bytes, run->last_id.len});
    }
    return status;
}

static cogmig_status begin_part(struct run *run, cogmig_error *err)
{
    run->part.part = ++run->total.part;
    run->part.rows = run->part.left_out = run->part.bytes = 0;
    cogmig_status status = sink_begin_part(&run->sink, run->part.part, err);
    if (status == COGMIG_OK && run->format->add_opening != NULL)
        run->format->add_opening(&run->out, &run->layout);
    return status;
}

static cogmig_status publish_part(struct run *run, cogmig_error *err)
{
    SCOPED(buffer_release) struct buffer manifest = buffer_with_max(MANIFEST_MAX_BYTES);
    run->part.last_id = run->last_id.len == 0 ? NULL : run->last_id.bytes;
    manifest_write(&manifest, run->config, &run->columns, run->model.table, &run->part);
    if (manifest.state != BUFFER_GOOD)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    cogmig_status status =
        sink_publish_part(&run->sink, (struct span){manifest.bytes, manifest.len}, err);
    if (status != COGMIG_OK)
        return status;
    buffer_clear(&run->resume_id);
    buffer_add(&run->resume_id, (struct span){run->last_id.bytes, run->last_id.len});
    return COGMIG_OK;
}

static cogmig_status finish_part(struct run *run, bool last, cogmig_error *err)
{
    if (run->part.rows == 0)
        buffer_add_text(&run->out, run->format->before_first);
    buffer_add_text(&run->out, run->format->after_last);
    cogmig_status status = flush(run, err);
    if (status == COGMIG_OK)
        status = sink_finish_part(&run->sink, run->part.sha256, err);
    if (status != COGMIG_OK)
        return status;
    run->part.last_part = last;
    run->part.bytes = run->sink.part_bytes;
    run->total.bytes += run->part.bytes;
    return publish_part(run, err);
}

static int64_t most_rows(const struct run *run)
{
    int64_t wanted = run->config->part_rows, allowed = run->format->max_rows;
    return wanted == 0 || (allowed > 0 && allowed < wanted) ? allowed : wanted;
}

static bool part_is_full(const struct run *run)
{
    int64_t bytes = run->sink.part_bytes + (int64_t)(run->out.len + run->row.len);
    return (most_rows(run) > 0 && run->part.rows >= most_rows(run)) ||
           (run->format->max_bytes > 0 && bytes > run->format->max_bytes);
}

static cogmig_status next_part(struct run *run, cogmig_error *err)
{
    if (run->sink.path == NULL)
        return fail(err, COGMIG_EXPORT_TOO_LARGE,
                    "There are more users than fit into one part; export into files, into shards, "
                    "or with a limit.");
    cogmig_status status = finish_part(run, false, err);
    return status == COGMIG_OK ? begin_part(run, err) : status;
}

/* ---- rows ---- */

static const char *text_fault(struct span text, bool is_id)
{
    if (!span_is_utf8(text))
        return "It is not UTF-8.";
    if (span_contains_nul(text))
        return "It holds a NUL character.";
    if (tripwire_finds_hash(text, is_id))
        return "It looks like a password hash, which is never exported.";
    return NULL;
}

static const char *id_fault(const struct scan_value *id)
{
    if (id->kind != VALUE_TEXT || id->text.len == 0)
        return "The user has no id.";
    if (id->text.len > MAX_ID_BYTES)
        return "The id is longer than 2048 bytes.";
    return text_fault(id->text, true);
}

static void check_row(const struct run *run, const struct scan_value *values,
                      struct refusal *refusal)
{
    refusal->reason = id_fault(&values[0]);
    for (size_t i = 0; i < run->columns.count && refusal->reason == NULL; i++) {
        size_t source = run->columns.sources[i];
        if (source == 0 || values[source].kind != VALUE_TEXT)
            continue;
        refusal->reason = text_fault(values[source].text, false);
        refusal->column = run->columns.names[i];
    }
    if (refusal->reason == NULL)
        refusal->column = NULL;
}

static cogmig_status report(struct run *run, const char *id, const struct refusal *refusal,
                            cogmig_error *err)
{
    if (run->config->report == NULL)
        return fail(err, COGMIG_EXPORT_ROW_REFUSED,
                    "The user with the id %s cannot be exported%s%s: %s",
                    id == NULL ? "(none)" : id, refusal->column == NULL ? "" : " because of ",
                    refusal->column == NULL ? "" : refusal->column, refusal->reason);
    run->part.left_out++;
    run->total.left_out++;
    cogmig_status said =
        run->config->report(run->config->report_data, id, refusal->column, refusal->reason);
    return said == COGMIG_OK ? COGMIG_OK : fail_stopped(said, err);
}

/* An id that cannot be exported is not told either. */
static cogmig_status refuse_row(struct run *run, const struct scan_value *values,
                                const struct refusal *refusal, cogmig_error *err)
{
    SCOPED(memory_release) char *id = NULL;
    if (id_fault(&values[0]) == NULL) {
        id = memory_copy_bytes(values[0].text.bytes, values[0].text.len);
        if (id == NULL)
            return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    }
    return report(run, id, refusal, err);
}

static cogmig_status append_row(struct run *run, const struct scan_value *id, cogmig_error *err)
{
    cogmig_status status = part_is_full(run) ? next_part(run, err) : COGMIG_OK;
    if (status != COGMIG_OK)
        return status;
    buffer_add_text(&run->out,
                    run->part.rows == 0 ? run->format->before_first : run->format->between);
    buffer_add(&run->out, (struct span){run->row.bytes, run->row.len});
    run->part.rows++;
    run->total.rows++;
    if (run->ordered) {
        buffer_clear(&run->last_id);
        buffer_add(&run->last_id, id->text);
    }
    if (run->last_id.state != BUFFER_GOOD)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    return run->out.len >= CHUNK_BYTES ? flush(run, err) : COGMIG_OK;
}

static cogmig_status take_row(struct run *run, const struct scan_value *values, cogmig_error *err)
{
    struct refusal refusal = {.reason = NULL};
    check_row(run, values, &refusal);
    buffer_clear(&run->row);
    if (refusal.reason == NULL)
        run->format->add_row(&run->row, &run->layout, values, &refusal);
    if (run->row.state == BUFFER_FULL)
        refusal.reason = "The row is larger than 512 MiB.";
    if (refusal.reason != NULL)
        return refuse_row(run, values, &refusal, err);
    if (run->row.state != BUFFER_GOOD)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    return append_row(run, &values[0], err);
}

static cogmig_status take_rows(struct run *run, const struct scan *scan, void *state,
                               cogmig_error *err)
{
    struct scan_value values[SCAN_MAX_COLUMNS];
    for (int64_t count = 1;; count++) {
        bool any;
        cogmig_status status = scan->next(state, values, &any, err);
        if (status == COGMIG_OK && any)
            status = take_row(run, values, err);
        if (status == COGMIG_OK && count % ROWS_BETWEEN_LOOKS == 0)
            status = look(run, err);
        if (status != COGMIG_OK || !any)
            return status;
    }
}

/* ---- the whole ---- */

static struct scan_request request_of(struct run *run, const cogmig_store_config *store)
{
    struct scan_request request = scan_request_of(store, &run->model, &run->columns.scan);
    request.ordered = run->ordered;
    request.limit = run->config->limit;
    request.after = run->config->after;
    request.shard = run->config->shard;
    request.shards = run->config->shards;
    request.watch = (struct scan_watch){look, run};
    return request;
}

static cogmig_status prepare(struct run *run, const cogmig_store_config *store, cogmig_error *err)
{
    const cogmig_export_config *config = run->config;
    run->format = format_of(config->format);
    run->model = store_config_model(store);
    run->ordered = config->limit > 0 || config->after != NULL || config->part_rows > 0;
    run->row = buffer_with_max(MAX_ROW_BYTES);
    run->out = buffer_with_max(MAX_ROW_BYTES + 2 * CHUNK_BYTES);
    run->last_id = buffer_with_max(MAX_ID_BYTES);
    run->resume_id = buffer_with_max(MAX_ID_BYTES);
    run->looked_at_ms = clock_coarse_ms();
    run->layout = (struct layout){
        .columns = &run->columns,
        .formula_guard = config->formula_guard,
        .cognito_mfa = config->cognito_mfa,
        .cognito_header = config->cognito_header,
    };
    cogmig_status status = columns_resolve(config, &run->model, &run->columns, err);
    if (status == COGMIG_OK && run->format->prepare != NULL)
        status = run->format->prepare(&run->layout, err);
    return status;
}

/* Without telling it, a run that broke in the middle could only be begun anew. */
static cogmig_status with_place_to_go_on(const struct run *run, cogmig_status status,
                                         cogmig_error *err)
{
    if (err == NULL || run->resume_id.len == 0)
        return status;
    struct cogmig_error said = *err;
    fail(err, status, "%s (What came before is whole: go on after the id %s.)", said.message,
         run->resume_id.bytes);
    fail_upstream(err, said.upstream, said.upstream_code);
    return status;
}

/* The database knows how many rows there are, not how many are asked for. */
static void limit_estimate(struct run *run)
{
    int64_t *estimate = &run->facts.estimate;
    if (*estimate >= 0 && run->config->after != NULL)
        *estimate = -1;
    if (*estimate >= 0)
        *estimate /= run->config->shards;
    if (*estimate >= 0 && run->config->limit > 0 && *estimate > run->config->limit)
        *estimate = run->config->limit;
}

static cogmig_status copy_users(struct run *run, const struct scan *scan,
                                const cogmig_store_config *store, cogmig_error *err)
{
    struct scan_request request = request_of(run, store);
    void *state;
    cogmig_status status = scan->open(&request, &state, &run->facts, err);
    if (status != COGMIG_OK)
        return status;
    limit_estimate(run);
    run->layout.now_unix_ms = run->facts.snapshot_unix_ms;
    timestamp_write(run->facts.snapshot_unix_ms, run->part.snapshot_at);
    status = begin_part(run, err);
    if (status == COGMIG_OK)
        status = take_rows(run, scan, state, err);
    scan->close(state);
    if (status == COGMIG_OK)
        status = finish_part(run, true, err);
    return status == COGMIG_OK ? status : with_place_to_go_on(run, status, err);
}

static cogmig_status make_result(const struct run *run, cogmig_export_result **ret_result,
                                 cogmig_error *err)
{
    if (ret_result == NULL)
        return COGMIG_OK;
    SCOPED(cogmig_export_result_free) cogmig_export_result *result = memory_new(sizeof *result);
    if (result == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    *result = run->part;
    result->rows = run->total.rows;
    result->left_out = run->total.left_out;
    result->bytes = run->total.bytes;
    result->last_id = NULL;
    if (run->last_id.len > 0 && (result->last_id = memory_copy_text(run->last_id.bytes)) == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    *ret_result = result;
    result = NULL;
    return COGMIG_OK;
}

static void release_run(struct run *run)
{
    sink_release(&run->sink);
    buffer_release(&run->layout.keys);
    buffer_release(&run->row);
    buffer_release(&run->out);
    buffer_release(&run->last_id);
    buffer_release(&run->resume_id);
}

static cogmig_status export_into(struct sink sink, const cogmig_export_config *config,
                                 const cogmig_store_config *store,
                                 cogmig_export_result **ret_result, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_result != NULL)
        *ret_result = NULL;
    if (config == NULL || store == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT,
                    "config, store or what to export into is missing.");
    const struct scan *scan = NULL;
    cogmig_status status = scan_of_store(store, &scan, err);
    if (status != COGMIG_OK)
        return status;
    SCOPED(release_run) struct run run = {.config = config, .sink = sink};
    status = prepare(&run, store, err);
    if (status == COGMIG_OK)
        status = copy_users(&run, scan, store, err);
    return status == COGMIG_OK ? make_result(&run, ret_result, err) : status;
}

static struct sink no_sink(void)
{
    return (struct sink){.descriptor = -1, .file = no_new_file};
}

COGMIG_PUBLIC cogmig_status cogmig_export_to_file(const cogmig_export_config *config,
                                                  const cogmig_store_config *store,
                                                  const char *path,
                                                  cogmig_export_result **ret_result,
                                                  cogmig_error *err)
{
    struct sink sink = no_sink();
    sink.path = path;
    return export_into(sink, path == NULL ? NULL : config, store, ret_result, err);
}

COGMIG_PUBLIC cogmig_status cogmig_export_to_descriptor(const cogmig_export_config *config,
                                                        const cogmig_store_config *store,
                                                        int32_t descriptor,
                                                        cogmig_export_result **ret_result,
                                                        cogmig_error *err)
{
    struct sink sink = no_sink();
    sink.descriptor = descriptor;
    return export_into(sink, descriptor < 0 ? NULL : config, store, ret_result, err);
}

COGMIG_PUBLIC cogmig_status cogmig_export_to_callback(const cogmig_export_config *config,
                                                      const cogmig_store_config *store,
                                                      cogmig_export_write_fn write, void *user_data,
                                                      cogmig_export_result **ret_result,
                                                      cogmig_error *err)
{
    struct sink sink = no_sink();
    sink.write = write;
    sink.user_data = user_data;
    return export_into(sink, write == NULL ? NULL : config, store, ret_result, err);
}
