/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/attributes.h"

static bool texts_agree(struct span a, struct span b)
{
    return span_equal(span_trim(a), span_trim(b));
}

static bool emails_agree(const struct account *a, const struct account *b)
{
    return span_equal_ascii_case(span_trim(a->texts[ACCOUNT_EMAIL]),
                                 span_trim(b->texts[ACCOUNT_EMAIL]));
}

bool attributes_prove(const struct account *user, const struct account *row)
{
    return emails_agree(user, row) && (user->email_verified || !row->email_verified);
}

static struct span word(bool yes)
{
    return span_of(yes ? "true" : "false");
}

struct comparison {
    cogmig_reconcile *reconcile;
    const struct account *user;
    const struct account *row;
    bool is_linked;
    bool same;
};

static cogmig_status tell(struct comparison *comparison, const char *attribute,
                          struct span cognito_value, struct span store_value, cogmig_error *err)
{
    struct finding finding = {
        .kind = COGMIG_DIFFERENCE_ATTRIBUTE,
        .is_linked = comparison->is_linked,
        .texts = {[DIFFERENCE_LEGACY_ID] = comparison->row->texts[ACCOUNT_LEGACY_ID],
                  [DIFFERENCE_SUB] = comparison->user->texts[ACCOUNT_SUB],
                  [DIFFERENCE_ATTRIBUTE] = span_of(attribute),
                  [DIFFERENCE_COGNITO_VALUE] = cognito_value,
                  [DIFFERENCE_STORE_VALUE] = store_value}};
    comparison->same = false;
    return reconcile_tell(comparison->reconcile, &finding, err);
}

static cogmig_status compare_all(struct comparison *comparison, cogmig_error *err)
{
    const struct account *user = comparison->user, *row = comparison->row;
    cogmig_status status = COGMIG_OK;
    if (!emails_agree(user, row))
        status =
            tell(comparison, "email", user->texts[ACCOUNT_EMAIL], row->texts[ACCOUNT_EMAIL], err);
    if (status == COGMIG_OK && user->email_verified != row->email_verified)
        status = tell(comparison, "email_verified", word(user->email_verified),
                      word(row->email_verified), err);
    if (status == COGMIG_OK && comparison->reconcile->compare_names &&
        !texts_agree(user->texts[ACCOUNT_NAME], row->texts[ACCOUNT_NAME]))
        status = tell(comparison, "name", user->texts[ACCOUNT_NAME], row->texts[ACCOUNT_NAME], err);
    if (status == COGMIG_OK && user->disabled != row->disabled)
        status = tell(comparison, "enabled", word(!user->disabled), word(!row->disabled), err);
    return status;
}

cogmig_status attributes_compare(cogmig_reconcile *reconcile, const struct account *user,
                                 const struct account *row, bool is_linked, bool *ret_same,
                                 cogmig_error *err)
{
    struct comparison comparison = {reconcile, user, row, is_linked, true};
    cogmig_status status = compare_all(&comparison, err);
    *ret_same = comparison.same;
    return status;
}
