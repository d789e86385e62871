/* SPDX-License-Identifier: Apache-2.0
 * AWS Signature Version 4.
 *
 * It is not left to libcurl: which headers that signs differs between its versions, and it keeps
 * copies of the secret key. */
#ifndef COGNITO_SIGV4_H
#define COGNITO_SIGV4_H

#include "adapters/libcurl_request.h"
#include "cognito/credentials.h"

#include <stdint.h>

enum {
    SIGV4_DATE_SIZE = sizeof "20150830T123600Z",
    SIGV4_MAX_AUTHORIZATION = 1024
};

/* The value of X-Amz-Date. */
void sigv4_date(int64_t unix_s, char out[SIGV4_DATE_SIZE]);

/* The date is among the headers as x-amz-date. */
struct sigv4_scope {
    const char *date;
    const char *region;
    const char *service;
};

/* What is signed beside it: all of the headers, in the order of their names, which are in lower
 * case. */
struct sigv4_request {
    const char *method;
    const char *path; /* each segment encoded once more than in the URL */
    const char *query;
    const struct http_header *headers;
    size_t header_count;
    struct span body;
};

/* The value of Authorization. COGMIG_OUT_OF_MEMORY, or COGMIG_CONFIG_INVALID when it does not fit.
 */
cogmig_status sigv4_sign(const struct sigv4_scope *scope, const struct sigv4_request *request,
                         const struct credentials *credentials, char out[SIGV4_MAX_AUTHORIZATION]);

#endif
