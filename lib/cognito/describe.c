/* SPDX-License-Identifier: Apache-2.0
 * How pool and app client are set up, as Cognito tells it. */
#include "base/cleanup.h"
#include "base/public.h"
#include "cognito/call.h"
#include "status/error.h"

static cogmig_status describe(cogmig_cognito *cognito, struct call *call, char **ret_json,
                              size_t *ret_len, cogmig_error *err)
{
    SCOPED(answer_release) struct answer answer = {.body = buffer_with_max(0)};
    cogmig_status status = call_run(cognito, call, NULL, &answer, err);
    if (status != COGMIG_OK)
        return status;
    *ret_json = buffer_take(&answer.body, ret_len);
    return *ret_json == NULL ? fail_plainly(err, COGMIG_OUT_OF_MEMORY) : COGMIG_OK;
}

static cogmig_status check(const cogmig_cognito *cognito, char **ret_json, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_json != NULL)
        *ret_json = NULL;
    return cognito == NULL || ret_json == NULL
               ? fail(err, COGMIG_INVALID_ARGUMENT, "cognito or ret_json is NULL.")
               : COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_describe_pool(cogmig_cognito *cognito, char **ret_json,
                                                         size_t *ret_len, cogmig_error *err)
{
    cogmig_status status = check(cognito, ret_json, err);
    if (status != COGMIG_OK)
        return status;
    SCOPED(call_release) struct call call = call_begin("DescribeUserPool", true);
    call_add(&call, "UserPoolId", span_of(cognito->pool_id));
    return describe(cognito, &call, ret_json, ret_len, err);
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_describe_client(cogmig_cognito *cognito, char **ret_json,
                                                           size_t *ret_len, cogmig_error *err)
{
    cogmig_status status = check(cognito, ret_json, err);
    if (status != COGMIG_OK)
        return status;
    if (cognito->client_id == NULL)
        return fail(err, COGMIG_CONFIG_INCOMPLETE, "No app client was given (COGNITO_CLIENT_ID).");
    SCOPED(call_release) struct call call = call_begin("DescribeUserPoolClient", true);
    call_add(&call, "UserPoolId", span_of(cognito->pool_id));
    call_add(&call, "ClientId", span_of(cognito->client_id));
    return describe(cognito, &call, ret_json, ret_len, err);
}
