/* SPDX-License-Identifier: Apache-2.0 */
#include "key_fetcher.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

struct over {
    cogmig_key_fetch *fetch;
    cogmig_status outcome;
};

static int ends[2] = {-1, -1}; /* of a pipe: what is written to it in one piece is read so */

static size_t take_bytes(char *bytes, size_t size, size_t count, void *reply)
{
    return cogmig_jwks_reply_append(reply, bytes, size * count) == COGMIG_OK ? size * count : 0;
}

/* region: get */
static cogmig_status get(cogmig_key_fetch *fetch)
{
    long http_status = 0;
    CURL *curl = curl_easy_init();
    cogmig_jwks_reply *reply = cogmig_key_fetch_reply(fetch);
    if (curl == NULL)
        return COGMIG_JWKS_UNREACHABLE;
    curl_easy_setopt(curl, CURLOPT_URL, cogmig_key_fetch_url(fetch));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)cogmig_key_fetch_timeout_ms(fetch));
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, reply);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http_status);
    curl_easy_cleanup(curl);
    cogmig_jwks_reply_set_http_status(reply, (int32_t)http_status);
    return code == CURLE_OK ? COGMIG_OK : COGMIG_JWKS_UNREACHABLE;
}
/* end region */

static void *run(void *fetch)
{
    struct over over = {fetch, get(fetch)};
    if (write(ends[1], &over, sizeof over) != sizeof over)
        cogmig_key_fetch_free(&over.fetch);
    return NULL;
}

int key_fetcher_open(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || pipe2(ends, O_CLOEXEC) != 0 ||
        fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0)
        return -1;
    return ends[0];
}

bool key_fetcher_start(cogmig_key_fetch *fetch)
{
    pthread_t thread;
    return pthread_create(&thread, NULL, run, fetch) == 0 && pthread_detach(thread) == 0;
}

cogmig_key_fetch *key_fetcher_take(cogmig_status *ret_outcome)
{
    struct over over;
    if (read(ends[0], &over, sizeof over) != sizeof over)
        return NULL;
    *ret_outcome = over.outcome;
    return over.fetch;
}
