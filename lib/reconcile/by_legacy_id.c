/* SPDX-License-Identifier: Apache-2.0
 * All three sides in the order of the legacy id. */
#include "base/cleanup.h"
#include "reconcile/attributes.h"
#include "reconcile/reconcile.h"
#include "status/error.h"

#include <string.h>

enum {
    FROM_STORE,
    FROM_COGNITO,
    FROM_MAP,
    SIDE_COUNT
};

enum {
    MAX_SEEN_BYTES = 64 * 1024
};

/* What the sides say about one legacy id. */
struct group {
    struct buffer id;
    struct buffer row; /* of the store: an account */
    struct buffer linked_sub;
    struct buffer first_sub; /* of the Cognito users with this id */
    struct buffer seen_subs; /* of the latest of them, each behind its length */
    size_t rows;
    size_t cognito_users;
    size_t links;
    bool link_is_confirmed;
    bool is_unproved; /* a Cognito user, by an address */
    bool in_order;
};

static struct group empty_group(void)
{
    struct buffer text = buffer_with_max(SORTER_MAX_RECORD);
    return (struct group){
        .id = text, .row = text, .linked_sub = text, .first_sub = text, .seen_subs = text};
}

static void release_group(struct group *group)
{
    buffer_release(&group->id);
    buffer_release(&group->row);
    buffer_release(&group->linked_sub);
    buffer_release(&group->first_sub);
    buffer_release(&group->seen_subs);
}

static struct span held(const struct buffer *text)
{
    return (struct span){text->bytes, text->len};
}

static cogmig_status hold(struct buffer *text, struct span bytes, cogmig_error *err)
{
    text->len = 0;
    buffer_add(text, bytes);
    return text->state == BUFFER_GOOD ? COGMIG_OK : fail_plainly(err, COGMIG_OUT_OF_MEMORY);
}

static cogmig_status tell(cogmig_reconcile *reconcile, struct group *group,
                          const struct finding *finding, cogmig_error *err)
{
    group->in_order = false;
    return reconcile_tell(reconcile, finding, err);
}

/* ---- reading the group ---- */

static cogmig_status tell_duplicate_row(cogmig_reconcile *reconcile, struct group *group,
                                        const struct account *row, cogmig_error *err)
{
    struct finding finding = {.kind = COGMIG_DIFFERENCE_DUPLICATE,
                              .texts = {[DIFFERENCE_LEGACY_ID] = held(&group->id),
                                        [DIFFERENCE_STORE_VALUE] = row->texts[ACCOUNT_EMAIL]}};
    return tell(reconcile, group, &finding, err);
}

static cogmig_status read_rows(cogmig_reconcile *reconcile, struct group *group, struct walk *store,
                               cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    for (; status == COGMIG_OK && walk_is_at(store, held(&group->id)); group->rows++) {
        struct account row = account_read(store->head.content);
        status = group->rows == 0 ? hold(&group->row, store->head.content, err)
                                  : tell_duplicate_row(reconcile, group, &row, err);
        if (status == COGMIG_OK)
            status = walk_on(store, err);
    }
    return status;
}

/* A map of ours has one; the same pair again is fine. */
static cogmig_status tell_duplicate_link(cogmig_reconcile *reconcile, struct group *group,
                                         struct span sub, cogmig_error *err)
{
    struct finding finding = {.kind = COGMIG_DIFFERENCE_DUPLICATE,
                              .texts = {[DIFFERENCE_LEGACY_ID] = held(&group->id),
                                        [DIFFERENCE_SUB] = held(&group->linked_sub),
                                        [DIFFERENCE_OTHER_SUB] = sub}};
    return span_equal(sub, held(&group->linked_sub)) ? COGMIG_OK
                                                     : tell(reconcile, group, &finding, err);
}

static cogmig_status read_links(cogmig_reconcile *reconcile, struct group *group, struct walk *map,
                                cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    for (; status == COGMIG_OK && walk_is_at(map, held(&group->id)); group->links++) {
        struct span sub = account_read(map->head.content).texts[ACCOUNT_SUB];
        status = group->links == 0 ? hold(&group->linked_sub, sub, err)
                                   : tell_duplicate_link(reconcile, group, sub, err);
        if (status == COGMIG_OK)
            status = walk_on(map, err);
    }
    return status;
}

