/* SPDX-License-Identifier: Apache-2.0
 * One thread that must not block: it serves requests with tokens, fetches keys over a socket of its
 * own, and even plays the issuer. A verification that waited for the network would wait for ever.
 */
#include "cmocka_all.h"

#include <arpa/inet.h>
#include <cogmig/cogmig.h>
#include <cogmig/testing.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ISSUER "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI"
static const char client[] = "3n4b5urk1ft4fl3mg5e62d9ado";

enum {
    REQUESTS = 5,
    ROOM = 8192
};

static cogmig_test_issuer *issuer;
static cogmig_verifier *verifier;

/* ---- a connection: what is to be sent, what came ---- */

struct connection {
    int descriptor; /* -1: there is none */
    char out[ROOM], in[ROOM];
    size_t out_len, sent, in_len;
};

static void open_on(struct connection *connection, int descriptor)
{
    assert_true(descriptor >= 0);
    *connection = (struct connection){.descriptor = descriptor};
    assert_int_equal(fcntl(descriptor, F_SETFL, O_NONBLOCK), 0);
}

static void close_it(struct connection *connection)
{
    close(connection->descriptor);
    connection->descriptor = -1;
}

/* True: the other side has said all. */
static bool move_bytes(struct connection *connection, short events)
{
    if ((events & POLLOUT) != 0 && connection->sent < connection->out_len) {
        ssize_t sent = send(connection->descriptor, connection->out + connection->sent,
                            connection->out_len - connection->sent, MSG_NOSIGNAL);
        connection->sent += sent > 0 ? (size_t)sent : 0;
    }
    if ((events & (POLLIN | POLLHUP)) == 0)
        return false;
    ssize_t got = recv(connection->descriptor, connection->in + connection->in_len,
                       sizeof connection->in - 1 - connection->in_len, 0);
    connection->in_len += got > 0 ? (size_t)got : 0;
    return got == 0;
}

/* ---- the issuer's side ---- */

static int listener = -1, answers;
static struct connection served = {.descriptor = -1};

static uint16_t listen_somewhere(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &len), 0);
    return ntohs(address.sin_port);
}

static void answer_request(void)
{
    size_t len;
    const char *jwks = cogmig_test_issuer_jwks(issuer, &len);
    bool unchanged = strstr(served.in, "If-None-Match: \"v1\"") != NULL;
    answers++;
    served.out_len =
        (size_t)snprintf(served.out, sizeof served.out,
                         "HTTP/1.1 %s\r\nETag: \"v1\"\r\nCache-Control: max-age=60"
                         "\r\nConnection: close\r\n\r\n%.*s",
                         unchanged ? "304 Not Modified" : "200 OK", unchanged ? 0 : (int)len, jwks);
}

static void serve(short of_listener, short of_served)
{
    if ((of_listener & POLLIN) != 0 && served.descriptor < 0)
        open_on(&served, accept(listener, NULL, NULL));
    if (served.descriptor < 0 || of_served == 0)
        return;
    bool left = move_bytes(&served, of_served);
    if (served.out_len == 0 && strstr(served.in, "\r\n\r\n") != NULL)
        answer_request();
    if (left || (served.out_len > 0 && served.sent == served.out_len))
        close_it(&served);
}

/* ---- the service's side: a fetch on its way ---- */

static cogmig_key_fetch *fetch;
static struct connection asking = {.descriptor = -1};

static void connect_to(const char *url)
{
    unsigned port;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(sscanf(url, "http://127.0.0.1:%u/", &port), 1);
    address.sin_port = htons((uint16_t)port);
    open_on(&asking, socket(AF_INET, SOCK_STREAM, 0));
    (void)connect(asking.descriptor, (struct sockaddr *)&address, sizeof address);
}

static void begin_fetch(void)
{
    if (fetch != NULL || cogmig_verifier_begin_fetch(verifier, &fetch, NULL) != COGMIG_OK ||
        fetch == NULL)
        return;
    const char *etag = cogmig_jwks_reply_if_none_match(cogmig_key_fetch_reply(fetch));
    connect_to(cogmig_key_fetch_url(fetch));
    asking.out_len = (size_t)snprintf(
        asking.out, sizeof asking.out, "GET /jwks HTTP/1.1\r\nHost: 127.0.0.1\r\n%s%s%s\r\n",
        etag == NULL ? "" : "If-None-Match: ", etag == NULL ? "" : etag,
        etag == NULL ? "" : "\r\n");
}

