/* SPDX-License-Identifier: Apache-2.0
 * Fetches that the caller makes, in an event loop of its own for example. */
#include "base/memory.h"
#include "base/public.h"
#include "keyset/reply.h"
#include "status/error.h"
#include "token/verifier.h"

#include <cogmig/verifier.h>

struct cogmig_key_fetch {
    cogmig_verifier *verifier; /* held */
    struct key_source *source;
    struct fetch_order order;
    struct cogmig_jwks_reply reply;
};

/* ---- its beginning ---- */

static struct key_source *find_wanted(const cogmig_verifier *verifier, struct fetch_order *order)
{
    if (verifier->alb_keys != NULL)
        return alb_keys_hand_out(verifier->alb_keys, order);
    for (size_t i = 0; i < verifier->issuer_count; i++)
        if (key_source_hand_out(verifier->issuers[i].keys, order))
            return verifier->issuers[i].keys;
    return NULL;
}

static void take_order(cogmig_verifier *verifier, cogmig_key_fetch **fetch)
{
    struct key_source *source = find_wanted(verifier, &(*fetch)->order);
    if (source == NULL) {
        memory_free(*fetch);
        *fetch = NULL;
        return;
    }
    const char *etag = (*fetch)->order.etag;
    (*fetch)->verifier = verifier_hold(verifier);
    (*fetch)->source = source;
    (*fetch)->reply = reply_empty(etag[0] == '\0' ? NULL : etag);
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_begin_fetch(cogmig_verifier *verifier,
                                                        cogmig_key_fetch **ret_fetch,
                                                        cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_fetch != NULL)
        *ret_fetch = NULL;
    if (verifier == NULL || ret_fetch == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "verifier and ret_fetch must not be NULL.");
    if (!verifier->config->fetcher.by_caller)
        return fail(err, COGMIG_INVALID_ARGUMENT,
                    "This verifier fetches by itself; "
                    "cogmig_verifier_config_set_non_blocking() makes one that does not.");
    *ret_fetch = memory_new(sizeof **ret_fetch);
    if (*ret_fetch == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    take_order(verifier, ret_fetch);
    return COGMIG_OK;
}

/* ---- what is to be done ---- */

COGMIG_PUBLIC const char *cogmig_key_fetch_url(const cogmig_key_fetch *fetch)
{
    return fetch == NULL ? NULL : key_source_url(fetch->source);
}

COGMIG_PUBLIC int32_t cogmig_key_fetch_timeout_ms(const cogmig_key_fetch *fetch)
{
    return fetch == NULL ? 0 : fetch->verifier->config->fetcher.timeout_ms;
}

COGMIG_PUBLIC cogmig_jwks_reply *cogmig_key_fetch_reply(cogmig_key_fetch *fetch)
{
    return fetch == NULL ? NULL : &fetch->reply;
}

/* ---- its end ---- */

COGMIG_PUBLIC cogmig_status cogmig_key_fetch_end(cogmig_key_fetch **fetch, cogmig_status outcome,
                                                 cogmig_error *err)
{
    cogmig_error_clear(err);
    if (fetch == NULL || *fetch == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "fetch must not be NULL.");
    cogmig_key_fetch *ended = *fetch;
    *fetch = NULL;
    cogmig_status status =
        key_source_take_back(ended->source, &ended->order, outcome, &ended->reply, err);
    if (ended->verifier->alb_keys != NULL)
        alb_keys_give_back(ended->verifier->alb_keys, ended->source);
    reply_release(&ended->reply);
    cogmig_verifier_free(&ended->verifier);
    memory_free(ended);
    return status;
}

COGMIG_PUBLIC void cogmig_key_fetch_free(cogmig_key_fetch **fetch)
{
    if (fetch != NULL && *fetch != NULL)
        (void)cogmig_key_fetch_end(fetch, COGMIG_JWKS_UNREACHABLE, NULL);
}
