/* SPDX-License-Identifier: Apache-2.0
 * A verifier from the variables that Cognito projects have in their .env. */
#include "base/cleanup.h"
#include "base/public.h"
#include "base/span.h"
#include "status/error.h"
#include "token/config.h"

#include <cogmig/verifier.h>
#include <stdlib.h>
#include <string.h>

/* An empty variable, as an .env file leaves it, is none. */
static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value == NULL || value[0] == '\0' ? NULL : value;
}

static cogmig_status add_issuer(cogmig_verifier_config *config, cogmig_error *err)
{
    const char *issuer = variable("COGNITO_ISSUER"), *pool_id = variable("COGNITO_USER_POOL_ID");
    if (issuer != NULL)
        return cogmig_verifier_config_add_issuer(config, issuer, NULL, err);
    if (pool_id != NULL)
        return cogmig_verifier_config_add_pool(config, pool_id, err);
    return fail(err, COGMIG_CONFIG_INCOMPLETE,
                "Neither COGNITO_USER_POOL_ID nor COGNITO_ISSUER is set.");
}

static cogmig_status add_client(cogmig_verifier_config *config, struct span client_id,
                                cogmig_error *err)
{
    char text[CLIENT_ID_MAX_BYTES + 1];
    if (client_id.len == 0 || client_id.len > CLIENT_ID_MAX_BYTES)
        return fail(err, COGMIG_CONFIG_INVALID,
                    "COGNITO_CLIENT_ID is a list of client ids of 1 to %d bytes with commas "
                    "between them.",
                    CLIENT_ID_MAX_BYTES);
    memcpy(text, client_id.bytes, client_id.len);
    text[client_id.len] = '\0';
    return cogmig_verifier_config_add_client(config, text, err);
}

/* Between two commas there is one; but blanks alone between ids are what people write, too, and one
 * id of two words would refuse every token. */
static cogmig_status add_words(cogmig_verifier_config *config, struct span rest, cogmig_error *err)
{
    cogmig_status status;
    do {
        size_t len = 0;
        while (len < rest.len && strchr(" \t\r\n", rest.bytes[len]) == NULL)
            len++;
        status = add_client(config, (struct span){rest.bytes, len}, err);
        rest = span_trim((struct span){rest.bytes + len, rest.len - len});
    } while (status == COGMIG_OK && rest.len > 0);
    return status;
}

static cogmig_status add_clients(cogmig_verifier_config *config, cogmig_error *err)
{
    const char *at = variable("COGNITO_CLIENT_ID");
    if (at == NULL)
        return fail(err, COGMIG_CONFIG_INCOMPLETE, "COGNITO_CLIENT_ID is not set.");
    for (;;) {
        size_t len = strcspn(at, ",");
        cogmig_status status = add_words(config, span_trim((struct span){at, len}), err);
        if (status != COGMIG_OK || at[len] == '\0')
            return status;
        at += len + 1;
    }
}

static cogmig_status set_plain_http(cogmig_verifier_config *config, cogmig_error *err)
{
    const char *value = variable("COGMIG_ALLOW_PLAIN_HTTP");
    if (value == NULL || strcmp(value, "0") == 0)
        return COGMIG_OK;
    if (strcmp(value, "1") != 0)
        return fail(err, COGMIG_CONFIG_INVALID, "COGMIG_ALLOW_PLAIN_HTTP is 1 or 0.");
    return cogmig_verifier_config_allow_plain_http(config, err);
}

COGMIG_PUBLIC cogmig_status cogmig_verifier_new_from_env(int32_t use,
                                                         cogmig_verifier **ret_verifier,
                                                         cogmig_error *err)
{
    SCOPED(cogmig_verifier_config_free) cogmig_verifier_config *config = NULL;
    cogmig_error_clear(err);
    if (ret_verifier == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "ret_verifier must not be NULL.");
    *ret_verifier = NULL;
    cogmig_status status = cogmig_verifier_config_new(&config, err);
    if (status == COGMIG_OK)
        status = cogmig_verifier_config_set_token_use(config, use, err);
    if (status == COGMIG_OK)
        status = add_issuer(config, err);
    if (status == COGMIG_OK)
        status = add_clients(config, err);
    if (status == COGMIG_OK)
        status = set_plain_http(config, err);
    return status == COGMIG_OK ? cogmig_verifier_new(config, ret_verifier, err) : status;
}
