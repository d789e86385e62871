/* SPDX-License-Identifier: Apache-2.0 */
#include "export/config.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "status/error.h"

enum {
    MAX_NAME = 255,
    MAX_ID = 2048,
    MAX_HEADER = 64 * 1024,
    MAX_SHARDS = 1024
};

static cogmig_status check(const cogmig_export_config *config, cogmig_error *err)
{
    cogmig_error_clear(err);
    return config == NULL ? fail(err, COGMIG_INVALID_ARGUMENT, "config is NULL.") : COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_export_config_new(cogmig_export_config **ret_config,
                                                     cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_config == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "ret_config is NULL.");
    *ret_config = memory_new(sizeof **ret_config);
    if (*ret_config == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    (*ret_config)->format = COGMIG_EXPORT_JSON;
    (*ret_config)->shard = 1;
    (*ret_config)->shards = 1;
    (*ret_config)->formula_guard = true;
    return COGMIG_OK;
}

COGMIG_PUBLIC void cogmig_export_config_free(cogmig_export_config **config)
{
    if (config == NULL || *config == NULL)
        return;
    for (size_t i = 0; i < (*config)->column_count; i++) {
        memory_free((*config)->columns[i].name);
        memory_free((*config)->columns[i].column);
    }
    memory_free((*config)->after);
    memory_free((*config)->cognito_header);
    memory_free(*config);
    *config = NULL;
}

COGMIG_PUBLIC cogmig_status cogmig_export_config_set_format(cogmig_export_config *config,
                                                            int32_t format, cogmig_error *err)
{
    cogmig_status status = check(config, err);
    if (status != COGMIG_OK)
        return status;
    if (format < COGMIG_EXPORT_JSON || format > COGMIG_EXPORT_COGNITO_CSV)
        return fail(err, COGMIG_CONFIG_INVALID, "There is no export format %d.", (int)format);
    config->format = format;
    return COGMIG_OK;
}

static cogmig_status check_text(const char *text, const char *what, size_t max, cogmig_error *err)
{
    struct span span = span_of(text);
    if (span.len == 0 || span.len > max || !span_is_utf8(span))
        return fail(err, COGMIG_CONFIG_INVALID, "%s is empty, longer than %zu bytes or not UTF-8.",
                    what, max);
    return COGMIG_OK;
}

static cogmig_status check_new_column(const cogmig_export_config *config, const char *name,
                                      const char *column, cogmig_error *err)
{
    cogmig_status status = check_text(name, "A column's name in the export", MAX_NAME, err);
    if (status == COGMIG_OK)
        status = check_text(column, "A column's name", MAX_NAME, err);
    if (status != COGMIG_OK)
        return status;
    if (config->column_count == EXPORT_MAX_WANTED)
        return fail(err, COGMIG_CONFIG_INVALID, "An export has at most %d columns.",
                    EXPORT_MAX_WANTED);
    for (size_t i = 0; i < config->column_count; i++)
        if (span_equal_text(span_of(name), config->columns[i].name))
            return fail(err, COGMIG_CONFIG_INVALID, "The export would have two columns %s.", name);
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_export_config_add_column(cogmig_export_config *config,
                                                            const char *name, const char *column,
                                                            cogmig_error *err)
{
    cogmig_status status = check(config, err);
    if (status != COGMIG_OK)
        return status;
    if (name == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "name is NULL.");
    column = column == NULL ? name : column;
    status = check_new_column(config, name, column, err);
    if (status != COGMIG_OK)
        return status;
    SCOPED(memory_release) char *name_copy = memory_copy_text(name);
    SCOPED(memory_release) char *column_copy = memory_copy_text(column);
    if (name_copy == NULL || column_copy == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    config->columns[config->column_count++] = (struct wanted_column){name_copy, column_copy};
    name_copy = column_copy = NULL;
    return COGMIG_OK;
}

static cogmig_status set_rows(int64_t *slot, int64_t rows, cogmig_error *err)
{
    if (rows < 0)
        return fail(err, COGMIG_CONFIG_INVALID, "A number of users cannot be below 0.");
    *slot = rows;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_export_config_set_limit(cogmig_export_config *config,
                                                           int64_t rows, cogmig_error *err)
{
    cogmig_status status = check(config, err);
    return status == COGMIG_OK ? set_rows(&config->limit, rows, err) : status;
}

COGMIG_PUBLIC cogmig_status cogmig_export_config_set_part_rows(cogmig_export_config *config,
                                                               int64_t rows, cogmig_error *err)
{
    cogmig_status status = check(config, err);
    return status == COGMIG_OK ? set_rows(&config->part_rows, rows, err) : status;
}

/* NULL takes the text away. */
static cogmig_status set_text(char **slot, const char *text, const char *what, size_t max,
                              cogmig_error *err)
{
    cogmig_status status = text == NULL ? COGMIG_OK : check_text(text, what, max, err);
    if (status != COGMIG_OK)
        return status;
    char *copy = text == NULL ? NULL : memory_copy_text(text);
    if (text != NULL && copy == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    memory_free(*slot);
    *slot = copy;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_export_config_set_after(cogmig_export_config *config,
                                                           const char *id, cogmig_error *err)
{
    cogmig_status status = check(config, err);
    return status == COGMIG_OK ? set_text(&config->after, id, "The id to go on after", MAX_ID, err)
                               : status;
}

COGMIG_PUBLIC cogmig_status cogmig_export_config_set_cognito_header(cogmig_export_config *config,
                                                                    const char *header,
                                                                    cogmig_error *err)
{
    cogmig_status status = check(config, err);
    return status == COGMIG_OK
               ? set_text(&config->cognito_header, header, "The header", MAX_HEADER, err)
               : status;
}

COGMIG_PUBLIC cogmig_status cogmig_export_config_set_shard(cogmig_export_config *config,
                                                           int32_t shard, int32_t shards,
                                                           cogmig_error *err)
{
    cogmig_status status = check(config, err);
    if (status != COGMIG_OK)
        return status;
    if (shards < 1 || shards > MAX_SHARDS || shard < 1 || shard > shards)
        return fail(err, COGMIG_CONFIG_INVALID,
                    "A shard is one of at most %d, counted from 1; that is %d of %d.", MAX_SHARDS,
                    (int)shard, (int)shards);
    config->shard = shard;
    config->shards = shards;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_export_config_set_cognito_mfa(cogmig_export_config *config,
                                                                 bool enabled, cogmig_error *err)
{
    cogmig_status status = check(config, err);
    if (status == COGMIG_OK)
        config->cognito_mfa = enabled;
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_export_config_set_formula_guard(cogmig_export_config *config,
                                                                   bool guard, cogmig_error *err)
{
    cogmig_status status = check(config, err);
    if (status == COGMIG_OK)
        config->formula_guard = guard;
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_export_config_set_progress(cogmig_export_config *config,
                                                              cogmig_export_progress_fn progress,
                                                              void *user_data, cogmig_error *err)
{
    cogmig_status status = check(config, err);
    if (status != COGMIG_OK)
        return status;
    config->progress = progress;
    config->progress_data = user_data;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_export_config_set_report(cogmig_export_config *config,
                                                            cogmig_export_report_fn report,
                                                            void *user_data, cogmig_error *err)
{
    cogmig_status status = check(config, err);
    if (status != COGMIG_OK)
        return status;
    config->report = report;
    config->report_data = user_data;
    return COGMIG_OK;
}
