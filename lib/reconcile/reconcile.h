/* SPDX-License-Identifier: Apache-2.0
 * What was added of each side, put into the orders in which it is compared. */
#ifndef RECONCILE_RECONCILE_H
#define RECONCILE_RECONCILE_H

#include "base/buffer.h"
#include "reconcile/account.h"
#include "reconcile/difference.h"
#include "reconcile/sorter.h"

enum order {
    COGNITO_BY_LEGACY_ID,
    COGNITO_BY_SUB,
    STORE_BY_ID,
    LINKS_BY_LEGACY_ID,
    DOUBTFUL_LINKS_BY_SUB, /* those that the Cognito user with the legacy id does not confirm */
    NOT_MIGRATED_BY_EMAIL,
    WITHOUT_LEGACY_ID_BY_EMAIL, /* Cognito users to whom no link leads either */
    ORDER_COUNT
};

enum {
    RECONCILE_MAX_TEXT = 16 * 1024, /* of an id, address or name */
    RECONCILE_TOTAL_COUNT = COGMIG_RECONCILE_COGNITO_ONLY - COGMIG_RECONCILE_COGNITO_USERS + 1
};

struct cogmig_reconcile {
    char *work_folder;
    char *legacy_id_attribute;
    bool compare_names;
    bool without_map;
    cogmig_difference_fn tell;
    void *user_data;
    cogmig_reconcile_progress_fn progress;
    void *progress_data;
    struct sorter *sorters[ORDER_COUNT]; /* NULL: nothing was added */
    struct buffer key;                   /* for the record that is being added */
    struct buffer record;
    uint64_t differences[DIFFERENCE_KIND_COUNT];
    uint64_t totals[RECONCILE_TOTAL_COUNT];
    bool compared;
};

/* Count a user or link: one of COGMIG_RECONCILE_*. */
void reconcile_count(cogmig_reconcile *reconcile, int32_t what);

cogmig_status reconcile_show_progress(cogmig_reconcile *reconcile, int32_t what, uint64_t count,
                                      cogmig_error *err);

/* What cogmig_reconcile_add_cognito_user() and cogmig_reconcile_add_store_user() do. */
cogmig_status reconcile_add_cognito_user(cogmig_reconcile *reconcile, const struct account *account,
                                         cogmig_error *err);
cogmig_status reconcile_add_store_user(cogmig_reconcile *reconcile, const struct account *account,
                                       cogmig_error *err);

/* Count a difference and tell of it. */
cogmig_status reconcile_tell(cogmig_reconcile *reconcile, const struct finding *finding,
                             cogmig_error *err);

/* What an account is sorted by in an order. */
cogmig_status reconcile_add(cogmig_reconcile *reconcile, enum order order, struct span key,
                            const struct account *account, cogmig_error *err);
cogmig_status reconcile_add_by_email(cogmig_reconcile *reconcile, enum order order,
                                     const struct account *account, cogmig_error *err);

/* An order as it is read. */
struct walk {
    struct sorter *sorter;
    struct sorted head;
    bool found; /* false: past the end */
};

cogmig_status walk_begin(cogmig_reconcile *reconcile, enum order order, struct walk *walk,
                         cogmig_error *err);
cogmig_status walk_on(struct walk *walk, cogmig_error *err);
bool walk_is_at(const struct walk *walk, struct span key);

/* The smallest key that any of them is at; false when all are past their ends. */
bool walks_next_key(const struct walk *walks, size_t count, struct span *ret_key);

/* An order that was read is not needed any more. */
void reconcile_drop(cogmig_reconcile *reconcile, enum order order);

/* In this order: each adds to what the next compares. */
cogmig_status reconcile_by_legacy_id(cogmig_reconcile *reconcile, cogmig_error *err);
cogmig_status reconcile_by_sub(cogmig_reconcile *reconcile, cogmig_error *err);
cogmig_status reconcile_by_email(cogmig_reconcile *reconcile, cogmig_error *err);

#endif
