/* SPDX-License-Identifier: Apache-2.0
 * What nginx asks with `auth_request`: is the token of this request good, and whose is it?
 *
 *     COGNITO_USER_POOL_ID=... COGNITO_CLIENT_ID=... cogmig-auth-request PORT
 *
 * 204 with X-Auth-Sub and X-Auth-Legacy-Id, 401, or 503 when nothing could be decided. A few
 * threads with a blocking verifier: simple, and enough, since a token that was seen before costs a
 * few microseconds. nginx.conf is its other half. */
#include "../http/listener.h"
#include "../http/request.h"

#include <cogmig/cogmig.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum {
    THREADS = 8,
    MAX_WAIT_S = 5 /* for nginx to say what it wants */
};

static cogmig_verifier *verifier;
static int listener;

/* region: judge */
static size_t judge(const char *request, char *response)
{
    size_t len = 0;
    cogmig_claims *claims = NULL;
    const char *token = request_bearer(request, &len);
    if (token == NULL)
        return response_write(response, 401, "WWW-Authenticate: Bearer\r\n", "");

    cogmig_status status = cogmig_verifier_verify(verifier, token, len, &claims, NULL);
    if (cogmig_status_kind(status) == COGMIG_KIND_DENIED)
        return response_write(response, 401, "WWW-Authenticate: Bearer error=\"invalid_token\"\r\n",
                              "");
    if (status != COGMIG_OK) {
        fprintf(stderr, "%s: %s\n", cogmig_status_name(status), cogmig_status_sentence(status));
        return response_write(response, 503, "", "");
    }

    char headers[1024];
    const char *sub = cogmig_claims_sub(claims), *legacy_id = cogmig_claims_legacy_id(claims);
    snprintf(headers, sizeof headers, "X-Auth-Sub: %s\r\nX-Auth-Legacy-Id: %s\r\n",
             text_is_plain(sub) ? sub : "", text_is_plain(legacy_id) ? legacy_id : "");
    cogmig_claims_free(&claims);
    return response_write(response, 204, headers, "");
}
/* end region */

static void answer(int connection)
{
    char request[MAX_REQUEST_BYTES], response[MAX_RESPONSE_BYTES];
    struct timeval wait = {.tv_sec = MAX_WAIT_S};
    size_t len = 0;
    ssize_t got = 1;
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    request[0] = '\0';
    while (got > 0 && len < sizeof request - 1 && !request_is_whole(request)) {
        got = recv(connection, request + len, sizeof request - 1 - len, 0);
        len += got > 0 ? (size_t)got : 0;
        request[len] = '\0';
    }
    if (request_is_whole(request))
        (void)!send(connection, response, judge(request, response), MSG_NOSIGNAL);
}

static void *serve(void *unused)
{
    (void)unused;
    for (;;) {
        int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (connection < 0)
            continue;
        answer(connection);
        close(connection);
    }
    return NULL;
}

static bool make_verifier(void)
{
    cogmig_error *err = NULL;
    bool made = cogmig_error_new(&err) == COGMIG_OK &&
                cogmig_verifier_new_from_env(COGMIG_TOKEN_USE_ACCESS, &verifier, err) == COGMIG_OK;
    /* Now, so that no request has to wait for the keys. Without them it goes on: they are asked for
     * again with the first token, and until then the answer is 503. */
    if (!made || cogmig_verifier_hydrate(verifier, err) != COGMIG_OK)
        fprintf(stderr, "%s\n", cogmig_error_message(err));
    cogmig_error_free(&err);
    return made;
}

int main(int argc, char **argv)
{
    pthread_t thread;
    if (!make_verifier())
        return 1;
    listener = listener_open(argc > 1 ? argv[1] : "9000", 0);
    if (listener < 0)
        return 1;
    for (int i = 1; i < THREADS; i++)
        if (pthread_create(&thread, NULL, serve, NULL) != 0)
            return 1;
    serve(NULL);
}
