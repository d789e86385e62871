/* SPDX-License-Identifier: Apache-2.0 */
#include "told.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *or_dash(const char *text)
{
    return text == NULL ? "-" : text;
}

static cogmig_status write_down(void *user_data, const cogmig_difference *d)
{
    struct told *told = user_data;
    assert_true(told->count < MAX_TOLD);
    snprintf(told->lines[told->count++], MAX_LINE, "%s %s %s %s %s %s %s %s",
             cogmig_difference_kind_name(cogmig_difference_kind(d)),
             or_dash(cogmig_difference_legacy_id(d)), or_dash(cogmig_difference_sub(d)),
             or_dash(cogmig_difference_other_sub(d)), or_dash(cogmig_difference_other_legacy_id(d)),
             or_dash(cogmig_difference_attribute(d)), or_dash(cogmig_difference_cognito_value(d)),
             or_dash(cogmig_difference_store_value(d)));
    return COGMIG_OK;
}

cogmig_reconcile_config *telling_config(struct told *told)
{
    cogmig_reconcile_config *config = NULL;
    assert_int_equal(cogmig_reconcile_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_reconcile_config_set_on_difference(config, write_down, told, NULL),
                     COGMIG_OK);
    return config;
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(a, b);
}

void sort_told(struct told *told)
{
    qsort(told->lines, told->count, sizeof told->lines[0], compare_lines);
}

void assert_same_told(struct told *told, struct told *expected)
{
    sort_told(told);
    sort_told(expected);
    for (size_t i = 0; i < told->count && i < expected->count; i++)
        assert_string_equal(told->lines[i], expected->lines[i]);
    assert_int_equal(told->count, expected->count);
}

void assert_told(struct told *told, const char *const *expected)
{
    struct told *all = calloc(1, sizeof *all);
    assert_non_null(all);
    for (; *expected != NULL; expected++)
        snprintf(all->lines[all->count++], MAX_LINE, "%s", *expected);
    assert_same_told(told, all);
    free(all);
}
