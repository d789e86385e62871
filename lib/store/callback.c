/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "status/error.h"
#include "store/backend.h"

struct callback {
    cogmig_store_find_fn find;
    void *user_data;
};

static cogmig_status open_callback(const struct backend_settings *settings, void **ret_state,
                                   cogmig_error *err)
{
    struct callback *callback = memory_new(sizeof *callback);
    if (callback == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    *callback = (struct callback){settings->find, settings->user_data};
    *ret_state = callback;
    return COGMIG_OK;
}

static cogmig_status report(cogmig_status said, cogmig_error *err)
{
    cogmig_kind kind = cogmig_status_kind(said);
    cogmig_status status = COGMIG_STOPPED_BY_CALLBACK;
    if (kind == COGMIG_KIND_UNAVAILABLE || kind == COGMIG_KIND_INVALID)
        status = said;
    fail(err, status, "Your own store's function returned %s: %s", cogmig_status_name(said),
         cogmig_status_sentence(said));
    fail_upstream_number(err, COGMIG_UPSTREAM_CALLBACK, said);
    return status;
}

static cogmig_status find_by_callback(void *state, int32_t question, struct span key,
                                      struct deadline deadline, cogmig_store_answer *answer,
                                      struct aftermath *aftermath, cogmig_error *err)
{
    (void)aftermath;
    struct callback *callback = state;
    cogmig_status said = callback->find(callback->user_data, question, key.bytes, key.len,
                                        deadline_left_ms(deadline), answer);
    if (said != COGMIG_OK)
        return report(said, err);
    if (deadline_passed(deadline))
        return fail(err, COGMIG_DEADLINE_EXCEEDED,
                    "Your own store's function answered after the time that it was given.");
    return COGMIG_OK;
}

const struct backend callback_backend = {
    .open = open_callback,
    .find = find_by_callback,
    .close = memory_free,
};
