/* SPDX-License-Identifier: Apache-2.0
 * One operation of the API: its JSON goes, its JSON comes. */
#ifndef COGNITO_CALL_H
#define COGNITO_CALL_H

#include "base/json.h"
#include "cognito/client.h"

/* What another service than Cognito has, read with GET. */
struct resource {
    const char *service;
    const char *region;
    const char *host;
    const char *url;
    const char *path; /* and query, as they are signed: see sigv4.h */
    const char *query;
};

/* Filled member by member, then run once. */
struct call {
    const char *operation;           /* as AWS names it */
    bool is_signed;                  /* with AWS credentials */
    const struct resource *resource; /* NULL: the operation is Cognito's, and has a body */
    struct span secret;              /* what must not be in a message even if AWS repeats it */
    struct buffer body;
};

struct call call_begin(const char *operation, bool is_signed);
void call_release(struct call *call);

/* "name":"text"; false unless text is UTF-8. */
bool call_add(struct call *call, const char *name, struct span text);
void call_add_number(struct call *call, const char *name, int64_t number);

/* "name":{ or [, what follows is inside; name is NULL within an array. */
void call_open(struct call *call, const char *name, char bracket);
void call_close(struct call *call, char bracket);

/* The answer: a JSON object, checked. */
struct answer {
    struct buffer body;
    struct json_value root;
};

void answer_release(struct answer *answer);

/* Send it, and again while AWS throttles and the client's time lasts. What users do, which may use
 * a token up or send a code, is not sent again when its answer was lost.
 *
 * session  NULL: one for this call alone
 *
 * Errors: OUT_OF_MEMORY, INTERNAL_ERROR, CONFIG_INVALID, those of refusal_of(), http_exchange() and
 * credentials_find(). */
cogmig_status call_run(cogmig_cognito *cognito, struct call *call, struct http_session *session,
                       struct answer *ret_answer, cogmig_error *err);

void call_sleep_ms(int32_t ms);

#endif
