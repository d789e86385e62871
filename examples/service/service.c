/* SPDX-License-Identifier: Apache-2.0
 * An HTTP service on one thread (epoll) with a route for signed-in users, GET /me.
 *
 *     COGNITO_USER_POOL_ID=... COGNITO_CLIENT_ID=... cogmig-service PORT
 *
 * The verifier never blocks: while keys are on their way the requests that need them wait, and all
 * others are answered. No token, or one that is refused, is 401; an outage of the keys is 503. */
#include "../http/listener.h"
#include "../http/request.h"
#include "key_fetcher.h"

#include <cogmig/cogmig.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    MAX_CONNECTIONS = 1000,
    MAX_IDLE_S = 10,
    FETCH_TIMEOUT_MS = 8000, /* less than that: who waits for keys is answered */
    TICK_MS = 1000
};

struct connection {
    int descriptor; /* -1: free */
    time_t since;
    size_t len;
    bool waits_for_keys;
    char request[MAX_REQUEST_BYTES];
};

static struct connection connections[MAX_CONNECTIONS];
static cogmig_verifier *verifier;
static cogmig_error *err;
static int epoll_descriptor, keys_descriptor, listener, fetches;

/* ---- what a request is answered ---- */

static void answer(struct connection *connection, int status, const char *headers, const char *body)
{
    char response[MAX_RESPONSE_BYTES];
    size_t len = response_write(response, status, headers, body);
    /* Short enough for the socket's buffer; a client that has left is none of our business. */
    (void)!send(connection->descriptor, response, len, MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(connection->descriptor, SHUT_WR);
    close(connection->descriptor);
    connection->descriptor = -1;
    connection->waits_for_keys = false;
}

static void serve_me(struct connection *connection, const cogmig_claims *claims)
{
    char body[512];
    const char *sub = cogmig_claims_sub(claims), *legacy_id = cogmig_claims_legacy_id(claims);
    snprintf(body, sizeof body, "{\"sub\":\"%s\",\"legacyId\":\"%s\"}\n",
             text_is_plain(sub) ? sub : "", text_is_plain(legacy_id) ? legacy_id : "");
    answer(connection, 200, "Content-Type: application/json\r\n", body);
}

/* region: metrics */
static void serve_metrics(struct connection *connection)
{
    static const struct {
        int32_t counter;
        const char *name;
    } counters[] = {
        {COGMIG_COUNTER_FETCHES, "cogmig_key_fetches_total"},
        {COGMIG_COUNTER_FETCH_FAILURES, "cogmig_key_fetch_failures_total"},
        {COGMIG_COUNTER_KEY_SET_CHANGES, "cogmig_key_set_changes_total"},
        {COGMIG_COUNTER_STALE_KEY_USES, "cogmig_stale_key_uses_total"},
        {COGMIG_COUNTER_UNKNOWN_KIDS, "cogmig_unknown_kids_total"},
    };
    char body[1024] = "";
    for (size_t i = 0, len = 0; i < sizeof counters / sizeof counters[0]; i++)
        len += (size_t)snprintf(
            body + len, sizeof body - len, "%s %llu\n", counters[i].name,
            (unsigned long long)cogmig_verifier_get_counter(verifier, counters[i].counter));
    answer(connection, 200, "Content-Type: text/plain\r\n", body);
}
/* end region */

static void fetch_keys(void);

/* region: judge */
static void judge(struct connection *connection)
{
    size_t len = 0;
    cogmig_claims *claims = NULL;
    const char *token = request_bearer(connection->request, &len);
    if (token == NULL) {
        answer(connection, 401, "WWW-Authenticate: Bearer\r\n", "a token is needed\n");
        return;
    }
    cogmig_status status = cogmig_verifier_verify(verifier, token, len, &claims, err);
    if (status == COGMIG_KEYS_NEEDED)
        fetch_keys();
    connection->waits_for_keys = status == COGMIG_KEYS_NEEDED && fetches > 0;
    if (connection->waits_for_keys)
        return; /* nothing is known about the token yet */

    switch (cogmig_status_kind(status)) {
    case COGMIG_KIND_OK:
        serve_me(connection, claims);
        break;
    case COGMIG_KIND_DENIED:
        answer(connection, 401, "WWW-Authenticate: Bearer error=\"invalid_token\"\r\n",
               "the token is not accepted\n");
        break;
    case COGMIG_KIND_UNAVAILABLE:
        answer(connection, 503, "Retry-After: 5\r\n", "try again later\n");
        break;
    default:
        fprintf(stderr, "%s: %s\n", cogmig_status_name(status), cogmig_error_message(err));
        answer(connection, 500, "", "");
    }
    cogmig_claims_free(&claims);
}
/* end region */

static void route(struct connection *connection)
{
    if (request_is_get(connection->request, "/health"))
        answer(connection, 200, "", "ok\n");
    else if (request_is_get(connection->request, "/metrics"))
        serve_metrics(connection);
    else if (request_is_get(connection->request, "/me"))
        judge(connection);
    else
        answer(connection, 404, "", "");
}

/* ---- keys ---- */

/* region: fetch */
static void fetch_keys(void)
{
    cogmig_key_fetch *fetch = NULL;
    while (cogmig_verifier_begin_fetch(verifier, &fetch, err) == COGMIG_OK && fetch != NULL) {
        if (key_fetcher_start(fetch))
            fetches++;
        else
            cogmig_key_fetch_free(&fetch);
    }
}

static void end_fetches(void)
{
    cogmig_status outcome;
    for (cogmig_key_fetch *fetch; (fetch = key_fetcher_take(&outcome)) != NULL; fetches--)
        if (cogmig_key_fetch_end(&fetch, outcome, err) != COGMIG_OK)
            fprintf(stderr, "keys: %s\n", cogmig_error_message(err));
    for (int i = 0; i < MAX_CONNECTIONS; i++)
        if (connections[i].waits_for_keys)
            judge(&connections[i]);
}
/* end region */

/* ---- connections ---- */

static void watch(int descriptor, void *about)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = about};
    if (epoll_ctl(epoll_descriptor, EPOLL_CTL_ADD, descriptor, &event) != 0) {
        perror("epoll_ctl");
        exit(1);
    }
}

