/* SPDX-License-Identifier: Apache-2.0
 * What an administrator does with users: signed with AWS credentials. */
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "cognito/page.h"
#include "status/error.h"

#include <string.h>

enum {
    PAGE_LIMIT = 60,  /* API reference, QueryLimitType */
    MAX_FILTER = 256, /* characters */
    MAX_UPDATES = 50
};

static cogmig_status not_utf8(cogmig_error *err)
{
    return fail(err, COGMIG_INVALID_ARGUMENT, "A name, value or filter is no UTF-8.");
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_get_user(cogmig_cognito *cognito, const char *username,
                                                    cogmig_cognito_user **ret_user,
                                                    cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_user != NULL)
        *ret_user = NULL;
    if (cognito == NULL || username == NULL || ret_user == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "cognito, username or ret_user is NULL.");
    SCOPED(answer_release) struct answer answer = {.body = buffer_with_max(0)};
    SCOPED(call_release) struct call call = call_begin("AdminGetUser", true);
    call_add(&call, "UserPoolId", span_of(cognito->pool_id));
    if (!call_add(&call, "Username", span_of(username)))
        return not_utf8(err);
    cogmig_cognito_page *page = NULL;
    cogmig_status status = call_run(cognito, &call, NULL, &answer, err);
    if (status == COGMIG_OK)
        status = page_read_user(&answer, &page, err);
    if (status == COGMIG_OK)
        *ret_user = page->users;
    return status;
}

