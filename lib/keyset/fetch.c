/* SPDX-License-Identifier: Apache-2.0 */
#include "keyset/fetch.h"

#include "base/cleanup.h"
#include "keyset/keyset.h"
#include "status/error.h"

#include <string.h>

/* A query may hold a key to the address; messages go to logs. */
static int without_query(const char *url)
{
    enum {
        MAX_SHOWN = 256
    };
    size_t len = strcspn(url, "?");
    return len > MAX_SHOWN ? MAX_SHOWN : (int)len;
}

/* ---- who fetches ---- */

static cogmig_status call_libcurl(const struct fetcher *fetcher, const char *url,
                                  cogmig_jwks_reply *reply, cogmig_error *err)
{
    struct cogmig_error detail = {.status = COGMIG_OK};
    cogmig_status status = libcurl_get(&fetcher->libcurl, url, fetcher->timeout_ms, reply, &detail);
    if (status == COGMIG_OK)
        return COGMIG_OK;
    fail(err, status, "The JWKS fetch from %.*s failed: %.200s", without_query(url), url,
         detail.message);
    fail_upstream(err, detail.upstream, detail.upstream_code);
    return status;
}

static cogmig_status judge_word(cogmig_status said, const char *url, cogmig_error *err)
{
    if (said == COGMIG_OK)
        return COGMIG_OK;
    bool outage = cogmig_status_kind(said) == COGMIG_KIND_UNAVAILABLE;
    fail(err, outage ? said : COGMIG_STOPPED_BY_CALLBACK, "Your fetch returned %s for %.*s.",
         cogmig_status_name(said), without_query(url), url);
    fail_upstream_number(err, COGMIG_UPSTREAM_CALLBACK, said);
    return outage ? said : COGMIG_STOPPED_BY_CALLBACK;
}

/* ---- what the answer is worth ---- */

static cogmig_status not_200(int32_t http_status, const char *url, cogmig_error *err)
{
    cogmig_status status =
        fail(err, COGMIG_JWKS_HTTP_STATUS, "%.*s answered with HTTP status %d instead of 200.",
             without_query(url), url, (int)http_status);
    fail_upstream_number(err, COGMIG_UPSTREAM_HTTP, http_status);
    return status;
}

static cogmig_status not_a_jwks(const char *url, struct span body, const char *why,
                                cogmig_error *err)
{
    enum {
        SHOWN_OF_BODY = 40
    };
    int shown = body.len < SHOWN_OF_BODY ? (int)body.len : SHOWN_OF_BODY;
    return fail(err, COGMIG_JWKS_RESPONSE_INVALID,
                "%.*s answered 200 with %zu bytes that give no keys: %.200s It begins with: %.*s",
                without_query(url), url, body.len, why, shown, body.bytes);
}

static cogmig_status read_body(const struct fetcher *fetcher, const struct cogmig_jwks_reply *reply,
                               const char *url, cogmig_keyset **ret_keyset, cogmig_error *err)
{
    struct span body = {reply->body.len == 0 ? "" : reply->body.bytes, reply->body.len};
    struct cogmig_error detail = {.status = COGMIG_OK};
    if (reply->body.state == BUFFER_FULL)
        return not_a_jwks(url, body, "the body is larger than 256 KiB.", err);
    if (reply->body.state == BUFFER_REFUSED)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    cogmig_status status =
        fetcher->pem ? keyset_of_pem(body, strrchr(url, '/') + 1, ret_keyset, &detail)
                     : keyset_parse_for(fetcher_algorithms(fetcher), body, ret_keyset, &detail);
    if (status == COGMIG_JWKS_MALFORMED || status == COGMIG_JWKS_NO_USABLE_KEY)
        return not_a_jwks(url, body, detail.message, err);
    if (status != COGMIG_OK)
        error_copy(err, &detail);
    return status;
}

/* RFC 9110 section 15.4.5: 304 answers a question, and one that nobody asked is no answer. */
static cogmig_status read_reply(const struct fetcher *fetcher,
                                const struct cogmig_jwks_reply *reply, const char *url,
                                struct fetched *ret_fetched, cogmig_error *err)
{
    bool unchanged = reply->http_status == 304 && reply->if_none_match != NULL;
    const char *etag = unchanged && reply->etag[0] == '\0' ? reply->if_none_match : reply->etag;
    if (reply->http_status != 200 && !unchanged)
        return not_200(reply->http_status, url, err);
    ret_fetched->keyset = NULL;
    ret_fetched->max_age_s = reply->max_age_s;
    memcpy(ret_fetched->etag, etag, strlen(etag) + 1);
    return unchanged ? COGMIG_OK : read_body(fetcher, reply, url, &ret_fetched->keyset, err);
}

uint32_t fetcher_algorithms(const struct fetcher *fetcher)
{
    return SIGNATURE_RS256 | fetcher->algorithms;
}

cogmig_status fetch_judge(const struct fetcher *fetcher, const char *url, cogmig_status said,
                          const struct cogmig_jwks_reply *reply, struct fetched *ret_fetched,
                          cogmig_error *err)
{
    cogmig_status status = judge_word(said, url, err);
    return status == COGMIG_OK ? read_reply(fetcher, reply, url, ret_fetched, err) : status;
}

cogmig_status fetch_keyset(const struct fetcher *fetcher, const char *url, const char *etag,
                           struct fetched *ret_fetched, cogmig_error *err)
{
    SCOPED(reply_release) struct cogmig_jwks_reply reply = reply_empty(etag);
    if (fetcher->callback != NULL) {
        cogmig_status said =
            fetcher->callback(fetcher->user_data, url, fetcher->timeout_ms, &reply);
        return fetch_judge(fetcher, url, said, &reply, ret_fetched, err);
    }
    cogmig_status status = call_libcurl(fetcher, url, &reply, err);
    return status == COGMIG_OK ? read_reply(fetcher, &reply, url, ret_fetched, err) : status;
}
