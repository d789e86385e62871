/* SPDX-License-Identifier: Apache-2.0
 * Filling the caller's error box. */
#ifndef STATUS_ERROR_H
#define STATUS_ERROR_H

#include <cogmig/error.h>
#include <stdarg.h>

/* The status, with a message made as by printf(); control characters in it become '?', since parts
 * of it come from strangers and it is made for logs. Returns the status, so that a failing call
 * ends in `return fail(err, …)`. err may be NULL. */
__attribute__((format(printf, 3, 4))) cogmig_status fail(cogmig_error *err, cogmig_status status,
                                                         const char *format, ...);

/* The status with its own sentence. */
cogmig_status fail_plainly(cogmig_error *err, cogmig_status status);

/* What errno means, in the language of all other messages whatever the program's locale is. */
const char *system_reason(int error);

/* Add the code of what stood behind the failure, after fail(). */
void fail_upstream(cogmig_error *err, int32_t upstream, const char *code);
void fail_upstream_number(cogmig_error *err, int32_t upstream, int64_t code);

/* Add the claims that a token failed by, COGMIG_FAILED_*, after fail(). */
void fail_claims(cogmig_error *err, uint32_t failed);

/* Copy one box into another; either may be NULL. */
void error_copy(cogmig_error *to, const cogmig_error *from);

/* What the box holds is known here alone, so that others can put one on the stack. */
enum {
    ERROR_MAX_MESSAGE = 500 + 1,
    ERROR_MAX_UPSTREAM_CODE = 56
};

struct cogmig_error {
    cogmig_status status;
    int32_t upstream;
    uint32_t failed_claims;
    char upstream_code[ERROR_MAX_UPSTREAM_CODE];
    char message[ERROR_MAX_MESSAGE];
};

#endif
