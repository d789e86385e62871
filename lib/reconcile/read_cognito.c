/* SPDX-License-Identifier: Apache-2.0
 * Cognito's side: every user of the pool. */
#include "base/cleanup.h"
#include "base/public.h"
#include "cognito/client.h"
#include "reconcile/listing_file.h"
#include "reconcile/reconcile.h"
#include "status/error.h"

#include <string.h>

struct listing {
    cogmig_reconcile *reconcile;
    const char *path; /* NULL: nowhere */
    struct listing_file file;
    struct listing_place place;
    uint64_t users;
    bool has_page;               /* Cognito gave one */
    struct cogmig_error failure; /* why a page was not taken */
};

static void release_listing(struct listing *listing)
{
    listing_file_close(&listing->file);
    buffer_release(&listing->place.next);
}

static cogmig_status take(void *user_data, const struct account *user, cogmig_error *err)
{
    struct listing *listing = user_data;
    listing->users++;
    return reconcile_add_cognito_user(listing->reconcile, user, err);
}

static struct span attribute(const cogmig_cognito_user *user, const char *name)
{
    const char *text = cogmig_cognito_user_attribute(user, name);
    static const struct span nothing = {NULL, 0};
    return text == NULL || *text == '\0' ? nothing : span_of(text);
}

static struct account account_of(const cogmig_reconcile *reconcile, const cogmig_cognito_user *user)
{
    struct account account = {
        .texts = {[ACCOUNT_LEGACY_ID] = attribute(user, reconcile->legacy_id_attribute),
                  [ACCOUNT_SUB] = attribute(user, "sub"),
                  [ACCOUNT_EMAIL] = attribute(user, "email"),
                  [ACCOUNT_NAME] = attribute(user, "name")},
        .email_verified = span_equal_text(attribute(user, "email_verified"), "true"),
        .disabled = !cogmig_cognito_user_enabled(user)};
    /* What the API calls a user name is the sub where no attribute says it. */
    if (account.texts[ACCOUNT_SUB].len == 0)
        account.texts[ACCOUNT_SUB] = span_of(cogmig_cognito_user_name(user));
    return account;
}

static cogmig_status take_user(struct listing *listing, const cogmig_cognito_user *user)
{
    struct account account = account_of(listing->reconcile, user);
    if (listing->file.descriptor >= 0)
        listing_file_add(&listing->file, &account);
    return take(listing, &account, &listing->failure);
}

static cogmig_status take_page(void *user_data, const cogmig_cognito_page *page)
{
    struct listing *listing = user_data;
    cogmig_status status = COGMIG_OK;
    listing->has_page = true;
    for (size_t i = 0; status == COGMIG_OK && i < cogmig_cognito_page_size(page); i++)
        status = take_user(listing, cogmig_cognito_page_user(page, i));
    if (status == COGMIG_OK && listing->file.descriptor >= 0)
        status = listing_file_end_page(&listing->file, cogmig_cognito_page_next(page),
                                       &listing->failure);
    if (status == COGMIG_OK)
        status = reconcile_show_progress(listing->reconcile, COGMIG_RECONCILE_COGNITO_USERS,
                                         listing->users, &listing->failure);
    return status;
}

/* Cognito does not say for how long a place is good. */
static cogmig_status tell_of_old_place(const struct listing *listing, cogmig_error *err)
{
    struct cogmig_error refusal = {.status = COGMIG_OK};
    error_copy(&refusal, err);
    fail(err, refusal.status,
         "%.200s It goes on where %.150s ends, which may be too old: remove "
         "that file to begin anew.",
         refusal.message, listing->path);
    fail_upstream(err, refusal.upstream, refusal.upstream_code);
    return refusal.status;
}

static cogmig_status list(struct listing *listing, cogmig_cognito *cognito, cogmig_error *err)
{
    const char *resume_at = listing->place.next.len > 0 ? listing->place.next.bytes : NULL;
    cogmig_status status =
        cogmig_cognito_list_users(cognito, NULL, resume_at, take_page, listing, err);
    if (status == COGMIG_COGNITO_REQUEST_REFUSED && resume_at != NULL && !listing->has_page)
        return tell_of_old_place(listing, err);
    if (listing->failure.status == COGMIG_OK)
        return status;
    error_copy(err, &listing->failure);
    return listing->failure.status;
}

COGMIG_PUBLIC cogmig_status cogmig_reconcile_read_cognito(cogmig_reconcile *reconcile,
                                                          cogmig_cognito *cognito,
                                                          const char *listing_file,
                                                          cogmig_error *err)
{
    cogmig_error_clear(err);
    if (reconcile == NULL || cognito == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "reconcile or cognito is NULL.");
    SCOPED(release_listing)
    struct listing listing = {.reconcile = reconcile,
                              .path = listing_file,
                              .file = {.descriptor = -1},
                              .place = {.next = buffer_with_max(0)}};
    const struct listing_subject subject = {cognito->pool_id, reconcile->legacy_id_attribute};
    cogmig_status status = COGMIG_OK;
    if (listing_file != NULL)
        status = listing_file_open(listing_file, &subject, take, &listing, &listing.file,
                                   &listing.place, err);
    if (status == COGMIG_OK && !listing.place.is_whole)
        status = list(&listing, cognito, err);
    return status;
}