static void hand_back(void)
{
    cogmig_jwks_reply *reply = cogmig_key_fetch_reply(fetch);
    asking.in[asking.in_len] = '\0';
    char *body = strstr(asking.in, "\r\n\r\n");
    assert_non_null(body);
    cogmig_jwks_reply_set_http_status(reply, (int32_t)strtol(asking.in + 9, NULL, 10));
    cogmig_jwks_reply_set_etag(reply, "\"v1\"");
    cogmig_jwks_reply_set_max_age_s(reply, 60);
    assert_int_equal(cogmig_jwks_reply_append(reply, body + 4, strlen(body + 4)), COGMIG_OK);
    assert_int_equal(cogmig_key_fetch_end(&fetch, COGMIG_OK, NULL), COGMIG_OK);
    close_it(&asking);
}

/* ---- the service's side: requests that wait for their verdict ---- */

struct request {
    char *token;
    bool judged;
    cogmig_status verdict;
    int attempts;
};

static struct request requests[REQUESTS];

static int judge_waiting(void)
{
    int waiting = 0;
    for (int i = 0; i < REQUESTS; i++) {
        struct request *request = &requests[i];
        if (request->judged)
            continue;
        request->attempts++;
        request->verdict =
            cogmig_verifier_verify(verifier, request->token, strlen(request->token), NULL, NULL);
        request->judged = request->verdict != COGMIG_KEYS_NEEDED;
        waiting += !request->judged;
    }
    return waiting;
}

/* Requests are judged when they come, and those that wait when a fetch has ended. */
static void run_loop(void)
{
    int waiting = judge_waiting();
    while (waiting > 0) {
        begin_fetch();
        struct pollfd watched[] = {
            {listener, POLLIN, 0},
            {served.descriptor, (short)(POLLIN | (served.sent < served.out_len ? POLLOUT : 0)), 0},
            {asking.descriptor, (short)(POLLIN | (asking.sent < asking.out_len ? POLLOUT : 0)), 0}};
        assert_true(poll(watched, 3, 10000) > 0);
        serve(watched[0].revents, watched[1].revents);
        if (asking.descriptor >= 0 && move_bytes(&asking, watched[2].revents)) {
            hand_back();
            waiting = judge_waiting();
        }
    }
}

/* ---- set-up ---- */

static void make_verifier(uint16_t port)
{
    char url[64];
    cogmig_verifier_config *config = NULL;
    snprintf(url, sizeof url, "http://127.0.0.1:%u/jwks", (unsigned)port);
    assert_int_equal(cogmig_verifier_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_issuer(config, ISSUER, url, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_allow_plain_http(config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_add_client(config, client, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ACCESS, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_verifier_config_set_non_blocking(config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_new(config, &verifier, NULL), COGMIG_OK);
    cogmig_verifier_config_free(&config);
}

static void make_request(struct request *request)
{
    cogmig_test_token *token = NULL;
    const char *jwt;
    size_t len;
    assert_int_equal(
        cogmig_test_token_new(issuer, COGMIG_TOKEN_USE_ACCESS, "sub", client, &token, NULL),
        COGMIG_OK);
    assert_int_equal(cogmig_test_token_sign(token, &jwt, &len, NULL), COGMIG_OK);
    *request = (struct request){.token = strdup(jwt)};
    cogmig_test_token_free(&token);
}

static int set_up(void **state)
{
    (void)state;
    assert_int_equal(cogmig_test_issuer_new(ISSUER, &issuer, NULL), COGMIG_OK);
    make_verifier(listen_somewhere());
    for (int i = 0; i < REQUESTS; i++)
        make_request(&requests[i]);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (int i = 0; i < REQUESTS; i++)
        free(requests[i].token);
    cogmig_key_fetch_free(&fetch);
    cogmig_verifier_free(&verifier);
    cogmig_test_issuer_free(&issuer);
    close(listener);
    return 0;
}

/* ---- the journey ---- */

/* promise 22 */
static void requests_wait_for_one_fetch_and_the_thread_waits_for_nothing(void **state)
{
    (void)state;
    size_t len = strlen(requests[REQUESTS - 1].token);
    char *last = &requests[REQUESTS - 1].token[len - 10];
    *last = *last == 'A' ? 'B' : 'A';
    run_loop();
    for (int i = 0; i < REQUESTS; i++) {
        assert_int_equal(requests[i].attempts, 2);
        assert_int_equal(requests[i].verdict,
                         i < REQUESTS - 1 ? COGMIG_OK : COGMIG_TOKEN_SIGNATURE_INVALID);
    }
    assert_int_equal(answers, 1);
    assert_int_equal(judge_waiting(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            requests_wait_for_one_fetch_and_the_thread_waits_for_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("journey: event loop", tests, NULL, NULL);
}