static cogmig_status tell_not_in_store(cogmig_reconcile *reconcile, struct group *group,
                                       const struct account *user, cogmig_error *err)
{
    struct finding finding = {.kind = COGMIG_DIFFERENCE_NOT_IN_STORE,
                              .texts = {[DIFFERENCE_LEGACY_ID] = held(&group->id),
                                        [DIFFERENCE_SUB] = user->texts[ACCOUNT_SUB],
                                        [DIFFERENCE_COGNITO_VALUE] = user->texts[ACCOUNT_EMAIL]}};
    return tell(reconcile, group, &finding, err);
}

static cogmig_status tell_duplicate_user(cogmig_reconcile *reconcile, struct group *group,
                                         const struct account *user, cogmig_error *err)
{
    struct finding finding = {.kind = COGMIG_DIFFERENCE_DUPLICATE,
                              .texts = {[DIFFERENCE_LEGACY_ID] = held(&group->id),
                                        [DIFFERENCE_SUB] = held(&group->first_sub),
                                        [DIFFERENCE_OTHER_SUB] = user->texts[ACCOUNT_SUB],
                                        [DIFFERENCE_COGNITO_VALUE] = user->texts[ACCOUNT_EMAIL]}};
    return tell(reconcile, group, &finding, err);
}

static cogmig_status judge_user(cogmig_reconcile *reconcile, struct group *group,
                                const struct account *user, cogmig_error *err)
{
    cogmig_status status = group->cognito_users == 0
                               ? hold(&group->first_sub, user->texts[ACCOUNT_SUB], err)
                               : tell_duplicate_user(reconcile, group, user, err);
    bool is_linked =
        group->links > 0 && span_equal(user->texts[ACCOUNT_SUB], held(&group->linked_sub));
    group->link_is_confirmed |= is_linked;
    if (status != COGMIG_OK)
        return status;
    if (group->rows == 0)
        return tell_not_in_store(reconcile, group, user, err);
    struct account row = account_read(held(&group->row));
    bool same;
    status =
        attributes_compare(reconcile, user, &row, is_linked || reconcile->without_map, &same, err);
    group->in_order &= same;
    group->is_unproved |= !attributes_prove(user, &row);
    return status;
}

/* A user may be listed twice: one whose page was read again, or who was changed in between. */
static bool was_seen(const struct group *group, struct span sub)
{
    struct span rest = held(&group->seen_subs);
    while (rest.len > 0) {
        size_t len;
        memcpy(&len, rest.bytes, sizeof len);
        struct span seen = {rest.bytes + sizeof len, len};
        if (span_equal(seen, sub))
            return true;
        rest = (struct span){seen.bytes + len, rest.len - sizeof len - len};
    }
    return false;
}

/* As many as there is room for: a page of users is. */
static cogmig_status note_seen(struct group *group, struct span sub, cogmig_error *err)
{
    struct buffer *seen = &group->seen_subs;
    if (seen->len + sizeof sub.len + sub.len > MAX_SEEN_BYTES)
        seen->len = 0;
    buffer_add(seen, (struct span){(const char *)&sub.len, sizeof sub.len});
    buffer_add(seen, sub);
    return seen->state == BUFFER_GOOD ? COGMIG_OK : fail_plainly(err, COGMIG_OUT_OF_MEMORY);
}

static cogmig_status read_user(cogmig_reconcile *reconcile, struct group *group,
                               const struct account *user, cogmig_error *err)
{
    if (was_seen(group, user->texts[ACCOUNT_SUB]))
        return COGMIG_OK;
    cogmig_status status = judge_user(reconcile, group, user, err);
    if (status == COGMIG_OK)
        status = note_seen(group, user->texts[ACCOUNT_SUB], err);
    group->cognito_users++;
    return status;
}

static cogmig_status read_users(cogmig_reconcile *reconcile, struct group *group,
                                struct walk *cognito, cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    while (status == COGMIG_OK && walk_is_at(cognito, held(&group->id))) {
        struct account user = account_read(cognito->head.content);
        status = read_user(reconcile, group, &user, err);
        if (status == COGMIG_OK)
            status = walk_on(cognito, err);
    }
    return status;
}

/* ---- what follows from it ---- */

