/* SPDX-License-Identifier: Apache-2.0 */
#include "cognito/function_arn.h"

#include "cognito/endpoint.h"

#include <string.h>

enum {
    ARN_MAX_BYTES = 512
};

static const char name_bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

/* What stands before the next colon, which is skipped. */
static struct span next_part(const char **at)
{
    struct span part = {*at, strcspn(*at, ":")};
    *at += part.len + ((*at)[part.len] == ':' ? 1 : 0);
    return part;
}

static bool is_name(struct span part)
{
    return part.len > 0 && strspn(part.bytes, name_bytes) >= part.len;
}

static bool is_digits(struct span part)
{
    return part.len > 0 && strspn(part.bytes, "0123456789") >= part.len;
}

bool function_arn_read(const char *arn, struct function_arn *ret_arn)
{
    const char *at = arn;
    if (strnlen(arn, ARN_MAX_BYTES + 1) > ARN_MAX_BYTES || !span_equal_text(next_part(&at), "arn"))
        return false;
    bool good = is_name(next_part(&at)) && span_equal_text(next_part(&at), "lambda");
    struct span region = next_part(&at);
    good = good && is_name(region) && endpoint_is_known_region(region) && is_digits(next_part(&at));
    good = good && span_equal_text(next_part(&at), "function");
    struct span name = next_part(&at);
    struct span qualifier = {at, strlen(at)};
    if (!good || !is_name(name))
        return false;
    if (qualifier.len > 0 && !is_name(qualifier) && strcmp(at, "$LATEST") != 0)
        return false;
    /* The policy of $LATEST is that of the function. */
    if (qualifier.bytes[0] == '$')
        qualifier.len = 0;
    *ret_arn =
        (struct function_arn){{arn, (size_t)(name.bytes + name.len - arn)}, region, qualifier};
    return true;
}
