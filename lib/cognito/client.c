/* SPDX-License-Identifier: Apache-2.0 */
#include "cognito/client.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "cognito/config.h"
#include "cognito/endpoint.h"
#include "cognito/environment.h"
#include "status/error.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- making one ---- */

static bool copy_text(const char *text, char **ret_copy)
{
    *ret_copy = text == NULL ? NULL : memory_copy_text(text);
    return text == NULL || *ret_copy != NULL;
}

static bool copy_span(struct span s, char **ret_copy)
{
    *ret_copy = memory_copy_bytes(s.bytes, s.len);
    return *ret_copy != NULL;
}

static bool copy_endpoint(const cogmig_cognito_config *config, cogmig_cognito *cognito)
{
    cognito->endpoint = config->endpoint == NULL
                            ? endpoint_of_service("cognito-idp", endpoint_region(config->pool_id))
                            : memory_copy_text(config->endpoint);
    if (cognito->endpoint == NULL)
        return false;
    size_t len = strlen(cognito->endpoint);
    if (cognito->endpoint[len - 1] == '/')
        cognito->endpoint[len - 1] = '\0';
    return copy_span(endpoint_host(cognito->endpoint), &cognito->host);
}

static bool copy_config(const cogmig_cognito_config *config, cogmig_cognito *cognito)
{
    cognito->plain_http = config->plain_http;
    cognito->endpoint_is_given = config->endpoint != NULL;
    cognito->timeout_ms = config->timeout_ms;
    cognito->pages_per_s = config->pages_per_s;
    cognito->credentials_are_given = config->credentials.access_key_id != NULL;
    return copy_text(config->pool_id, &cognito->pool_id) &&
           copy_text(config->client_id, &cognito->client_id) &&
           copy_text(config->client_secret, &cognito->client_secret) &&
           copy_text(config->ca_file, &cognito->ca_file) &&
           copy_text(config->lambda_endpoint, &cognito->lambda_endpoint) &&
           copy_span(endpoint_region(config->pool_id), &cognito->region) &&
           copy_endpoint(config, cognito) &&
           (!cognito->credentials_are_given ||
            credentials_copy(&config->credentials, &cognito->credentials));
}

static bool is_plain(const char *endpoint)
{
    return endpoint != NULL && endpoint_is_plain_http(endpoint);
}

static cogmig_status check_config(const cogmig_cognito_config *config, cogmig_error *err)
{
    if (config->pool_id == NULL)
        return fail(err, COGMIG_CONFIG_INCOMPLETE,
                    "No user pool was given; it says which region answers.");
    if (config->endpoint == NULL && !endpoint_is_known_region(endpoint_region(config->pool_id)))
        return fail(err, COGMIG_CONFIG_INCOMPLETE,
                    "\"%.60s\" is a pool of an emulator; give its endpoint (COGNITO_ENDPOINT).",
                    config->pool_id);
    if (!config->plain_http && (is_plain(config->endpoint) || is_plain(config->lambda_endpoint)))
        return fail(err, COGMIG_CONFIG_INVALID,
                    "The endpoint is plain http://, over which passwords can be read; allow it for "
                    "an emulator (COGMIG_ALLOW_PLAIN_HTTP=1).");
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_new(const cogmig_cognito_config *config,
                                               cogmig_cognito **ret_cognito, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_cognito != NULL)
        *ret_cognito = NULL;
    if (config == NULL || ret_cognito == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config or ret_cognito is NULL.");
    cogmig_status status = check_config(config, err);
    if (status != COGMIG_OK)
        return status;
    cogmig_cognito *cognito = memory_new(sizeof *cognito);
    if (cognito == NULL || pthread_mutex_init(&cognito->lock, NULL) != 0) {
        memory_free(cognito);
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    }
    if (!copy_config(config, cognito)) {
        cogmig_cognito_free(&cognito);
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    }
    *ret_cognito = cognito;
    return COGMIG_OK;
}

COGMIG_PUBLIC void cogmig_cognito_free(cogmig_cognito **cognito)
{
    if (cognito == NULL || *cognito == NULL)
        return;
    cogmig_cognito *c = *cognito;
    char *texts[] = {c->pool_id,  c->client_id, c->client_secret, c->region,
                     c->endpoint, c->host,      c->ca_file,       c->lambda_endpoint};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        memory_free(texts[i]);
    credentials_release(&c->credentials);
    pthread_mutex_destroy(&c->lock);
    memory_free(c);
    *cognito = NULL;
}

/* ---- from the environment ---- */

const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value == NULL || value[0] == '\0' ? NULL : value;
}

