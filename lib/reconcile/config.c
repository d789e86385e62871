/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/config.h"

#include "base/memory.h"
#include "base/public.h"
#include "reconcile/run_file.h"
#include "status/error.h"

COGMIG_PUBLIC cogmig_status cogmig_reconcile_config_new(cogmig_reconcile_config **ret_config,
                                                        cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_config == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    *ret_config = memory_new(sizeof **ret_config);
    return *ret_config == NULL ? fail_plainly(err, COGMIG_OUT_OF_MEMORY) : COGMIG_OK;
}

COGMIG_PUBLIC void cogmig_reconcile_config_free(cogmig_reconcile_config **config)
{
    if (config == NULL || *config == NULL)
        return;
    memory_free((*config)->work_folder);
    memory_free((*config)->legacy_id_attribute);
    memory_free(*config);
    *config = NULL;
}

static cogmig_status set_text(char **text, const char *value, cogmig_error *err)
{
    if (value == NULL || *value == '\0')
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    char *copy = memory_copy_text(value);
    if (copy == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    memory_free(*text);
    *text = copy;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_reconcile_config_set_work_folder(cogmig_reconcile_config *config,
                                                                    const char *folder,
                                                                    cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || folder == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    if (!run_file_may_be_in(folder)) /* and not hours later, when memory is full */
        return fail(err, COGMIG_INVALID_ARGUMENT, "%.300s is no folder that can be written to.",
                    folder);
    return set_text(&config->work_folder, folder, err);
}

COGMIG_PUBLIC cogmig_status cogmig_reconcile_config_set_legacy_id_attribute(
    cogmig_reconcile_config *config, const char *attribute, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    return set_text(&config->legacy_id_attribute, attribute, err);
}

COGMIG_PUBLIC cogmig_status cogmig_reconcile_config_compare_names(cogmig_reconcile_config *config,
                                                                  bool compare, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    config->compare_names = compare;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_reconcile_config_without_map(cogmig_reconcile_config *config,
                                                                cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    config->without_map = true;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_reconcile_config_set_on_difference(
    cogmig_reconcile_config *config, cogmig_difference_fn tell, void *user_data, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    config->tell = tell;
    config->user_data = user_data;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_reconcile_config_set_on_progress(
    cogmig_reconcile_config *config, cogmig_reconcile_progress_fn progress, void *user_data,
    cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    config->progress = progress;
    config->progress_data = user_data;
    return COGMIG_OK;
}
