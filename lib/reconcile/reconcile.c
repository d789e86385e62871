/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/reconcile.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "reconcile/config.h"
#include "status/error.h"

#include <string.h>

enum {
    MEMORY_OF_ONE_ORDER_BYTES = 4 * 1024 * 1024
};

/* ---- making one ---- */

static char *copy_or_default(const char *text, const char *by_default)
{
    return memory_copy_text(text == NULL ? by_default : text);
}

COGMIG_PUBLIC cogmig_status cogmig_reconcile_new(const cogmig_reconcile_config *config,
                                                 cogmig_reconcile **ret_reconcile,
                                                 cogmig_error *err)
{
    static const struct cogmig_reconcile_config defaults = {0};
    cogmig_error_clear(err);
    if (ret_reconcile == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    *ret_reconcile = NULL;
    if (config == NULL)
        config = &defaults;
    SCOPED(cogmig_reconcile_free) cogmig_reconcile *made = memory_new(sizeof *made);
    if (made == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    made->work_folder = copy_or_default(config->work_folder, "/tmp");
    made->legacy_id_attribute = copy_or_default(config->legacy_id_attribute, "custom:legacy_id");
    if (made->work_folder == NULL || made->legacy_id_attribute == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    made->compare_names = config->compare_names;
    made->without_map = config->without_map;
    made->tell = config->tell;
    made->user_data = config->user_data;
    made->progress = config->progress;
    made->progress_data = config->progress_data;
    made->key = made->record = buffer_with_max(SORTER_MAX_RECORD / 2);
    *ret_reconcile = made;
    made = NULL;
    return COGMIG_OK;
}

void reconcile_drop(cogmig_reconcile *reconcile, enum order order)
{
    sorter_release(&reconcile->sorters[order]);
}

COGMIG_PUBLIC void cogmig_reconcile_free(cogmig_reconcile **reconcile)
{
    if (reconcile == NULL || *reconcile == NULL)
        return;
    for (enum order order = 0; order < ORDER_COUNT; order++)
        reconcile_drop(*reconcile, order);
    buffer_release(&(*reconcile)->key);
    buffer_release(&(*reconcile)->record);
    memory_free((*reconcile)->work_folder);
    memory_free((*reconcile)->legacy_id_attribute);
    memory_free(*reconcile);
    *reconcile = NULL;
}

/* ---- counting and telling ---- */

void reconcile_count(cogmig_reconcile *reconcile, int32_t what)
{
    reconcile->totals[what - COGMIG_RECONCILE_COGNITO_USERS]++;
}

COGMIG_PUBLIC uint64_t cogmig_reconcile_count(const cogmig_reconcile *reconcile, int32_t what)
{
    if (reconcile == NULL)
        return 0;
    if (what > 0 && what < DIFFERENCE_KIND_COUNT)
        return reconcile->differences[what];
    if (what < COGMIG_RECONCILE_COGNITO_USERS || what > COGMIG_RECONCILE_COGNITO_ONLY)
        return 0;
    return reconcile->totals[what - COGMIG_RECONCILE_COGNITO_USERS];
}

cogmig_status reconcile_tell(cogmig_reconcile *reconcile, const struct finding *finding,
                             cogmig_error *err)
{
    reconcile->differences[finding->kind]++;
    if (reconcile->tell == NULL)
        return COGMIG_OK;
    return difference_tell(finding, reconcile->tell, reconcile->user_data, err);
}

cogmig_status reconcile_show_progress(cogmig_reconcile *reconcile, int32_t what, uint64_t count,
                                      cogmig_error *err)
{
    if (reconcile->progress == NULL)
        return COGMIG_OK;
    cogmig_status status = reconcile->progress(reconcile->progress_data, what, count);
    if (status == COGMIG_OK)
        return COGMIG_OK;
    fail(err, COGMIG_STOPPED_BY_CALLBACK, "The function that is told of progress stopped.");
    fail_upstream_number(err, COGMIG_UPSTREAM_CALLBACK, status);
    return COGMIG_STOPPED_BY_CALLBACK;
}

/* ---- adding ---- */

cogmig_status reconcile_add(cogmig_reconcile *reconcile, enum order order, struct span key,
                            const struct account *account, cogmig_error *err)
{
    struct sorter **sorter = &reconcile->sorters[order];
    cogmig_status status = COGMIG_OK;
    if (*sorter == NULL)
        status = sorter_new(reconcile->work_folder, MEMORY_OF_ONE_ORDER_BYTES, sorter, err);
    if (status != COGMIG_OK)
        return status;
    reconcile->record.len = 0;
    account_write(account, &reconcile->record);
    if (reconcile->record.state != BUFFER_GOOD)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    return sorter_add(*sorter, key, (struct span){reconcile->record.bytes, reconcile->record.len},
                      err);
}

cogmig_status reconcile_add_by_email(cogmig_reconcile *reconcile, enum order order,
                                     const struct account *account, cogmig_error *err)
{
    reconcile->key.len = 0;
    account_write_email_key(account, &reconcile->key);
    if (reconcile->key.state != BUFFER_GOOD)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    if (reconcile->key.len == 0)
        return COGMIG_OK;
    return reconcile_add(reconcile, order, (struct span){reconcile->key.bytes, reconcile->key.len},
                         account, err);
}

/* "" is as good as nothing: Cognito keeps no empty attribute. */
static struct span text_or_nothing(const char *text)
{
    static const struct span nothing = {NULL, 0};
    return text == NULL || *text == '\0' ? nothing : span_of(text);
}

static cogmig_status check_account(const cogmig_reconcile *reconcile, const struct account *account,
                                   cogmig_error *err)
{
    if (reconcile->compared)
        return fail(err, COGMIG_INVALID_ARGUMENT,
                    "Nothing can be added after the sides were compared.");
    for (size_t i = 0; i < ACCOUNT_TEXT_COUNT; i++)
        if (account->texts[i].len > RECONCILE_MAX_TEXT)
            return fail(err, COGMIG_INVALID_ARGUMENT,
                        "An id, address or name of a user has more than %d bytes.",
                        RECONCILE_MAX_TEXT);
    return COGMIG_OK;
}

cogmig_status reconcile_add_cognito_user(cogmig_reconcile *reconcile, const struct account *account,
                                         cogmig_error *err)
{
    struct span legacy_id = account->texts[ACCOUNT_LEGACY_ID];
    cogmig_status status = check_account(reconcile, account, err);
    if (status == COGMIG_OK && legacy_id.bytes != NULL)
        status = reconcile_add(reconcile, COGNITO_BY_LEGACY_ID, legacy_id, account, err);
    if (status == COGMIG_OK)
        status =
            reconcile_add(reconcile, COGNITO_BY_SUB, account->texts[ACCOUNT_SUB], account, err);
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_reconcile_add_cognito_user(
    cogmig_reconcile *reconcile, const char *sub, const char *legacy_id, const char *email,
    bool email_verified, const char *name, bool enabled, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (reconcile == NULL || sub == NULL || *sub == '\0')
        return fail(err, COGMIG_INVALID_ARGUMENT, "The reconciliation or the sub is missing.");
    struct account account = {.texts = {[ACCOUNT_LEGACY_ID] = text_or_nothing(legacy_id),
                                        [ACCOUNT_SUB] = span_of(sub),
                                        [ACCOUNT_EMAIL] = text_or_nothing(email),
                                        [ACCOUNT_NAME] = text_or_nothing(name)},
                              .email_verified = email_verified,
                              .disabled = !enabled};
    return reconcile_add_cognito_user(reconcile, &account, err);
}

cogmig_status reconcile_add_store_user(cogmig_reconcile *reconcile, const struct account *account,
                                       cogmig_error *err)
{
    cogmig_status status = check_account(reconcile, account, err);
    if (status == COGMIG_OK)
        status =
            reconcile_add(reconcile, STORE_BY_ID, account->texts[ACCOUNT_LEGACY_ID], account, err);
    if (status == COGMIG_OK)
        reconcile_count(reconcile, COGMIG_RECONCILE_STORE_USERS);
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_reconcile_add_store_user(cogmig_reconcile *reconcile,
                                                            const char *id, const char *email,
                                                            bool email_verified, const char *name,
                                                            bool disabled, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (reconcile == NULL || id == NULL || *id == '\0')
        return fail(err, COGMIG_INVALID_ARGUMENT, "The reconciliation or the id is missing.");
    struct account account = {.texts = {[ACCOUNT_LEGACY_ID] = span_of(id),
                                        [ACCOUNT_EMAIL] = text_or_nothing(email),
                                        [ACCOUNT_NAME] = text_or_nothing(name)},
                              .email_verified = email_verified,
                              .disabled = disabled};
    return reconcile_add_store_user(reconcile, &account, err);
}

COGMIG_PUBLIC cogmig_status cogmig_reconcile_add_link(cogmig_reconcile *reconcile,
                                                      const char *legacy_id, const char *sub,
                                                      cogmig_error *err)
{
    cogmig_error_clear(err);
    if (reconcile == NULL || legacy_id == NULL || *legacy_id == '\0' || sub == NULL || *sub == '\0')
        return fail(err, COGMIG_INVALID_ARGUMENT,
                    "The reconciliation, the legacy id or the sub is missing.");
    if (reconcile->without_map)
        return fail(err, COGMIG_INVALID_ARGUMENT,
                    "A link was added, but there is no map, says the configuration.");
    struct account account = {
        .texts = {[ACCOUNT_LEGACY_ID] = span_of(legacy_id), [ACCOUNT_SUB] = span_of(sub)}};
    cogmig_status status = check_account(reconcile, &account, err);
    if (status == COGMIG_OK)
        status = reconcile_add(reconcile, LINKS_BY_LEGACY_ID, span_of(legacy_id), &account, err);
    if (status == COGMIG_OK)
        reconcile_count(reconcile, COGMIG_RECONCILE_LINKS);
    return status;
}

/* ---- comparing ---- */

COGMIG_PUBLIC cogmig_status cogmig_reconcile_compare(cogmig_reconcile *reconcile, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (reconcile == NULL || reconcile->compared)
        return fail(err, COGMIG_INVALID_ARGUMENT,
                    "There is nothing to compare, or it was compared before.");
    reconcile->compared = true;
    cogmig_status status = reconcile_by_legacy_id(reconcile, err);
    if (status == COGMIG_OK)
        status = reconcile_by_sub(reconcile, err);
    if (status == COGMIG_OK)
        status = reconcile_by_email(reconcile, err);
    return status;
}
