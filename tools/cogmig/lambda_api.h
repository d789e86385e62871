/* SPDX-License-Identifier: Apache-2.0
 * Lambda's invoke API and its runtime API at one local door: who calls the function, who is the
 * function, and which answer belongs to which call. */
#ifndef COGMIG_TOOL_LAMBDA_API_H
#define COGMIG_TOOL_LAMBDA_API_H

#include "http.h"

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    LAMBDA_MAX_CONNECTIONS = 64
};

enum lambda_role {
    ROLE_NONE,    /* between requests */
    ROLE_CALLER,  /* waits until its event is taken */
    ROLE_TAKEN,   /* waits for the answer */
    ROLE_FUNCTION /* waits for an event */
};

struct lambda_client {
    struct http_connection http;
    enum lambda_role role;
    int64_t number;      /* of the invocation */
    int64_t deadline_ms; /* of it, on the steady clock */
};

struct lambda_api {
    int listener;
    int32_t port;
    int32_t timeout_ms; /* for one invocation */
    int64_t invocations;
    bool was_asked; /* the function asked for an event since it was started */
    struct lambda_client clients[LAMBDA_MAX_CONNECTIONS];
};

/* Listen on 127.0.0.1; port 0: any. False, with errno, when that is not possible. */
bool lambda_api_open(struct lambda_api *api, int32_t port, int32_t timeout_ms);

void lambda_api_close(struct lambda_api *api);

/* What to poll for: the listener, then each client. */
void lambda_api_prepare(const struct lambda_api *api, struct pollfd *polled);

/* Do what the poll found. */
void lambda_api_turn(struct lambda_api *api, const struct pollfd *polled);

/* Milliseconds until an invocation has had its time; -1: none waits. */
int lambda_api_left_ms(const struct lambda_api *api);

/* Tell the callers whose time is over; true when one of them had been taken. */
bool lambda_api_expire(struct lambda_api *api);

/* Does a caller wait for the function to take its event? */
bool lambda_api_wants_function(const struct lambda_api *api);

/* The function has ended: so have the invocations that it had taken, and all when it never asked
 * for one. */
void lambda_api_function_ended(struct lambda_api *api);

#endif
