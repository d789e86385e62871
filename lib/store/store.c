/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "store/answer.h"
#include "store/config.h"
#include "store/find.h"
#include "store/turn.h"

#include <stdatomic.h>
#include <string.h>

struct cogmig_store {
    atomic_size_t holders;
    int32_t timeout_ms;
    const struct backend *backend;
    void *state;
    struct turn turn; /* for a backend that is not concurrent */
};

static struct backend_settings settings_of(const cogmig_store_config *config,
                                           const struct store_model *model)
{
    return (struct backend_settings){
        .model = model,
        .target = config->url.target,
        .through_pgbouncer = config->url.through_pgbouncer,
        .timeout_ms = config->timeout_ms,
        .find = config->find,
        .user_data = config->user_data,
    };
}

static cogmig_status open_backend(cogmig_store *store, const cogmig_store_config *config,
                                  cogmig_error *err)
{
    struct store_model model = store_config_model(config);
    struct backend_settings settings = settings_of(config, &model);
    return config->backend->open(&settings, deadline_in_ms(config->timeout_ms), &store->state, err);
}

static cogmig_status open_store(cogmig_store *store, const cogmig_store_config *config,
                                cogmig_error *err)
{
    if (!turn_init(&store->turn))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    cogmig_status status = open_backend(store, config, err);
    if (status != COGMIG_OK)
        turn_destroy(&store->turn);
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_store_open(const cogmig_store_config *config,
                                              cogmig_store **ret_store, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_store == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "ret_store is NULL.");
    *ret_store = NULL;
    if (config == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config is NULL.");
    if (config->backend == NULL)
        return fail(err, COGMIG_CONFIG_INCOMPLETE,
                    "The store has neither a URL nor a function of your own.");
    SCOPED(memory_release) cogmig_store *store = memory_new(sizeof *store);
    if (store == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    atomic_init(&store->holders, 1);
    store->timeout_ms = config->timeout_ms;
    store->backend = config->backend;
    cogmig_status status = open_store(store, config, err);
    if (status != COGMIG_OK)
        return status;
    *ret_store = store;
    store = NULL;
    return COGMIG_OK;
}

cogmig_store *store_hold(cogmig_store *store)
{
    atomic_fetch_add(&store->holders, 1);
    return store;
}

COGMIG_PUBLIC void cogmig_store_free(cogmig_store **store)
{
    if (store == NULL || *store == NULL)
        return;
    cogmig_store *held = *store;
    *store = NULL;
    if (atomic_fetch_sub(&held->holders, 1) > 1)
        return;
    held->backend->close(held->state);
    turn_destroy(&held->turn);
    memory_free(held);
}

static cogmig_status ask_in_turn(cogmig_store *store, int32_t question, struct span key,
                                 struct deadline deadline, cogmig_store_answer *answer,
                                 cogmig_error *err)
{
    if (store->backend->concurrent)
        return store->backend->find(store->state, question, key, deadline, answer, err);
    if (!turn_take(&store->turn, deadline))
        return fail(err, COGMIG_DEADLINE_EXCEEDED,
                    "Other look-ups kept the store's one connection busy until the time was over.");
    cogmig_status status = store->backend->find(store->state, question, key, deadline, answer, err);
    turn_give_back(&store->turn);
    return status;
}

static cogmig_status ask(cogmig_store *store, int32_t question, struct span key,
                         struct deadline deadline, cogmig_user **ret_user, cogmig_error *err)
{
    if (deadline_passed(deadline))
        return fail(err, COGMIG_DEADLINE_EXCEEDED,
                    "The time for the look-up was over before the store could be asked.");
    SCOPED(answer_clear) cogmig_store_answer answer = {.count = 0};
    cogmig_status status = ask_in_turn(store, question, key, deadline, &answer, err);
    if (status != COGMIG_OK)
        return status;
    if (answer.failure.status != COGMIG_OK) {
        error_copy(err, &answer.failure);
        return answer.failure.status;
    }
    return find_pick(&answer, question, key, ret_user, err);
}

static cogmig_status check_key(const cogmig_store *store, const char *key, cogmig_user **ret_user,
                               cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_user == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "ret_user is NULL.");
    *ret_user = NULL;
    if (store == NULL || key == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "The store or what to look for is NULL.");
    struct span text = {key, strnlen(key, STORE_MAX_KEY + 1)};
    if (text.len == 0 || text.len > STORE_MAX_KEY || !span_is_utf8(text))
        return fail(err, COGMIG_INVALID_ARGUMENT,
                    "What to look for is not 1 to 2048 bytes of UTF-8.");
    return COGMIG_OK;
}

static struct deadline own_deadline(const cogmig_store *store)
{
    return deadline_in_ms(store->timeout_ms);
}

static cogmig_status found_or_not(cogmig_status status, cogmig_user *const *found,
                                  cogmig_error *err)
{
    if (status == COGMIG_OK && *found == NULL)
        return fail_plainly(err, COGMIG_USER_NOT_FOUND);
    return status;
}

cogmig_status store_find_by_email(cogmig_store *store, const char *email, struct deadline deadline,
                                  cogmig_user **ret_user, cogmig_error *err)
{
    cogmig_status status = check_key(store, email, ret_user, err);
    if (status != COGMIG_OK)
        return status;
    deadline = deadline_earlier(deadline, own_deadline(store));
    struct span key = span_of(email);
    status = ask(store, COGMIG_FIND_BY_EMAIL, key, deadline, ret_user, err);
    if (status == COGMIG_OK && *ret_user == NULL)
        status = ask(store, COGMIG_FIND_BY_EMAIL_ANY_CASE, key, deadline, ret_user, err);
    return found_or_not(status, ret_user, err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_find_by_email(cogmig_store *store, const char *email,
                                                       cogmig_user **ret_user, cogmig_error *err)
{
    return store_find_by_email(store, email, (struct deadline){INT64_MAX}, ret_user, err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_find_by_id(cogmig_store *store, const char *id,
                                                    cogmig_user **ret_user, cogmig_error *err)
{
    cogmig_status status = check_key(store, id, ret_user, err);
    if (status != COGMIG_OK)
        return status;
    status = ask(store, COGMIG_FIND_BY_ID, span_of(id), own_deadline(store), ret_user, err);
    return found_or_not(status, ret_user, err);
}