/* A value that is NULL would be sent as "", and so delete the attribute. */
static bool are_given(const char *const *names, const char *const *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (names[i] == NULL || values[i] == NULL)
            return false;
    return true;
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_update_user(cogmig_cognito *cognito,
                                                       const char *username,
                                                       const char *const *names,
                                                       const char *const *values, size_t count,
                                                       cogmig_error *err)
{
    cogmig_error_clear(err);
    if (cognito == NULL || username == NULL || names == NULL || values == NULL || count == 0 ||
        count > MAX_UPDATES)
        return fail(err, COGMIG_INVALID_ARGUMENT,
                    "cognito, username, names or values is NULL, or count is not 1 to %d.",
                    MAX_UPDATES);
    if (!are_given(names, values, count))
        return fail(err, COGMIG_INVALID_ARGUMENT, "One of names or values is NULL.");
    SCOPED(answer_release) struct answer answer = {.body = buffer_with_max(0)};
    SCOPED(call_release) struct call call = call_begin("AdminUpdateUserAttributes", true);
    call_add(&call, "UserPoolId", span_of(cognito->pool_id));
    bool good = call_add(&call, "Username", span_of(username));
    call_open(&call, "UserAttributes", '[');
    for (size_t i = 0; i < count; i++) {
        call_open(&call, NULL, '{');
        good = call_add(&call, "Name", span_of(names[i])) && good;
        good = call_add(&call, "Value", span_of(values[i])) && good;
        call_close(&call, '}');
    }
    call_close(&call, ']');
    return good ? call_run(cognito, &call, NULL, &answer, err) : not_utf8(err);
}

/* ---- listing ---- */

struct listing {
    cogmig_cognito *cognito;
    const char *filter;
    struct http_session *session;
};

static cogmig_status ask_for_page(const struct listing *listing, const char *at,
                                  cogmig_cognito_page **ret_page, cogmig_error *err)
{
    SCOPED(answer_release) struct answer answer = {.body = buffer_with_max(0)};
    SCOPED(call_release) struct call call = call_begin("ListUsers", true);
    call_add(&call, "UserPoolId", span_of(listing->cognito->pool_id));
    call_add_number(&call, "Limit", PAGE_LIMIT);
    bool good = listing->filter == NULL || call_add(&call, "Filter", span_of(listing->filter));
    if (at != NULL)
        good = call_add(&call, "PaginationToken", span_of(at)) && good;
    if (!good)
        return not_utf8(err);
    cogmig_status status = call_run(listing->cognito, &call, listing->session, &answer, err);
    return status == COGMIG_OK ? page_read(&answer, ret_page, err) : status;
}

static cogmig_status hand_over(const cogmig_cognito_page *page, cogmig_cognito_page_fn on_page,
                               void *user_data, cogmig_error *err)
{
    cogmig_status said = on_page(user_data, page);
    if (said == COGMIG_OK)
        return COGMIG_OK;
    fail(err, COGMIG_STOPPED_BY_CALLBACK, "The function for pages of users returned %s.",
         cogmig_status_name(said));
    fail_upstream_number(err, COGMIG_UPSTREAM_CALLBACK, said);
    return COGMIG_STOPPED_BY_CALLBACK;
}

/* Pages begin at least this far apart. */
static void keep_rate(int64_t began_ms, int32_t pages_per_s)
{
    int64_t wait_ms = began_ms + 1000 / pages_per_s - clock_steady_ms();
    if (wait_ms > 0)
        call_sleep_ms((int32_t)wait_ms);
}

/* A listing that goes in circles comes to a place again. One is kept, and another after twice as
 * many pages, so that a circle of any length is seen (Brent's algorithm). */
struct kept_place {
    char *text; /* NULL: none yet */
    uint64_t pages, until;
};

static void place_release(struct kept_place *kept)
{
    memory_free(kept->text);
}

/* False when memory is refused. */
static bool keep_place(struct kept_place *kept, const char *place)
{
    memory_free(kept->text);
    kept->text = memory_copy_text(place);
    return kept->text != NULL;
}

static cogmig_status pass_place(struct kept_place *kept, const char *place, cogmig_error *err)
{
    if (kept->text != NULL && strcmp(kept->text, place) == 0)
        return fail(err, COGMIG_COGNITO_RESPONSE_INVALID,
                    "ListUsers gave the same place of a page twice; the listing would never end.");
    if (++kept->pages < kept->until)
        return COGMIG_OK;
    kept->until = 2 * kept->pages;
    return keep_place(kept, place) ? COGMIG_OK : fail_plainly(err, COGMIG_OUT_OF_MEMORY);
}

static cogmig_status walk(const struct listing *listing, const char *at,
                          cogmig_cognito_page_fn on_page, void *user_data, cogmig_error *err)
{
    SCOPED(page_release) cogmig_cognito_page *page = NULL;
    SCOPED(place_release) struct kept_place kept = {.until = 1};
    if (at != NULL && !keep_place(&kept, at))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    for (;;) {
        cogmig_cognito_page *next = NULL;
        int64_t began_ms = clock_steady_ms();
        cogmig_status status = ask_for_page(listing, at, &next, err);
        if (status != COGMIG_OK)
            return status;
        page_release(&page);
        page = next; /* at points into it from now on */
        if (page->next != NULL)
            status = pass_place(&kept, page->next, err);
        if (status != COGMIG_OK)
            return status;
        status = hand_over(page, on_page, user_data, err);
        if (status != COGMIG_OK || page->next == NULL)
            return status;
        at = page->next;
        keep_rate(began_ms, listing->cognito->pages_per_s);
    }
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_list_users(cogmig_cognito *cognito, const char *filter,
                                                      const char *resume_at,
                                                      cogmig_cognito_page_fn on_page,
                                                      void *user_data, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (cognito == NULL || on_page == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "cognito or on_page is NULL.");
    if (filter != NULL && strnlen(filter, 4 * MAX_FILTER + 1) > 4 * MAX_FILTER)
        return fail(err, COGMIG_INVALID_ARGUMENT, "A filter has at most %d bytes.", 4 * MAX_FILTER);
    SCOPED(http_session_release) struct http_session *session = http_session_new();
    if (session == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    const struct listing listing = {cognito, filter, session};
    return walk(&listing, resume_at, on_page, user_data, err);
}