static cogmig_status tell_not_migrated(cogmig_reconcile *reconcile, struct group *group,
                                       cogmig_error *err)
{
    struct account row = account_read(held(&group->row));
    struct finding finding = {.kind = COGMIG_DIFFERENCE_NOT_MIGRATED,
                              .texts = {[DIFFERENCE_LEGACY_ID] = held(&group->id),
                                        [DIFFERENCE_STORE_VALUE] = row.texts[ACCOUNT_EMAIL]}};
    cogmig_status status = tell(reconcile, group, &finding, err);
    if (status != COGMIG_OK)
        return status;
    return reconcile_add_by_email(reconcile, NOT_MIGRATED_BY_EMAIL, &row, err);
}

static cogmig_status tell_of_link(cogmig_reconcile *reconcile, struct group *group, int32_t kind,
                                  const struct buffer *sub, cogmig_error *err)
{
    struct finding finding = {
        .kind = kind,
        .texts = {[DIFFERENCE_LEGACY_ID] = held(&group->id), [DIFFERENCE_SUB] = held(sub)}};
    return tell(reconcile, group, &finding, err);
}

/* Only in the order of the subs can be seen whose the linked one is. The record is the row, with
 * the sub of the Cognito user who has the legacy id. */
static cogmig_status doubt_link(cogmig_reconcile *reconcile, struct group *group, cogmig_error *err)
{
    struct account row = account_read(held(&group->row));
    if (group->cognito_users > 0)
        row.texts[ACCOUNT_SUB] = held(&group->first_sub);
    row.is_contested = group->cognito_users > 1 || group->rows > 1 || group->is_unproved;
    group->in_order = false;
    return reconcile_add(reconcile, DOUBTFUL_LINKS_BY_SUB, held(&group->linked_sub), &row, err);
}

static cogmig_status judge_link(cogmig_reconcile *reconcile, struct group *group, cogmig_error *err)
{
    if (group->rows == 0)
        return group->links == 0 ? COGMIG_OK
                                 : tell_of_link(reconcile, group, COGMIG_DIFFERENCE_LINK_STALE,
                                                &group->linked_sub, err);
    if (group->links > 0)
        return group->link_is_confirmed ? COGMIG_OK : doubt_link(reconcile, group, err);
    if (group->cognito_users == 0)
        return tell_not_migrated(reconcile, group, err);
    return reconcile->without_map ? COGMIG_OK
                                  : tell_of_link(reconcile, group, COGMIG_DIFFERENCE_NOT_LINKED,
                                                 &group->first_sub, err);
}

static void count_group(cogmig_reconcile *reconcile, const struct group *group)
{
    if (group->rows == 0 || group->cognito_users == 0)
        return;
    reconcile_count(reconcile, COGMIG_RECONCILE_MIGRATED);
    if (group->in_order)
        reconcile_count(reconcile, COGMIG_RECONCILE_IN_ORDER);
}

static cogmig_status judge_group(cogmig_reconcile *reconcile, struct group *group,
                                 struct walk *sides, struct span id, cogmig_error *err)
{
    group->rows = group->cognito_users = group->links = 0;
    group->link_is_confirmed = group->is_unproved = false;
    group->seen_subs.len = 0;
    group->in_order = true;
    cogmig_status status = hold(&group->id, id, err);
    if (status == COGMIG_OK)
        status = read_rows(reconcile, group, &sides[FROM_STORE], err);
    if (status == COGMIG_OK)
        status = read_links(reconcile, group, &sides[FROM_MAP], err);
    if (status == COGMIG_OK)
        status = read_users(reconcile, group, &sides[FROM_COGNITO], err);
    if (status == COGMIG_OK)
        status = judge_link(reconcile, group, err);
    if (status == COGMIG_OK)
        count_group(reconcile, group);
    return status;
}

cogmig_status reconcile_by_legacy_id(cogmig_reconcile *reconcile, cogmig_error *err)
{
    static const enum order orders[SIDE_COUNT] = {STORE_BY_ID, COGNITO_BY_LEGACY_ID,
                                                  LINKS_BY_LEGACY_ID};
    SCOPED(release_group) struct group group = empty_group();
    struct walk sides[SIDE_COUNT];
    struct span id;
    cogmig_status status = COGMIG_OK;
    for (size_t side = 0; status == COGMIG_OK && side < SIDE_COUNT; side++)
        status = walk_begin(reconcile, orders[side], &sides[side], err);
    while (status == COGMIG_OK && walks_next_key(sides, SIDE_COUNT, &id))
        status = judge_group(reconcile, &group, sides, id, err);
    for (size_t side = 0; side < SIDE_COUNT; side++)
        reconcile_drop(reconcile, orders[side]);
    return status;
}
