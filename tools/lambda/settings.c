/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AUTHORITIES "/etc/pki/tls/certs/ca-bundle.crt" /* Amazon Linux */

enum {
    DEFAULT_DEADLINE_MS = 4000,
    MAX_DEADLINE_MS = 4900, /* Cognito waits 5 seconds */
    MAX_CONCURRENCY = 10000,
    MAX_WORKERS = 64
};

static const char *text_or(const char *variable, const char *otherwise)
{
    const char *value = getenv(variable);
    return value == NULL || value[0] == '\0' ? otherwise : value;
}

static cogmig_status refuse(const char *variable, int32_t max, cogmig_error *err)
{
    char message[160];
    snprintf(message, sizeof message, "%s is a whole number from 1 to %" PRId32 ".", variable, max);
    cogmig_error_set(err, COGMIG_CONFIG_INVALID, message);
    return COGMIG_CONFIG_INVALID;
}

static cogmig_status read_number(const char *variable, int32_t otherwise, int32_t max,
                                 int32_t *ret_number, cogmig_error *err)
{
    const char *text = text_or(variable, NULL);
    *ret_number = otherwise;
    if (text == NULL)
        return COGMIG_OK;
    char *end;
    long number = strtol(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || number < 1 || number > max)
        return refuse(variable, max, err);
    *ret_number = (int32_t)number;
    return COGMIG_OK;
}

cogmig_status settings_read(struct settings *settings, cogmig_error *err)
{
    settings->runtime_api = text_or("AWS_LAMBDA_RUNTIME_API", NULL);
    settings->function = text_or("AWS_LAMBDA_FUNCTION_NAME", "local");
    if (settings->runtime_api == NULL) {
        cogmig_error_set(err, COGMIG_CONFIG_INCOMPLETE,
                         "AWS_LAMBDA_RUNTIME_API is not set: this program is started by Lambda, or "
                         "by \"cogmig lambda --local\".");
        return COGMIG_CONFIG_INCOMPLETE;
    }
    cogmig_status status = read_number("COGMIG_DEADLINE_MS", DEFAULT_DEADLINE_MS, MAX_DEADLINE_MS,
                                       &settings->deadline_ms, err);
    if (status == COGMIG_OK)
        status = read_number("AWS_LAMBDA_MAX_CONCURRENCY", 1, MAX_CONCURRENCY,
                             &settings->concurrency, err);
    if (settings->concurrency > MAX_WORKERS)
        settings->concurrency = MAX_WORKERS;
    return status;
}

static bool wants_verified_server(const char *url)
{
    return strstr(url, "sslmode=verify-") != NULL;
}

/* A variable of libpq would hold for the store, too, whose server may have another authority. */
static void trust_image_for_map(void)
{
    static const char name[] = "COGMIG_IDMAP_URL", parameter[] = "&sslrootcert=" AUTHORITIES;
    const char *url = text_or(name, "");
    if (!wants_verified_server(url) || strstr(url, "sslrootcert=") != NULL)
        return;
    size_t size = strlen(url) + sizeof parameter;
    char *longer = malloc(size);
    if (longer == NULL)
        return;
    snprintf(longer, size, "%s%s", url, parameter);
    setenv(name, longer, 1);
    explicit_bzero(longer, size);
    free(longer);
}

/* libpq would look in a home directory, which Lambda does not have: trust whom its image does. */
static void trust_image(void)
{
    if (wants_verified_server(text_or("DATABASE_URL", "")) ||
        strncmp(text_or("PGSSLMODE", ""), "verify-", 7) == 0)
        setenv("PGSSLROOTCERT", AUTHORITIES, 0);
    if (getenv("PGSSLROOTCERT") == NULL)
        trust_image_for_map();
}

void settings_fill_in(void)
{
    trust_image();
    /* Between any two events the process may have been frozen, whatever its clocks say. */
    setenv("COGMIG_PING_AFTER_IDLE_MS", "0", 0);
}
