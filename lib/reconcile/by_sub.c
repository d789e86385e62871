/* SPDX-License-Identifier: Apache-2.0
 * Doubtful links and Cognito's users in the order of the sub: whose is the one that is linked? */
#include "base/cleanup.h"
#include "reconcile/attributes.h"
#include "reconcile/reconcile.h"
#include "status/error.h"

enum {
    FROM_COGNITO,
    FROM_LINKS,
    SIDE_COUNT
};

/* A doubtful link: its sub, and the row of the store that it leads to, with the sub of the Cognito
 * user who has that row's id, if any. */
struct link {
    struct span sub;
    struct account row;
};

/* Who took the place is told where there is no doubt about it: it is what a repair links. */
static cogmig_status tell_stale(cogmig_reconcile *reconcile, const struct link *link,
                                cogmig_error *err)
{
    struct finding finding = {.kind = COGMIG_DIFFERENCE_LINK_STALE,
                              .texts = {[DIFFERENCE_LEGACY_ID] = link->row.texts[ACCOUNT_LEGACY_ID],
                                        [DIFFERENCE_SUB] = link->sub}};
    if (!link->row.is_contested)
        finding.texts[DIFFERENCE_OTHER_SUB] = link->row.texts[ACCOUNT_SUB];
    return reconcile_tell(reconcile, &finding, err);
}

static cogmig_status tell_not_migrated(cogmig_reconcile *reconcile, const struct link *link,
                                       cogmig_error *err)
{
    struct finding finding = {.kind = COGMIG_DIFFERENCE_NOT_MIGRATED,
                              .texts = {[DIFFERENCE_LEGACY_ID] = link->row.texts[ACCOUNT_LEGACY_ID],
                                        [DIFFERENCE_STORE_VALUE] = link->row.texts[ACCOUNT_EMAIL]}};
    cogmig_status status = reconcile_tell(reconcile, &finding, err);
    if (status != COGMIG_OK)
        return status;
    return reconcile_add_by_email(reconcile, NOT_MIGRATED_BY_EMAIL, &link->row, err);
}

static cogmig_status judge_dangling(cogmig_reconcile *reconcile, const struct link *link,
                                    cogmig_error *err)
{
    cogmig_status status = tell_stale(reconcile, link, err);
    bool has_other_user = link->row.texts[ACCOUNT_SUB].bytes != NULL;
    return status != COGMIG_OK || has_other_user ? status : tell_not_migrated(reconcile, link, err);
}

static cogmig_status judge_attached(cogmig_reconcile *reconcile, const struct link *link,
                                    const struct account *user, cogmig_error *err)
{
    bool user_has_no_id = user->texts[ACCOUNT_LEGACY_ID].bytes == NULL;
    bool is_only_one = link->row.texts[ACCOUNT_SUB].bytes == NULL;
    bool is_whole_but_for_id = user_has_no_id && is_only_one;
    struct finding finding = {
        .kind = is_whole_but_for_id ? COGMIG_DIFFERENCE_LEGACY_ID_MISSING
                                    : COGMIG_DIFFERENCE_LINKED_ELSEWHERE,
        .texts = {[DIFFERENCE_LEGACY_ID] = link->row.texts[ACCOUNT_LEGACY_ID],
                  [DIFFERENCE_SUB] = link->sub,
                  [DIFFERENCE_OTHER_SUB] = link->row.texts[ACCOUNT_SUB],
                  [DIFFERENCE_OTHER_LEGACY_ID] = user->texts[ACCOUNT_LEGACY_ID],
                  [DIFFERENCE_COGNITO_VALUE] = user->texts[ACCOUNT_EMAIL],
                  [DIFFERENCE_STORE_VALUE] = link->row.texts[ACCOUNT_EMAIL]}};
    cogmig_status status = reconcile_tell(reconcile, &finding, err);
    if (status != COGMIG_OK || !is_whole_but_for_id)
        return status;
    bool same;
    reconcile_count(reconcile, COGMIG_RECONCILE_MIGRATED);
    return attributes_compare(reconcile, user, &link->row, true, &same, err);
}

static cogmig_status judge_links_to(cogmig_reconcile *reconcile, struct walk *links,
                                    const struct account *user, bool *ret_linked, cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    *ret_linked = false;
    while (status == COGMIG_OK && walk_is_at(links, user->texts[ACCOUNT_SUB])) {
        struct link link = {user->texts[ACCOUNT_SUB], account_read(links->head.content)};
        *ret_linked = true;
        status = judge_attached(reconcile, &link, user, err);
        if (status == COGMIG_OK)
            status = walk_on(links, err);
    }
    return status;
}

static cogmig_status judge_user(cogmig_reconcile *reconcile, struct walk *sides, cogmig_error *err)
{
    struct account user = account_read(sides[FROM_COGNITO].head.content);
    bool linked;
    cogmig_status status = judge_links_to(reconcile, &sides[FROM_LINKS], &user, &linked, err);
    if (status == COGMIG_OK && !linked && user.texts[ACCOUNT_LEGACY_ID].bytes == NULL) {
        reconcile_count(reconcile, COGMIG_RECONCILE_COGNITO_ONLY);
        status = reconcile_add_by_email(reconcile, WITHOUT_LEGACY_ID_BY_EMAIL, &user, err);
    }
    return status;
}

/* A user may be listed twice: one whose page was read again, or who was changed in between. */
static cogmig_status judge_user_once(cogmig_reconcile *reconcile, struct walk *sides,
                                     struct buffer *sub, cogmig_error *err)
{
    struct walk *cognito = &sides[FROM_COGNITO];
    sub->len = 0;
    buffer_add(sub, cognito->head.key);
    if (sub->state != BUFFER_GOOD)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    reconcile_count(reconcile, COGMIG_RECONCILE_COGNITO_USERS);
    cogmig_status status = judge_user(reconcile, sides, err);
    while (status == COGMIG_OK && walk_is_at(cognito, (struct span){sub->bytes, sub->len}))
        status = walk_on(cognito, err);
    return status;
}

static cogmig_status judge_link_to_nobody(cogmig_reconcile *reconcile, struct walk *links,
                                          cogmig_error *err)
{
    struct link link = {links->head.key, account_read(links->head.content)};
    cogmig_status status = judge_dangling(reconcile, &link, err);
    return status == COGMIG_OK ? walk_on(links, err) : status;
}

cogmig_status reconcile_by_sub(cogmig_reconcile *reconcile, cogmig_error *err)
{
    SCOPED(buffer_release) struct buffer last_sub = buffer_with_max(SORTER_MAX_RECORD);
    struct walk sides[SIDE_COUNT];
    struct span sub;
    cogmig_status status = walk_begin(reconcile, COGNITO_BY_SUB, &sides[FROM_COGNITO], err);
    if (status == COGMIG_OK)
        status = walk_begin(reconcile, DOUBTFUL_LINKS_BY_SUB, &sides[FROM_LINKS], err);
    while (status == COGMIG_OK && walks_next_key(sides, SIDE_COUNT, &sub))
        status = walk_is_at(&sides[FROM_COGNITO], sub)
                     ? judge_user_once(reconcile, sides, &last_sub, err)
                     : judge_link_to_nobody(reconcile, &sides[FROM_LINKS], err);
    reconcile_drop(reconcile, COGNITO_BY_SUB);
    reconcile_drop(reconcile, DOUBTFUL_LINKS_BY_SUB);
    return status;
}
