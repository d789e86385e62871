/* SPDX-License-Identifier: Apache-2.0
 * The runtime API over libcurl. */
#include "runtime_api.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONNECT_TIMEOUT_MS = 1000,
    SEND_TIMEOUT_MS = 5000,
    WHOLE_DAY_MS = 24 * 3600 * 1000,
    MAX_BASE = 300,
    MAX_URL = MAX_BASE + INVOCATION_MAX_ID + 40,
    MAX_PROBLEM = 200 + CURL_ERROR_SIZE
};

struct runtime_api {
    CURLM *multi;
    CURL *handle;
    struct curl_slist *plain, *failure; /* headers of a response and of a report */
    struct invocation *invocation;      /* while one is awaited */
    atomic_bool stopping;
    char base[MAX_BASE];
    char detail[CURL_ERROR_SIZE];
    char problem[MAX_PROBLEM];
};

/* ---- the connection ---- */

static bool has_options(struct runtime_api *api)
{
    CURL *handle = api->handle;
    return curl_easy_setopt(handle, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) ==
               CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS) ==
               CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_USERAGENT, "libcogmig/" PROJECT_VERSION) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, api->detail) == CURLE_OK;
}

static struct curl_slist *list_of(const char *const *lines)
{
    struct curl_slist *list = NULL;
    for (; *lines != NULL; lines++) {
        struct curl_slist *longer = curl_slist_append(list, *lines);
        if (longer == NULL) {
            curl_slist_free_all(list);
            return NULL;
        }
        list = longer;
    }
    return list;
}

static bool has_headers(struct runtime_api *api)
{
    static const char *const plain[] = {"Expect:", "Content-Type: application/json", NULL};
    static const char *const failure[] = {"Expect:", "Content-Type: application/json",
                                          "Lambda-Runtime-Function-Error-Type: Cogmig.NoAnswer",
                                          NULL};
    api->plain = list_of(plain);
    api->failure = list_of(failure);
    return api->plain != NULL && api->failure != NULL;
}

struct runtime_api *runtime_api_new(const char *host)
{
    struct runtime_api *api = calloc(1, sizeof *api);
    if (api == NULL)
        return NULL;
    snprintf(api->base, sizeof api->base, "http://%s/2018-06-01/runtime", host);
    api->multi = curl_multi_init();
    api->handle = curl_easy_init();
    if (api->multi == NULL || api->handle == NULL || !has_options(api) || !has_headers(api)) {
        runtime_api_free(api);
        return NULL;
    }
    return api;
}

void runtime_api_free(struct runtime_api *api)
{
    if (api == NULL)
        return;
    curl_easy_cleanup(api->handle);
    if (api->multi != NULL)
        curl_multi_cleanup(api->multi);
    curl_slist_free_all(api->plain);
    curl_slist_free_all(api->failure);
    free(api);
}

void runtime_api_stop(struct runtime_api *api)
{
    atomic_store(&api->stopping, true);
    curl_multi_wakeup(api->multi);
}

const char *runtime_api_problem(const struct runtime_api *api)
{
    return api->problem;
}

/* ---- one exchange ---- */

static long http_status_of(const struct runtime_api *api)
{
    long status = 0;
    curl_easy_getinfo(api->handle, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

/* A body that does not arrive may take no longer than the invocation has; nothing limits the wait
 * for the invocation itself. 0: over. */
static int left_ms(const struct runtime_api *api)
{
    if (api->invocation == NULL || api->invocation->id[0] == '\0')
        return WHOLE_DAY_MS;
    int32_t left = invocation_left_ms(api->invocation);
    return left < WHOLE_DAY_MS ? left : WHOLE_DAY_MS;
}

static bool is_stopped(const struct runtime_api *api)
{
    return api->invocation != NULL && api->invocation->id[0] == '\0' && atomic_load(&api->stopping);
}

static CURLcode outcome_of(struct runtime_api *api)
{
    int waiting;
    for (CURLMsg *said; (said = curl_multi_info_read(api->multi, &waiting)) != NULL;)
        if (said->msg == CURLMSG_DONE)
            return said->data.result;
    return CURLE_OPERATION_TIMEDOUT;
}

static void drive(struct runtime_api *api)
{
    int running = 1;
    while (curl_multi_perform(api->multi, &running) == CURLM_OK && running > 0) {
        int wait_ms = left_ms(api);
        if (wait_ms == 0 || is_stopped(api) ||
            curl_multi_poll(api->multi, NULL, 0, wait_ms, NULL) != CURLM_OK)
            return;
    }
}

static CURLcode exchange(struct runtime_api *api)
{
    api->detail[0] = '\0';
    if (curl_multi_add_handle(api->multi, api->handle) != CURLM_OK)
        return CURLE_FAILED_INIT;
    drive(api);
    CURLcode code = outcome_of(api);
    curl_multi_remove_handle(api->multi, api->handle);
    return code;
}

static enum runtime_outcome describe(struct runtime_api *api, const char *what, CURLcode code,
                                     enum runtime_outcome outcome)
{
    if (code != CURLE_OK)
        snprintf(api->problem, sizeof api->problem, "%s: %s", what,
                 api->detail[0] == '\0' ? curl_easy_strerror(code) : api->detail);
    else
        snprintf(api->problem, sizeof api->problem, "%s: HTTP status %ld", what,
                 http_status_of(api));
    return outcome;
}

static bool set_url(struct runtime_api *api, const char *id, const char *end)
{
    char url[MAX_URL];
    snprintf(url, sizeof url, "%s%s%s%s", api->base, id[0] == '\0' ? "" : "/invocation/", id, end);
    return curl_easy_setopt(api->handle, CURLOPT_URL, url) == CURLE_OK;
}

/* ---- what comes in ---- */

static size_t take_header(char *line, size_t size, size_t count, void *user_data)
{
    struct runtime_api *api = user_data;
    if (api->invocation != NULL)
        invocation_take_header(api->invocation, line, size * count);
    return size * count;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *user_data)
{
    struct runtime_api *api = user_data;
    size_t len = size * count;
    if (api->invocation == NULL || http_status_of(api) != 200)
        return len; /* nothing in it matters */
    return invocation_append(api->invocation, bytes, len) == COGMIG_OK ? len : 0;
}

static bool prepare(struct runtime_api *api, const char *id, const char *end, long timeout_ms)
{
    CURL *handle = api->handle;
    return set_url(api, id, end) &&
           curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, timeout_ms) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_HEADERDATA, api) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_WRITEDATA, api) == CURLE_OK;
}

