/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/reconcile.h"

#include <string.h>

cogmig_status walk_begin(cogmig_reconcile *reconcile, enum order order, struct walk *walk,
                         cogmig_error *err)
{
    *walk = (struct walk){.sorter = reconcile->sorters[order]};
    if (walk->sorter == NULL)
        return COGMIG_OK;
    cogmig_status status = sorter_finish(walk->sorter, err);
    return status == COGMIG_OK ? walk_on(walk, err) : status;
}

cogmig_status walk_on(struct walk *walk, cogmig_error *err)
{
    return sorter_next(walk->sorter, &walk->head, &walk->found, err);
}

bool walk_is_at(const struct walk *walk, struct span key)
{
    return walk->found && span_equal(walk->head.key, key);
}

static bool is_smaller(struct span a, struct span b)
{
    int order = memcmp(a.bytes, b.bytes, a.len < b.len ? a.len : b.len);
    return order != 0 ? order < 0 : a.len < b.len;
}

bool walks_next_key(const struct walk *walks, size_t count, struct span *ret_key)
{
    const struct walk *first = NULL;
    for (size_t i = 0; i < count; i++)
        if (walks[i].found && (first == NULL || is_smaller(walks[i].head.key, first->head.key)))
            first = &walks[i];
    if (first == NULL)
        return false;
    *ret_key = first->head.key;
    return true;
}
