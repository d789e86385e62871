/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/config.h"

#include "base/memory.h"
#include "base/public.h"
#include "status/error.h"

const char default_work_folder[] = "/tmp";

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
    memory_free(*config);
    *config = NULL;
}

COGMIG_PUBLIC cogmig_status cogmig_reconcile_config_set_work_folder(cogmig_reconcile_config *config,
                                                                    const char *folder,
                                                                    cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || folder == NULL || *folder == '\0')
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    char *copy = memory_copy_text(folder);
    if (copy == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    memory_free(config->work_folder);
    config->work_folder = copy;
    return COGMIG_OK;
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
