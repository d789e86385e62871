/* SPDX-License-Identifier: Apache-2.0 */
#include "reconcile/difference.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/public.h"
#include "reconcile/account.h"
#include "reconcile/sorter.h"
#include "status/error.h"

struct cogmig_difference {
    int32_t kind;
    bool is_linked;
    const char *texts[DIFFERENCE_TEXT_COUNT];
};

/* Texts are moved before they are pointed to, since a growing buffer moves. */
static cogmig_status terminate(const struct finding *finding, struct buffer *texts,
                               struct cogmig_difference *difference, cogmig_error *err)
{
    size_t offsets[DIFFERENCE_TEXT_COUNT];
    for (size_t i = 0; i < DIFFERENCE_TEXT_COUNT; i++) {
        offsets[i] = texts->len;
        buffer_add(texts, finding->texts[i]);
        buffer_add_byte(texts, '\0');
    }
    if (texts->state != BUFFER_GOOD)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    for (size_t i = 0; i < DIFFERENCE_TEXT_COUNT; i++)
        if (finding->texts[i].bytes != NULL)
            difference->texts[i] = texts->bytes + offsets[i];
    return COGMIG_OK;
}

cogmig_status difference_tell(const struct finding *finding, cogmig_difference_fn tell,
                              void *user_data, cogmig_error *err)
{
    struct cogmig_difference difference = {.kind = finding->kind, .is_linked = finding->is_linked};
    SCOPED(buffer_release)
    struct buffer texts = buffer_with_max(DIFFERENCE_TEXT_COUNT * SORTER_MAX_RECORD);
    cogmig_status status = terminate(finding, &texts, &difference, err);
    if (status != COGMIG_OK)
        return status;
    status = tell(user_data, &difference);
    if (status == COGMIG_OK)
        return COGMIG_OK;
    fail(err, COGMIG_STOPPED_BY_CALLBACK, "The function that is told of differences stopped.");
    fail_upstream_number(err, COGMIG_UPSTREAM_CALLBACK, status);
    return COGMIG_STOPPED_BY_CALLBACK;
}

/* ---- reading one ---- */

COGMIG_PUBLIC int32_t cogmig_difference_kind(const cogmig_difference *difference)
{
    return difference == NULL ? 0 : difference->kind;
}

COGMIG_PUBLIC const char *cogmig_difference_kind_name(int32_t kind)
{
    static const char *const names[DIFFERENCE_KIND_COUNT] = {
        [COGMIG_DIFFERENCE_NOT_MIGRATED] = "not-migrated",
        [COGMIG_DIFFERENCE_NOT_IN_STORE] = "not-in-store",
        [COGMIG_DIFFERENCE_DUPLICATE] = "duplicate",
        [COGMIG_DIFFERENCE_NOT_LINKED] = "not-linked",
        [COGMIG_DIFFERENCE_LINKED_ELSEWHERE] = "linked-elsewhere",
        [COGMIG_DIFFERENCE_LINK_STALE] = "link-stale",
        [COGMIG_DIFFERENCE_LEGACY_ID_MISSING] = "legacy-id-missing",
        [COGMIG_DIFFERENCE_SAME_EMAIL] = "same-email",
        [COGMIG_DIFFERENCE_ATTRIBUTE] = "attribute",
    };
    return kind > 0 && kind < DIFFERENCE_KIND_COUNT ? names[kind] : "unknown";
}

static const char *text_of(const cogmig_difference *difference, enum difference_text text)
{
    return difference == NULL ? NULL : difference->texts[text];
}

COGMIG_PUBLIC const char *cogmig_difference_legacy_id(const cogmig_difference *difference)
{
    return text_of(difference, DIFFERENCE_LEGACY_ID);
}

COGMIG_PUBLIC const char *cogmig_difference_sub(const cogmig_difference *difference)
{
    return text_of(difference, DIFFERENCE_SUB);
}

COGMIG_PUBLIC const char *cogmig_difference_other_sub(const cogmig_difference *difference)
{
    return text_of(difference, DIFFERENCE_OTHER_SUB);
}

COGMIG_PUBLIC const char *cogmig_difference_other_legacy_id(const cogmig_difference *difference)
{
    return text_of(difference, DIFFERENCE_OTHER_LEGACY_ID);
}

COGMIG_PUBLIC const char *cogmig_difference_attribute(const cogmig_difference *difference)
{
    return text_of(difference, DIFFERENCE_ATTRIBUTE);
}

COGMIG_PUBLIC const char *cogmig_difference_cognito_value(const cogmig_difference *difference)
{
    return text_of(difference, DIFFERENCE_COGNITO_VALUE);
}

COGMIG_PUBLIC const char *cogmig_difference_store_value(const cogmig_difference *difference)
{
    return text_of(difference, DIFFERENCE_STORE_VALUE);
}

COGMIG_PUBLIC bool cogmig_difference_is_linked(const cogmig_difference *difference)
{
    return difference != NULL && difference->is_linked;
}