/* The first of several, which the verifier accepts. */
static cogmig_status set_client(cogmig_cognito_config *config, cogmig_error *err)
{
    const char *ids = variable("COGNITO_CLIENT_ID");
    if (ids == NULL)
        return COGMIG_OK;
    struct span first = span_trim((struct span){ids, strcspn(ids, ",")});
    SCOPED(memory_release) char *id = memory_copy_bytes(first.bytes, first.len);
    if (id == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    return cogmig_cognito_config_set_client(config, id, variable("COGNITO_CLIENT_SECRET"), err);
}

/* AWS SDKs and Tools Reference Guide, "Service-specific endpoints": what is set for one service
 * outranks what is set for all. Whoever works against an emulator has set one of them, and must not
 * meet his real pool. */
static const char *aws_endpoint(const char *of_service)
{
    const char *ignored = variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    if (ignored != NULL && strcasecmp(ignored, "true") == 0)
        return NULL;
    const char *endpoint = variable(of_service);
    return endpoint == NULL ? variable("AWS_ENDPOINT_URL") : endpoint;
}

static const char *cognito_endpoint(void)
{
    const char *endpoint = variable("COGNITO_ENDPOINT");
    return endpoint == NULL ? aws_endpoint("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER") : endpoint;
}

static cogmig_status set_where(cogmig_cognito_config *config, cogmig_error *err)
{
    const char *pool_id = variable("COGNITO_USER_POOL_ID");
    const char *endpoint = cognito_endpoint();
    const char *lambda_endpoint = aws_endpoint("AWS_ENDPOINT_URL_LAMBDA");
    const char *plain_http = variable("COGMIG_ALLOW_PLAIN_HTTP");
    if (plain_http != NULL && strcmp(plain_http, "1") != 0 && strcmp(plain_http, "0") != 0)
        return fail(err, COGMIG_CONFIG_INVALID, "COGMIG_ALLOW_PLAIN_HTTP is 1 or 0.");
    config->plain_http = plain_http != NULL && plain_http[0] == '1';
    if (pool_id == NULL)
        return fail(err, COGMIG_CONFIG_INCOMPLETE, "COGNITO_USER_POOL_ID is not set.");
    cogmig_status status = cogmig_cognito_config_set_pool(config, pool_id, err);
    if (status == COGMIG_OK && endpoint != NULL)
        status = cogmig_cognito_config_set_endpoint(config, endpoint, err);
    if (status == COGMIG_OK && lambda_endpoint != NULL)
        status = cogmig_cognito_config_set_lambda_endpoint(config, lambda_endpoint, err);
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_config_set_from_env(cogmig_cognito_config *config,
                                                               cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config is NULL.");
    cogmig_status status = set_where(config, err);
    return status == COGMIG_OK ? set_client(config, err) : status;
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_new_from_env(cogmig_cognito **ret_cognito,
                                                        cogmig_error *err)
{
    SCOPED(cogmig_cognito_config_free) cogmig_cognito_config *config = NULL;
    cogmig_error_clear(err);
    if (ret_cognito == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "ret_cognito is NULL.");
    *ret_cognito = NULL;
    cogmig_status status = cogmig_cognito_config_new(&config, err);
    if (status == COGMIG_OK)
        status = cogmig_cognito_config_set_from_env(config, err);
    return status == COGMIG_OK ? cogmig_cognito_new(config, ret_cognito, err) : status;
}

/* ---- credentials ---- */

enum {
    RENEW_BEFORE_S = 300
};

/* The old ones are kept while they last when no new ones come. */
static cogmig_status renew(cogmig_cognito *cognito, struct deadline deadline, int64_t now_s,
                           cogmig_error *err)
{
    struct credentials found = {.access_key_id = NULL};
    cogmig_status status = credentials_find(deadline, &found, err);
    bool old_ones_last = cognito->credentials.access_key_id != NULL &&
                         !credentials_expire_within(&cognito->credentials, now_s, 0);
    if (status != COGMIG_OK)
        return old_ones_last ? COGMIG_OK : status;
    credentials_release(&cognito->credentials);
    cognito->credentials = found;
    return COGMIG_OK;
}

cogmig_status client_credentials(cogmig_cognito *cognito, struct deadline deadline,
                                 struct credentials *ret_credentials, cogmig_error *err)
{
    int64_t now_s = clock_unix_s();
    cogmig_status status = COGMIG_OK;
    pthread_mutex_lock(&cognito->lock);
    if (cognito->credentials.access_key_id == NULL ||
        credentials_expire_within(&cognito->credentials, now_s, RENEW_BEFORE_S))
        status = renew(cognito, deadline, now_s, err);
    if (status == COGMIG_OK && !credentials_copy(&cognito->credentials, ret_credentials))
        status = fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    pthread_mutex_unlock(&cognito->lock);
    return status;
}

bool client_forget_credentials(cogmig_cognito *cognito)
{
    if (cognito->credentials_are_given)
        return false;
    pthread_mutex_lock(&cognito->lock);
    credentials_release(&cognito->credentials);
    pthread_mutex_unlock(&cognito->lock);
    return true;
}
