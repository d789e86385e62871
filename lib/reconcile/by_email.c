/* SPDX-License-Identifier: Apache-2.0
 * Who signed up with the address of a legacy user that was not migrated? */
#include "reconcile/reconcile.h"
#include "status/error.h"

enum {
    FROM_STORE,
    FROM_COGNITO,
    SIDE_COUNT
};

static cogmig_status tell(cogmig_reconcile *reconcile, const struct account *user,
                          const struct account *row, cogmig_error *err)
{
    struct finding finding = {.kind = COGMIG_DIFFERENCE_SAME_EMAIL,
                              .texts = {[DIFFERENCE_LEGACY_ID] = row->texts[ACCOUNT_LEGACY_ID],
                                        [DIFFERENCE_SUB] = user->texts[ACCOUNT_SUB],
                                        [DIFFERENCE_COGNITO_VALUE] = user->texts[ACCOUNT_EMAIL],
                                        [DIFFERENCE_STORE_VALUE] = row->texts[ACCOUNT_EMAIL]}};
    return reconcile_tell(reconcile, &finding, err);
}

/* Each Cognito user is told of with the first row of that address. */
static cogmig_status judge_users(cogmig_reconcile *reconcile, struct walk *sides, struct span email,
                                 cogmig_error *err)
{
    struct walk *cognito = &sides[FROM_COGNITO];
    struct account row = account_read(sides[FROM_STORE].head.content);
    cogmig_status status = COGMIG_OK;
    while (status == COGMIG_OK && walk_is_at(cognito, email)) {
        struct account user = account_read(cognito->head.content);
        status = tell(reconcile, &user, &row, err);
        if (status == COGMIG_OK)
            status = walk_on(cognito, err);
    }
    return status;
}

static cogmig_status judge_next(cogmig_reconcile *reconcile, struct walk *sides, struct span email,
                                cogmig_error *err)
{
    if (!walk_is_at(&sides[FROM_STORE], email))
        return walk_on(&sides[FROM_COGNITO], err);
    cogmig_status status = judge_users(reconcile, sides, sides[FROM_STORE].head.key, err);
    return status == COGMIG_OK ? walk_on(&sides[FROM_STORE], err) : status;
}

cogmig_status reconcile_by_email(cogmig_reconcile *reconcile, cogmig_error *err)
{
    struct walk sides[SIDE_COUNT];
    struct span email;
    cogmig_status status = walk_begin(reconcile, NOT_MIGRATED_BY_EMAIL, &sides[FROM_STORE], err);
    if (status == COGMIG_OK)
        status = walk_begin(reconcile, WITHOUT_LEGACY_ID_BY_EMAIL, &sides[FROM_COGNITO], err);
    while (status == COGMIG_OK && walks_next_key(sides, SIDE_COUNT, &email))
        status = judge_next(reconcile, sides, email, err);
    reconcile_drop(reconcile, NOT_MIGRATED_BY_EMAIL);
    reconcile_drop(reconcile, WITHOUT_LEGACY_ID_BY_EMAIL);
    return status;
}
