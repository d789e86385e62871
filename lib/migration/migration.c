/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/public.h"
#include "migration/config.h"
#include "migration/decide.h"
#include "migration/event.h"
#include "migration/response.h"
#include "migration/usual_cost.h"
#include "password/password.h"
#include "password/speed.h"
#include "status/error.h"
#include "store/store.h"

enum {
    MAX_USER_NAME = 2048
};

struct cogmig_migration {
    cogmig_migration_config config;
    cogmig_store *store;
    struct usual_cost usual_cost;
    struct bcrypt_speed speed;
};

COGMIG_PUBLIC cogmig_status cogmig_migration_new(const cogmig_migration_config *config,
                                                 cogmig_store *store,
                                                 cogmig_migration **ret_migration,
                                                 cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_migration != NULL)
        *ret_migration = NULL;
    if (store == NULL || ret_migration == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    cogmig_migration *migration = memory_new(sizeof *migration);
    if (migration == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    if (config != NULL)
        migration->config = *config;
    else
        migration_config_set_defaults(&migration->config);
    migration->store = store_hold(store);
    *ret_migration = migration;
    return COGMIG_OK;
}

COGMIG_PUBLIC void cogmig_migration_free(cogmig_migration **migration)
{
    if (migration == NULL || *migration == NULL)
        return;
    cogmig_store_free(&(*migration)->store);
    memory_free(*migration);
    *migration = NULL;
}

/* ---- one event ---- */

/* What happened so far; each step has an error box of its own, since the reason of a no is chosen
 * only at the end. */
struct course {
    struct event event;
    struct deadline deadline;
    cogmig_user *user;
    struct facts facts;
    struct cogmig_error lookup_error;
    struct cogmig_error password_error;
};

static void course_release(struct course *course)
{
    event_release(&course->event);
    cogmig_user_free(&course->user);
}

/* The answer to one user's row is a no; anything else is no answer at all. */
static bool is_about_one_user(cogmig_status lookup)
{
    return lookup == COGMIG_OK || lookup == COGMIG_USER_NOT_FOUND ||
           lookup == COGMIG_USER_AMBIGUOUS || lookup == COGMIG_STORE_ROW_INVALID;
}

static bool can_be_a_user_name(struct span name)
{
    return name.len > 0 && name.len <= MAX_USER_NAME && !span_contains_nul(name);
}

static cogmig_status ask_store(cogmig_store *store, struct course *course)
{
    struct span name = course->event.user_name;
    cogmig_error *err = &course->lookup_error;
    if (!can_be_a_user_name(name))
        return fail_plainly(err, COGMIG_USER_NOT_FOUND);
    SCOPED(memory_release) char *email = memory_copy_bytes(name.bytes, name.len);
    if (email == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    return store_find_by_email(store, email, course->deadline, &course->user, err);
}

static cogmig_status look_up(const cogmig_migration *migration, struct course *course,
                             cogmig_error *err)
{
    cogmig_status status = ask_store(migration->store, course);
    if (status == COGMIG_OK)
        status = response_check_attributes(&migration->config, course->user, &course->lookup_error);
    course->facts.lookup = status;
    course->facts.email_verified = status == COGMIG_OK && cogmig_user_email_verified(course->user);
    if (is_about_one_user(status) || status == COGMIG_ATTRIBUTE_INVALID)
        return COGMIG_OK;
    error_copy(err, &course->lookup_error);
    return status;
}

/* Refuse before the work what cannot be done in time. */
static cogmig_status check_time(const cogmig_migration *migration, const struct course *course,
                                int32_t cost, cogmig_error *err)
{
    int64_t expected_ms = bcrypt_speed_expected_ms(&migration->speed, cost);
    int32_t left_ms = deadline_left_ms(course->deadline);
    if (left_ms > 0 && expected_ms <= left_ms)
        return COGMIG_OK;
    return fail(err, COGMIG_DEADLINE_EXCEEDED,
                "Of %d ms for this event %d are left, and bcrypt of cost %d takes about %d here; "
                "give the function more memory (and with it CPU), or look at the database.",
                (int)migration->config.deadline_ms, (int)left_ms, (int)cost, (int)expected_ms);
}

/* The cost of the work that verification will be: the hash's, or the usual one for a stand-in. */
static int32_t choose_cost(cogmig_migration *migration, const char *stored)
{
    int32_t cost = password_cost(&migration->config.password_rules, stored);
    if (cost == 0)
        return usual_cost_of(&migration->usual_cost);
    usual_cost_note(&migration->usual_cost, cost);
    return cost;
}

static bool is_verdict(cogmig_status status)
{
    return status != COGMIG_OUT_OF_MEMORY && status != COGMIG_INTERNAL_ERROR &&
           status != COGMIG_STOPPED_BY_CALLBACK;
}

static cogmig_status check_password(cogmig_migration *migration, struct course *course,
                                    cogmig_error *err)
{
    const char *stored = course->user == NULL ? NULL : cogmig_user_password_hash(course->user);
    int32_t cost = choose_cost(migration, stored);
    cogmig_status status = check_time(migration, course, cost, err);
    if (status != COGMIG_OK)
        return status;
    int64_t started_ns = clock_steady_ns();
    status = password_verify(&migration->config.password_rules, course->event.password, stored,
                             cost, NULL, &course->password_error);
    bcrypt_speed_note(&migration->speed, cost, clock_steady_ns() - started_ns);
    course->facts.password = status;
    if (is_verdict(status))
        return COGMIG_OK;
    error_copy(err, &course->password_error);
    return status;
}

/* For forgot-password only the stored hash counts, and of it only whether it is locked. */
static void check_lock(struct course *course)
{
    if (course->user != NULL && password_is_locked(cogmig_user_password_hash(course->user)))
        course->facts.password = fail_plainly(&course->password_error, COGMIG_PASSWORD_LOCKED);
}

static void explain(const struct course *course, cogmig_status reason, cogmig_error *err)
{
    if (reason == course->lookup_error.status)
        error_copy(err, &course->lookup_error);
    else if (reason == course->password_error.status)
        error_copy(err, &course->password_error);
    else
        fail_plainly(err, reason);
}

static cogmig_status answer(const cogmig_migration *migration, const struct course *course,
                            struct span document, char **ret_response, size_t *ret_len,
                            cogmig_error *err)
{
    struct decision decision = decide(&course->facts);
    if (decision.answer != ANSWER_NO)
        return response_yes(&migration->config, document, &course->event, course->user,
                            decision.answer, ret_response, ret_len, err);
    cogmig_status status = response_no(document, ret_response, ret_len, err);
    if (status == COGMIG_OK)
        explain(course, decision.reason, err);
    return status;
}

static cogmig_status handle(cogmig_migration *migration, struct span document, char **ret_response,
                            size_t *ret_len, cogmig_error *err)
{
    SCOPED(course_release)
    struct course course = {.deadline = deadline_in_ms(migration->config.deadline_ms)};
    cogmig_status status = event_read(document, &course.event, err);
    if (status != COGMIG_OK)
        return status;
    course.facts.trigger = course.event.trigger;
    status = look_up(migration, &course, err);
    if (status != COGMIG_OK)
        return status;
    if (course.event.trigger == TRIGGER_AUTHENTICATION)
        status = check_password(migration, &course, err);
    else
        check_lock(&course);
    if (status != COGMIG_OK)
        return status;
    return answer(migration, &course, document, ret_response, ret_len, err);
}

COGMIG_PUBLIC cogmig_status cogmig_migration_handle(cogmig_migration *migration, const char *event,
                                                    size_t event_len, char **ret_response,
                                                    size_t *ret_len, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_response != NULL)
        *ret_response = NULL;
    if (ret_len != NULL)
        *ret_len = 0;
    if (migration == NULL || event == NULL || ret_response == NULL || ret_len == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    return handle(migration, (struct span){event, event_len}, ret_response, ret_len, err);
}
