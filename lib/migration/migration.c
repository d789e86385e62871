/* SPDX-License-Identifier: Apache-2.0 */
#include "migration/migration.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "idmap/idmap.h"
#include "migration/course.h"
#include "password/password.h"
#include "password/probe.h"
#include "store/store.h"

cogmig_status migration_make(const cogmig_migration_config *config, cogmig_store *store,
                             cogmig_store_config **store_config, cogmig_migration **ret_migration,
                             cogmig_error *err)
{
    cogmig_migration *migration = memory_new(sizeof *migration);
    if (migration == NULL || !turn_init(&migration->opening)) {
        memory_free(migration);
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    }
    atomic_init(&migration->holders, 1);
    if (config != NULL)
        migration->config = *config;
    else
        migration_config_set_defaults(&migration->config);
    if (migration->config.idmap != NULL)
        idmap_hold(migration->config.idmap);
    if (store != NULL)
        atomic_init(&migration->store, store_hold(store));
    if (store_config != NULL) {
        migration->store_config = *store_config;
        *store_config = NULL;
    }
    *ret_migration = migration;
    return COGMIG_OK;
}

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
    return migration_make(config, store, NULL, ret_migration, err);
}

cogmig_migration *migration_hold(cogmig_migration *migration)
{
    atomic_fetch_add(&migration->holders, 1);
    return migration;
}

COGMIG_PUBLIC void cogmig_migration_free(cogmig_migration **migration)
{
    if (migration == NULL || *migration == NULL)
        return;
    cogmig_migration *held = *migration;
    *migration = NULL;
    if (atomic_fetch_sub(&held->holders, 1) > 1)
        return;
    cogmig_store *store = atomic_load(&held->store);
    cogmig_store_free(&store);
    cogmig_store_config_free(&held->store_config);
    cogmig_idmap_free(&held->config.idmap);
    turn_destroy(&held->opening);
    memory_free(held);
}

/* One thread opens; the others wait for it rather than knock at the same door. */
cogmig_status migration_open_store(cogmig_migration *migration, struct deadline deadline,
                                   cogmig_store **ret_store, cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    *ret_store = atomic_load(&migration->store);
    if (*ret_store != NULL)
        return COGMIG_OK;
    if (!turn_take(&migration->opening, deadline))
        return fail(err, COGMIG_DEADLINE_EXCEEDED,
                    "The time for this event was over before the store was connected to.");
    *ret_store = atomic_load(&migration->store);
    if (*ret_store == NULL)
        status = store_open(migration->store_config, deadline, ret_store, err);
    atomic_store(&migration->store, *ret_store);
    turn_give_back(&migration->opening);
    return status;
}

/* ---- what it counts ---- */

void migration_count(cogmig_migration *migration, int32_t counter)
{
    atomic_fetch_add_explicit(&migration->counters[counter], 1, memory_order_relaxed);
}

COGMIG_PUBLIC uint64_t cogmig_migration_get_counter(const cogmig_migration *migration,
                                                    int32_t counter)
{
    if (migration == NULL || counter < 1 || counter >= MIGRATION_COUNTERS)
        return 0;
    return atomic_load_explicit(&migration->counters[counter], memory_order_relaxed);
}

/* ---- one event ---- */

/* Refuse before the work what cannot be done in time. */
static cogmig_status check_time(struct course *course, int32_t cost, cogmig_error *err)
{
    cogmig_migration *migration = course->migration;
    probe_before(&migration->speed, cost);
    int64_t expected_ms = bcrypt_speed_expected_ms(&migration->speed, cost);
    int32_t left_ms = deadline_left_ms(course->deadline);
    if (left_ms > 0 && expected_ms <= left_ms)
        return COGMIG_OK;
    if (left_ms > 0)
        bcrypt_speed_doubt(&migration->speed);
    return fail(err, COGMIG_DEADLINE_EXCEEDED,
                "For this event %d ms are left, and bcrypt of cost %d takes about %d here; give "
                "the function more memory (and with it CPU), or look at the database.",
                (int)left_ms, (int)cost, (int)expected_ms);
}

static cogmig_status check_password(struct course *course, cogmig_error *err)
{
    cogmig_migration *migration = course->migration;
    int32_t cost = course_choose_cost(course);
    cogmig_status status = check_time(course, cost, err);
    if (status != COGMIG_OK)
        return status;
    bool cut = false;
    int64_t started_ns = clock_steady_ns();
    status = password_verify(&migration->config.password_rules, course->event.password,
                             course_stored_hash(course), cost, &cut, &course->password_error);
    bcrypt_speed_note(&migration->speed, cost, clock_steady_ns() - started_ns);
    return course_take_verdict(course, status, cut, err);
}

static cogmig_status handle(cogmig_migration *migration, struct span document,
                            struct deadline deadline, char **ret_response, size_t *ret_len,
                            cogmig_error *err)
{
    SCOPED(course_release) struct course course;
    cogmig_status status = course_begin(&course, migration, document, deadline, err);
    if (status == COGMIG_OK)
        status = course_look_up(&course, err);
    if (status == COGMIG_OK && course_needs_hash(&course))
        status = check_password(&course, err);
    return status == COGMIG_OK ? course_answer(&course, ret_response, ret_len, err) : status;
}

COGMIG_PUBLIC cogmig_status cogmig_migration_handle_within(cogmig_migration *migration,
                                                           const char *event, size_t event_len,
                                                           int32_t deadline_ms, char **ret_response,
                                                           size_t *ret_len, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_response != NULL)
        *ret_response = NULL;
    if (ret_len != NULL)
        *ret_len = 0;
    if (migration == NULL || event == NULL || ret_response == NULL || ret_len == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    if (deadline_ms < 1 || deadline_ms > MIGRATION_MAX_DEADLINE_MS)
        return fail(err, COGMIG_INVALID_ARGUMENT,
                    "The deadline of an event is 1 to %d milliseconds, not %d.",
                    MIGRATION_MAX_DEADLINE_MS, (int)deadline_ms);
    return handle(migration, (struct span){event, event_len}, deadline_in_ms(deadline_ms),
                  ret_response, ret_len, err);
}

COGMIG_PUBLIC cogmig_status cogmig_migration_handle(cogmig_migration *migration, const char *event,
                                                    size_t event_len, char **ret_response,
                                                    size_t *ret_len, cogmig_error *err)
{
    return cogmig_migration_handle_within(migration, event, event_len, MIGRATION_MAX_DEADLINE_MS,
                                          ret_response, ret_len, err);
}