/* ---- the next invocation ---- */

static cogmig_status fault_of(CURLcode code)
{
    return code == CURLE_OPERATION_TIMEDOUT ? COGMIG_DEADLINE_EXCEEDED : COGMIG_EVENT_MALFORMED;
}

static enum runtime_outcome judge_next(struct runtime_api *api, struct invocation *invocation,
                                       CURLcode code)
{
    static const char what[] = "the next invocation";
    bool identified = invocation->id[0] != '\0';
    if (!identified && atomic_load(&api->stopping))
        return RUNTIME_STOPPED;
    if (!identified || http_status_of(api) != 200)
        return describe(api, what, code, RUNTIME_FAILED);
    if (code == CURLE_OK)
        return RUNTIME_DONE;
    if (invocation->fault == COGMIG_OK) {
        invocation->fault = fault_of(code);
        return describe(api, what, code, RUNTIME_DONE);
    }
    snprintf(api->problem, sizeof api->problem, "%s: %s", what,
             cogmig_status_sentence(invocation->fault));
    return RUNTIME_DONE;
}

enum runtime_outcome runtime_api_next(struct runtime_api *api, struct invocation *invocation)
{
    const long no_timeout = 0;
    if (atomic_load(&api->stopping))
        return RUNTIME_STOPPED;
    invocation_clear(invocation);
    api->invocation = invocation;
    CURLcode code = CURLE_FAILED_INIT;
    if (prepare(api, "", "/invocation/next", no_timeout) &&
        curl_easy_setopt(api->handle, CURLOPT_HTTPHEADER, NULL) == CURLE_OK &&
        curl_easy_setopt(api->handle, CURLOPT_HTTPGET, 1L) == CURLE_OK)
        code = exchange(api);
    api->invocation = NULL;
    return judge_next(api, invocation, code);
}

/* ---- what goes out ---- */

static CURLcode post(struct runtime_api *api, const char *id, const char *end,
                     const struct curl_slist *headers, const char *bytes, size_t len)
{
    CURL *handle = api->handle;
    if (!prepare(api, id, end, SEND_TIMEOUT_MS) ||
        curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers) != CURLE_OK ||
        curl_easy_setopt(handle, CURLOPT_POST, 1L) != CURLE_OK ||
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len) != CURLE_OK ||
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, bytes) != CURLE_OK)
        return CURLE_FAILED_INIT;
    CURLcode code = exchange(api);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, NULL); /* they are the caller's */
    return code;
}

/* A second time only when it is not known whether the first arrived: what arrives twice is refused,
 * and no harm is done. */
static enum runtime_outcome send_report(struct runtime_api *api, const char *what, const char *id,
                                        const char *end, const struct curl_slist *headers,
                                        const char *bytes, size_t len)
{
    CURLcode code = post(api, id, end, headers, bytes, len);
    if (code != CURLE_OK)
        code = post(api, id, end, headers, bytes, len);
    long status = http_status_of(api);
    if (code == CURLE_OK && status >= 200 && status < 300)
        return RUNTIME_DONE;
    bool refused = code == CURLE_OK && status >= 400 && status < 500;
    return describe(api, what, code, refused ? RUNTIME_REFUSED : RUNTIME_FAILED);
}

enum runtime_outcome runtime_api_respond(struct runtime_api *api, const char *id, const char *bytes,
                                         size_t len)
{
    return send_report(api, "the response", id, "/response", api->plain, bytes, len);
}

enum runtime_outcome runtime_api_fail(struct runtime_api *api, const char *id, const char *report)
{
    return send_report(api, "the report of a failure", id, "/error", api->failure, report,
                       strlen(report));
}

enum runtime_outcome runtime_api_fail_init(struct runtime_api *api)
{
    static const char body[] = "{\"errorMessage\":\"Not ready; the log says why.\","
                               "\"errorType\":\"NotReady\",\"stackTrace\":[]}";
    return send_report(api, "the report of a failed start", "", "/init/error", api->failure, body,
                       sizeof body - 1);
}
