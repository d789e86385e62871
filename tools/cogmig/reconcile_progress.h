/* SPDX-License-Identifier: Apache-2.0
 * How far a reconciliation is, as a bar on a terminal. */
#ifndef COGMIG_TOOL_RECONCILE_PROGRESS_H
#define COGMIG_TOOL_RECONCILE_PROGRESS_H

#include <cogmig/cognito.h>
#include <cogmig/idmap.h>
#include <cogmig/store.h>

struct reconcile_progress {
    bool is_shown;
    int64_t total; /* of the side that is read; 0: not known */
    double began_s;
};

/* Shown where standard error is a terminal. */
struct reconcile_progress reconcile_progress_begin(void);

/* Before a side is read: how much there will be. Whoever may not count gets no bar. */
void reconcile_progress_expect_links(struct reconcile_progress *progress, cogmig_idmap *map);
void reconcile_progress_expect_rows(struct reconcile_progress *progress,
                                    const cogmig_store_config *store);
void reconcile_progress_expect_users(struct reconcile_progress *progress, cogmig_cognito *cognito);

/* A cogmig_reconcile_progress_fn, which an interruption ends; user_data is a struct
 * reconcile_progress. */
cogmig_status reconcile_progress_show(void *user_data, int32_t what, uint64_t count);

void reconcile_progress_end(struct reconcile_progress *progress);

#endif
