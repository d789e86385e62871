/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "password/check.h"
#include "password/password.h"
#include "password/self_test.h"
#include "status/error.h"

/* ---- the caller's lists as a feed for the lanes ---- */

/* A check that is being computed. */
struct place {
    struct check check;
    size_t index; /* in the lists */
    bool taken;
};

/* As many places as lanes, however long the lists are. */
struct batch {
    const struct cogmig_password_rules *rules;
    const char *const *passwords;
    const size_t *password_lens;
    const char *const *stored;
    cogmig_status *statuses;
    bool *cut; /* NULL: not asked for */
    size_t count;
    size_t next;
    struct place places[BLOWFISH_LANES];
};

/* There is one: a lane that asks has given its job back. */
static struct place *free_place(struct batch *batch)
{
    struct place *place = batch->places;
    while (place->taken)
        place++;
    return place;
}

static bool begin(struct batch *batch, struct place *place)
{
    size_t i = batch->next++;
    struct span password = {batch->passwords[i], batch->password_lens[i]};
    batch->statuses[i] = check_begin(&place->check, batch->rules, password, batch->stored[i],
                                     PASSWORD_USUAL_COST, NULL);
    place->index = i;
    place->taken = batch->statuses[i] == COGMIG_OK;
    return place->taken;
}

static struct lane_job *next(void *user_data)
{
    struct batch *batch = user_data;
    struct place *place = free_place(batch);
    while (batch->next < batch->count)
        if (begin(batch, place))
            return &place->check.job;
    return NULL;
}

static void done(void *user_data, struct lane_job *job)
{
    struct batch *batch = user_data;
    struct place *place = batch->places;
    while (&place->check.job != job)
        place++;
    bool *cut = batch->cut == NULL ? NULL : &batch->cut[place->index];
    batch->statuses[place->index] = check_end(&place->check, cut);
    place->taken = false;
}

/* ---- all of them ---- */

struct workspace {
    struct lanes lanes;
    struct batch batch;
};

static cogmig_status run(const struct batch *batch)
{
    if (batch->passwords == NULL || batch->password_lens == NULL || batch->stored == NULL ||
        batch->statuses == NULL)
        return COGMIG_INVALID_ARGUMENT;
    SCOPED(memory_release) struct workspace *work = memory_new(sizeof *work);
    if (work == NULL)
        return COGMIG_OUT_OF_MEMORY;
    if (!self_test_passed(&work->lanes))
        return COGMIG_INTERNAL_ERROR;
    work->batch = *batch;
    lanes_run(&work->lanes, &(struct lane_feed){next, done, &work->batch});
    return COGMIG_OK;
}

/* Whoever overlooks a failure must not find an OK. */
static void set_all(const struct batch *batch, cogmig_status status)
{
    for (size_t i = 0; i < batch->count && batch->statuses != NULL; i++)
        batch->statuses[i] = status;
    for (size_t i = 0; i < batch->count && batch->cut != NULL; i++)
        batch->cut[i] = false;
}

COGMIG_PUBLIC cogmig_status cogmig_password_rules_verify_many(
    const cogmig_password_rules *rules, const char *const passwords[], const size_t password_lens[],
    const char *const stored[], size_t count, cogmig_status ret_statuses[], bool ret_cut[],
    cogmig_error *err)
{
    cogmig_error_clear(err);
    struct batch batch = {.rules = rules == NULL ? &rules_by_default : rules,
                          .passwords = passwords,
                          .password_lens = password_lens,
                          .stored = stored,
                          .statuses = ret_statuses,
                          .cut = ret_cut,
                          .count = count};
    set_all(&batch, COGMIG_INTERNAL_ERROR);
    cogmig_status status = count == 0 ? COGMIG_OK : run(&batch);
    if (status == COGMIG_OK)
        return COGMIG_OK;
    set_all(&batch, status);
    return fail_plainly(err, status);
}

COGMIG_PUBLIC cogmig_status cogmig_password_verify_many(const char *const passwords[],
                                                        const size_t password_lens[],
                                                        const char *const stored[], size_t count,
                                                        cogmig_status ret_statuses[],
                                                        cogmig_error *err)
{
    return cogmig_password_rules_verify_many(NULL, passwords, password_lens, stored, count,
                                             ret_statuses, NULL, err);
}
