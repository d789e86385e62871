/* SPDX-License-Identifier: Apache-2.0 */
#include "cognito/config.h"

#include "base/memory.h"
#include "base/public.h"
#include "cognito/endpoint.h"
#include "status/error.h"

#include <string.h>

enum {
    DEFAULT_TIMEOUT_MS = 10000,
    MAX_TIMEOUT_MS = 600000,
    DEFAULT_PAGES_PER_S = 10,
    MAX_PAGES_PER_S = 10000
};

COGMIG_PUBLIC cogmig_status cogmig_cognito_config_new(cogmig_cognito_config **ret_config,
                                                      cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_config == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "ret_config is NULL.");
    *ret_config = memory_new(sizeof **ret_config);
    if (*ret_config == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    (*ret_config)->timeout_ms = DEFAULT_TIMEOUT_MS;
    (*ret_config)->pages_per_s = DEFAULT_PAGES_PER_S;
    return COGMIG_OK;
}

COGMIG_PUBLIC void cogmig_cognito_config_free(cogmig_cognito_config **config)
{
    if (config == NULL || *config == NULL)
        return;
    memory_free((*config)->pool_id);
    memory_free((*config)->client_id);
    memory_free((*config)->client_secret);
    memory_free((*config)->endpoint);
    memory_free((*config)->lambda_endpoint);
    memory_free((*config)->ca_file);
    credentials_release(&(*config)->credentials);
    memory_free(*config);
    *config = NULL;
}

static cogmig_status no_argument(cogmig_error *err)
{
    return fail(err, COGMIG_INVALID_ARGUMENT, "config or a required argument is NULL.");
}

/* NULL empties the setting. */
static cogmig_status replace(char **setting, const char *text, cogmig_error *err)
{
    char *copy = text == NULL ? NULL : memory_copy_text(text);
    if (text != NULL && copy == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    memory_free(*setting);
    *setting = copy;
    return COGMIG_OK;
}

/* Printable ASCII without spaces: nothing that could split a header or a body. */
static bool is_token(const char *text, size_t max)
{
    size_t len = strnlen(text, max + 1);
    if (len == 0 || len > max)
        return false;
    for (size_t i = 0; i < len; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    return true;
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_config_set_pool(cogmig_cognito_config *config,
                                                           const char *pool_id, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || pool_id == NULL)
        return no_argument(err);
    if (!endpoint_is_pool_id(pool_id))
        return fail(err, COGMIG_POOL_ID_INVALID,
                    "\"%.60s\" is not the id of a user pool, such as eu-central-1_AbCdEfGhI.",
                    pool_id);
    return replace(&config->pool_id, pool_id, err);
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_config_set_client(cogmig_cognito_config *config,
                                                             const char *client_id,
                                                             const char *client_secret,
                                                             cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || client_id == NULL)
        return no_argument(err);
    if (!is_token(client_id, COGNITO_MAX_CLIENT_ID))
        return fail(err, COGMIG_CONFIG_INVALID, "An app client's id has 1 to %d letters or digits.",
                    COGNITO_MAX_CLIENT_ID);
    if (client_secret != NULL && !is_token(client_secret, COGNITO_MAX_SECRET))
        return fail(err, COGMIG_CONFIG_INVALID,
                    "An app client's secret has 1 to %d characters without spaces.",
                    COGNITO_MAX_SECRET);
    cogmig_status status = replace(&config->client_id, client_id, err);
    return status == COGMIG_OK ? replace(&config->client_secret, client_secret, err) : status;
}

static cogmig_status replace_endpoint(char **setting, const char *url, cogmig_error *err)
{
    if (!endpoint_is_url(url))
        return fail(err, COGMIG_CONFIG_INVALID,
                    "\"%.100s\" cannot be an endpoint; it is https://host or https://host:port.",
                    url);
    return replace(setting, url, err);
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_config_set_endpoint(cogmig_cognito_config *config,
                                                               const char *url, cogmig_error *err)
{
    cogmig_error_clear(err);
    return config == NULL || url == NULL ? no_argument(err)
                                         : replace_endpoint(&config->endpoint, url, err);
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_config_set_lambda_endpoint(cogmig_cognito_config *config,
                                                                      const char *url,
                                                                      cogmig_error *err)
{
    cogmig_error_clear(err);
    return config == NULL || url == NULL ? no_argument(err)
                                         : replace_endpoint(&config->lambda_endpoint, url, err);
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_config_allow_plain_http(cogmig_cognito_config *config,
                                                                   cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return no_argument(err);
    config->plain_http = true;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_config_set_ca_file(cogmig_cognito_config *config,
                                                              const char *path, cogmig_error *err)
{
    cogmig_error_clear(err);
    return config == NULL ? no_argument(err) : replace(&config->ca_file, path, err);
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_config_set_credentials(cogmig_cognito_config *config,
                                                                  const char *access_key_id,
                                                                  const char *secret_access_key,
                                                                  const char *session_token,
                                                                  cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || access_key_id == NULL || secret_access_key == NULL)
        return no_argument(err);
    if (!is_token(access_key_id, CREDENTIALS_MAX_KEY) ||
        !is_token(secret_access_key, CREDENTIALS_MAX_KEY) ||
        (session_token != NULL && !is_token(session_token, CREDENTIALS_MAX_TOKEN)))
        return fail(err, COGMIG_CONFIG_INVALID,
                    "AWS credentials are neither empty nor have they spaces in them.");
    return credentials_set(&config->credentials, access_key_id, secret_access_key, session_token)
               ? COGMIG_OK
               : fail_plainly(err, COGMIG_OUT_OF_MEMORY);
}

static cogmig_status set_number(int32_t *setting, const char *name, int32_t value, int32_t max,
                                cogmig_error *err)
{
    if (value < 1 || value > max)
        return fail(err, COGMIG_CONFIG_INVALID, "%s is %d; it is from 1 to %d.", name, (int)value,
                    (int)max);
    *setting = value;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_config_set_timeout_ms(cogmig_cognito_config *config,
                                                                 int32_t timeout_ms,
                                                                 cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return no_argument(err);
    return set_number(&config->timeout_ms, "timeout_ms", timeout_ms, MAX_TIMEOUT_MS, err);
}

COGMIG_PUBLIC cogmig_status cogmig_cognito_config_set_list_rate(cogmig_cognito_config *config,
                                                                int32_t pages_per_s,
                                                                cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return no_argument(err);
    return set_number(&config->pages_per_s, "pages_per_s", pages_per_s, MAX_PAGES_PER_S, err);
}
