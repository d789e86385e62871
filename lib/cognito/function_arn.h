/* SPDX-License-Identifier: Apache-2.0
 * The name of a Lambda function, as a user pool has it. */
#ifndef COGNITO_FUNCTION_ARN_H
#define COGNITO_FUNCTION_ARN_H

#include "base/span.h"

/* Parts of one ARN: borrowed from it. */
struct function_arn {
    struct span function; /* the ARN without a qualifier */
    struct span region;
    struct span qualifier; /* a version or an alias; empty: none */
};

/* arn:aws:lambda:eu-central-1:123456789012:function:name, with :alias or :version or without.
 * False for anything else. */
bool function_arn_read(const char *arn, struct function_arn *ret_arn);

#endif
