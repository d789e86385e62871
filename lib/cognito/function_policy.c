/* SPDX-License-Identifier: Apache-2.0
 * Who may invoke a trigger's function, as Lambda tells it. */
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "cognito/call.h"
#include "cognito/endpoint.h"
#include "cognito/function_arn.h"
#include "status/error.h"

#include <string.h>

enum {
    MAX_TEXT = 2048
};

/* Where it is, in memory of its own. */
struct place {
    char *endpoint;
    char *region, *host;
    struct buffer url, path, query;
};

static void release_place(struct place *place)
{
    memory_free(place->endpoint);
    memory_free(place->region);
    memory_free(place->host);
    buffer_release(&place->url);
    buffer_release(&place->path);
    buffer_release(&place->query);
}

/* In the URL a colon is %3A, and as it is signed the percent sign is encoded, too (IAM User Guide,
 * "Create a signed AWS API request": every service but S3 has paths encoded twice). */
static void add_path(struct buffer *b, struct span function, const char *colon)
{
    buffer_add_text(b, "/2015-03-31/functions/");
    for (size_t i = 0; i < function.len; i++)
        if (function.bytes[i] == ':')
            buffer_add_text(b, colon);
        else
            buffer_add_byte(b, function.bytes[i]);
    buffer_add_text(b, "/policy");
}

static bool fill_place(const cogmig_cognito *cognito, const struct function_arn *arn,
                       struct place *place)
{
    place->endpoint = cognito->lambda_endpoint == NULL ? endpoint_of_service("lambda", arn->region)
                                                       : memory_copy_text(cognito->lambda_endpoint);
    place->region = memory_copy_bytes(arn->region.bytes, arn->region.len);
    if (place->endpoint == NULL || place->region == NULL)
        return false;
    struct span host = endpoint_host(place->endpoint);
    place->host = memory_copy_bytes(host.bytes, host.len);
    if (arn->qualifier.len > 0)
        buffer_add_text(&place->query, "Qualifier=");
    buffer_add(&place->query, arn->qualifier);
    add_path(&place->path, arn->function, "%253A");
    size_t len = strlen(place->endpoint);
    buffer_add(&place->url,
               (struct span){place->endpoint, place->endpoint[len - 1] == '/' ? len - 1 : len});
    add_path(&place->url, arn->function, "%3A");
    if (arn->qualifier.len > 0) {
        buffer_add_byte(&place->url, '?');
        buffer_add(&place->url, (struct span){place->query.bytes, place->query.len});
    }
    return place->host != NULL && place->query.state == BUFFER_GOOD &&
           place->path.state == BUFFER_GOOD && place->url.state == BUFFER_GOOD;
}

static cogmig_status ask(cogmig_cognito *cognito, const struct place *place, char **ret_json,
                         size_t *ret_len, cogmig_error *err)
{
    const struct resource resource = {
        .service = "lambda",
        .region = place->region,
        .host = place->host,
        .url = place->url.bytes,
        .path = place->path.bytes,
        .query = place->query.bytes == NULL ? "" : place->query.bytes,
    };
    SCOPED(answer_release) struct answer answer = {.body = buffer_with_max(0)};
    SCOPED(call_release) struct call call = call_begin("GetPolicy", true);
    call.resource = &resource;
    cogmig_status status = call_run(cognito, &call, NULL, &answer, err);
    if (status != COGMIG_OK)
        return status;
    *ret_json = buffer_take(&answer.body, ret_len);
    return *ret_json == NULL ? fail_plainly(err, COGMIG_OUT_OF_MEMORY) : COGMIG_OK;
}

static cogmig_status check(const cogmig_cognito *cognito, const char *function_arn,
                           struct function_arn *ret_arn, cogmig_error *err)
{
    if (!function_arn_read(function_arn, ret_arn))
        return fail(err, COGMIG_INVALID_ARGUMENT,
                    "\"%.200s\" is not the ARN of a Lambda function, such as "
                    "arn:aws:lambda:eu-central-1:123456789012:function:name.",
                    function_arn);
    if (cognito->lambda_endpoint == NULL && cognito->endpoint_is_given)
        return fail(err, COGMIG_CONFIG_INCOMPLETE,
                    "Cognito is asked at an endpoint that was given; give Lambda's, too "
                    "(AWS_ENDPOINT_URL_LAMBDA).");
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_get_function_policy(cogmig_cognito *cognito,
                                                               const char *function_arn,
                                                               char **ret_json, size_t *ret_len,
                                                               cogmig_error *err)
{
    struct function_arn arn;
    cogmig_error_clear(err);
    if (ret_json != NULL)
        *ret_json = NULL;
    if (cognito == NULL || function_arn == NULL || ret_json == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "cognito, function_arn or ret_json is NULL.");
    cogmig_status status = check(cognito, function_arn, &arn, err);
    if (status != COGMIG_OK)
        return status;
    SCOPED(release_place)
    struct place place = {.url = buffer_with_max(MAX_TEXT),
                          .path = buffer_with_max(MAX_TEXT),
                          .query = buffer_with_max(MAX_TEXT)};
    if (!fill_place(cognito, &arn, &place))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    return ask(cognito, &place, ret_json, ret_len, err);
}
