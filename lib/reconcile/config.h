/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECONCILE_CONFIG_H
#define RECONCILE_CONFIG_H

#include <cogmig/reconcile.h>

struct cogmig_reconcile_config {
    char *work_folder;         /* NULL: the default */
    char *legacy_id_attribute; /* NULL: the default */
    bool compare_names;
    bool without_map;
    cogmig_difference_fn tell;
    void *user_data;
    cogmig_reconcile_progress_fn progress;
    void *progress_data;
};

#endif