static void accept_one(void)
{
    int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    for (int i = 0; descriptor >= 0 && i < MAX_CONNECTIONS; i++) {
        struct connection *connection = &connections[i];
        if (connection->descriptor >= 0)
            continue;
        *connection = (struct connection){.descriptor = descriptor, .since = time(NULL)};
        watch(descriptor, connection);
        return;
    }
    if (descriptor >= 0)
        close(descriptor);
}

static void read_some(struct connection *connection)
{
    size_t room = sizeof connection->request - 1 - connection->len;
    ssize_t got = recv(connection->descriptor, connection->request + connection->len, room, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0 || connection->waits_for_keys) {
        answer(connection, 400, "", ""); /* it left, or says more than it was asked */
        return;
    }
    connection->len += (size_t)got;
    connection->request[connection->len] = '\0';
    if (request_is_whole(connection->request))
        route(connection);
    else if (connection->len == sizeof connection->request - 1)
        answer(connection, 400, "", "");
}

static void close_idle(void)
{
    for (int i = 0; i < MAX_CONNECTIONS; i++)
        if (connections[i].descriptor >= 0 && time(NULL) - connections[i].since > MAX_IDLE_S)
            answer(&connections[i], connections[i].waits_for_keys ? 503 : 400, "", "");
}

static void handle(const struct epoll_event *event)
{
    if (event->data.ptr == &listener)
        accept_one();
    else if (event->data.ptr == &keys_descriptor)
        end_fetches();
    else if (((struct connection *)event->data.ptr)->descriptor >= 0)
        read_some(event->data.ptr);
}

static void run_loop(void)
{
    struct epoll_event events[64];
    for (;;) {
        int count = epoll_wait(epoll_descriptor, events, 64, TICK_MS);
        for (int i = 0; i < count; i++)
            handle(&events[i]);
        fetch_keys(); /* those that are due, before a token has to wait for them */
        close_idle();
    }
}

/* ---- the beginning ---- */

/* An emulator's issuer is named by COGNITO_ISSUER, and asked over plain http://. */
static bool add_emulator(cogmig_verifier_config *config, const char *issuer)
{
    return cogmig_verifier_config_add_issuer(config, issuer, NULL, err) == COGMIG_OK &&
           cogmig_verifier_config_allow_plain_http(config, err) == COGMIG_OK;
}

/* region: configure */
static bool add_pool(cogmig_verifier_config *config)
{
    return cogmig_verifier_config_add_pool(config, getenv("COGNITO_USER_POOL_ID"), err) ==
           COGMIG_OK;
}

static bool configure(cogmig_verifier_config *config)
{
    const char *client = getenv("COGNITO_CLIENT_ID");
    return cogmig_verifier_config_add_client(config, client, err) == COGMIG_OK &&
           cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ACCESS, err) ==
               COGMIG_OK &&
           cogmig_verifier_config_set_fetch_timeout_ms(config, FETCH_TIMEOUT_MS, err) ==
               COGMIG_OK &&
           cogmig_verifier_config_set_non_blocking(config, err) == COGMIG_OK;
}
/* end region */

static bool make_verifier(void)
{
    cogmig_verifier_config *config = NULL;
    const char *emulator = getenv("COGNITO_ISSUER");
    bool made = cogmig_error_new(&err) == COGMIG_OK &&
                cogmig_verifier_config_new(&config, err) == COGMIG_OK &&
                (emulator == NULL ? add_pool(config) : add_emulator(config, emulator)) &&
                configure(config) && cogmig_verifier_new(config, &verifier, err) == COGMIG_OK;
    cogmig_verifier_config_free(&config);
    if (!made)
        fprintf(stderr, "%s\n", cogmig_error_message(err));
    return made;
}

int main(int argc, char **argv)
{
    for (int i = 0; i < MAX_CONNECTIONS; i++)
        connections[i].descriptor = -1;
    keys_descriptor = key_fetcher_open();
    epoll_descriptor = epoll_create1(EPOLL_CLOEXEC);
    if (!make_verifier() || keys_descriptor < 0 || epoll_descriptor < 0)
        return 1;
    fetch_keys(); /* now, so that the first request need not wait */
    listener = listener_open(argc > 1 ? argv[1] : "8080", SOCK_NONBLOCK);
    if (listener < 0)
        return 1;
    watch(listener, &listener);
    watch(keys_descriptor, &keys_descriptor);
    run_loop();
}
