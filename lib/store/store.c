/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "store/answer.h"
#include "store/config.h"
#include "store/find.h"
#include "store/model.h"
#include "store/pool.h"
#include "store/pool_config.h"

#include <stdatomic.h>
#include <string.h>

struct cogmig_store {
    atomic_size_t holders;
    struct backend_settings settings;
    struct store_model model;
    char *target;
    const struct backend *backend;
    void *state;
    struct pool pool; /* of a backend with connections */
};

static bool has_connections(const cogmig_store *store)
{
    return store->backend->connect != NULL;
}

static void release_parts(cogmig_store *store)
{
    if (store->state != NULL && has_connections(store))
        pool_destroy(&store->pool);
    if (store->state != NULL)
        store->backend->close(store->state);
    model_release(&store->model);
    memory_free(store->target);
    memory_free(store);
}

static void release_store(cogmig_store **store)
{
    if (*store != NULL)
        release_parts(*store);
}

static bool copy_settings(cogmig_store *store, const cogmig_store_config *config)
{
    struct store_model model = store_config_model(config);
    const char *target = config->url.target;
    store->target = target == NULL ? NULL : memory_copy_text(target);
    store->settings = (struct backend_settings){
        .model = &store->model,
        .target = store->target,
        .pooler = pool_config_pooler(config),
        .timeout_ms = config->timeout_ms,
        .find = config->find,
        .user_data = config->user_data,
        .password = config->password,
        .password_user_data = config->password_user_data,
    };
    return (target == NULL || store->target != NULL) && model_copy(&store->model, &model);
}

static struct deadline own_deadline(const cogmig_store *store)
{
    return deadline_in_ms(store->settings.timeout_ms);
}

static cogmig_status open_backend(cogmig_store *store, const struct pool_limits *limits,
                                  struct deadline deadline, cogmig_error *err)
{
    void *state = NULL;
    cogmig_status status = store->backend->open(&store->settings, &state, err);
    if (status != COGMIG_OK)
        return status;
    if (has_connections(store) && !pool_init(&store->pool, store->backend, state, limits)) {
        store->backend->close(state);
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    }
    store->state = state;
    if (!has_connections(store))
        return COGMIG_OK;
    return pool_connect(&store->pool, deadline_earlier(deadline, own_deadline(store)), err);
}

cogmig_status store_open(const cogmig_store_config *config, struct deadline deadline,
                         cogmig_store **ret_store, cogmig_error *err)
{
    struct pool_limits limits;
    cogmig_status status = pool_config_limits(config, &limits, err);
    if (status != COGMIG_OK)
        return status;
    SCOPED(release_store) cogmig_store *store = memory_new(sizeof *store);
    if (store == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    atomic_init(&store->holders, 1);
    store->backend = config->backend;
    if (!copy_settings(store, config))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    status = open_backend(store, &limits, deadline, err);
    if (status != COGMIG_OK)
        return status;
    *ret_store = store;
    store = NULL;
    return COGMIG_OK;
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
    return store_open(config, (struct deadline){INT64_MAX}, ret_store, err);
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
    release_parts(held);
}

static cogmig_status ask_backend(cogmig_store *store, int32_t question, struct span key,
                                 struct deadline deadline, cogmig_store_answer *answer,
                                 cogmig_error *err)
{
    struct aftermath none;
    if (has_connections(store))
        return pool_ask(&store->pool, question, key, deadline, answer, err);
    return store->backend->find(store->state, question, key, deadline, answer, &none, err);
}

static cogmig_status ask(cogmig_store *store, int32_t question, struct span key,
                         struct deadline deadline, cogmig_user **ret_user, cogmig_error *err)
{
    if (deadline_passed(deadline))
        return fail(err, COGMIG_DEADLINE_EXCEEDED,
                    "The time for the look-up was over before the store could be asked.");
    SCOPED(answer_clear) cogmig_store_answer answer = {.count = 0};
    cogmig_status status = ask_backend(store, question, key, deadline, &answer, err);
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
    if (status == COGMIG_OK && store->model.sql_by_email != NULL && store->model.sql_by_id == NULL)
        status = fail(err, COGMIG_CONFIG_INCOMPLETE,
                      "The store has SQL of your own for addresses, but none for ids.");
    if (status != COGMIG_OK)
        return status;
    status = ask(store, COGMIG_FIND_BY_ID, span_of(id), own_deadline(store), ret_user, err);
    return found_or_not(status, ret_user, err);
}

COGMIG_PUBLIC uint64_t cogmig_store_get_counter(cogmig_store *store, int32_t counter)
{
    static const enum pool_event events[] = {POOL_CONNECTED, POOL_CONNECT_FAILED, POOL_LOST,
                                             POOL_RETIRED,   POOL_ACQUIRED,       POOL_WAITED,
                                             POOL_EXHAUSTED, POOL_ASKED_AGAIN};
    if (store == NULL || !has_connections(store))
        return 0;
    if (counter >= COGMIG_STORE_CONNECTS && counter <= COGMIG_STORE_RETRIES)
        return pool_count(&store->pool, events[counter - COGMIG_STORE_CONNECTS]);
    struct places_count now = places_count(&store->pool.places);
    if (counter == COGMIG_STORE_CONNECTIONS)
        return (uint64_t)now.connections;
    if (counter == COGMIG_STORE_CONNECTIONS_IDLE)
        return (uint64_t)now.idle;
    return counter == COGMIG_STORE_WAITING ? (uint64_t)now.waiting : 0;
}
