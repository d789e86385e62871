/* SPDX-License-Identifier: Apache-2.0
 * Everything that a reconciliation tells, as lines. */
#ifndef TESTS_RECONCILE_TOLD_H
#define TESTS_RECONCILE_TOLD_H

#include "cmocka_all.h"

#include <cogmig/reconcile.h>

enum {
    MAX_TOLD = 4096,
    MAX_LINE = 256
};

/* Each as "kind legacy_id sub other_sub other_legacy_id attribute cognito_value store_value", with
 * "-" for what is not there. */
struct told {
    size_t count;
    char lines[MAX_TOLD][MAX_LINE];
};

/* A configuration that tells it. */
cogmig_reconcile_config *telling_config(struct told *told);

void sort_told(struct told *told);

/* Sorts both; expected ends with NULL. */
void assert_told(struct told *told, const char *const *expected);

void assert_same_told(struct told *told, struct told *expected);

#endif
