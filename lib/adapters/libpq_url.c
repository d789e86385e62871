/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/libpq_url.h"

#include "adapters/libpq_login.h"
#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/span.h"
#include "status/error.h"

#include <string.h>

enum {
    MAX_PORT = 65535,
    MAX_HOSTS = 32 * 1024 /* twice the longest URL, and more */
};

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- ports ---- */

/* A password whose slash, question mark or at sign is not encoded ends up in other places of the
 * URL, first of all in the port, and libpq's messages repeat those. */
static bool is_port_list(const char *list)
{
    return list[strspn(list, "0123456789,")] == '\0';
}

/* The number at the beginning of a list; an empty one is the default. */
static bool is_port(const char *list)
{
    long number = 0;
    if (!is_digit(*list))
        return true;
    for (; is_digit(*list) && number <= MAX_PORT; list++)
        number = number * 10 + (*list - '0');
    return number >= 1 && number <= MAX_PORT;
}

static cogmig_status check_ports(const char *list, cogmig_error *err)
{
    if (!is_port_list(list))
        return fail(err, COGMIG_STORE_URL_INVALID,
                    "The store's URL has a port that is not a number; is @host missing, or a "
                    "special character of the password not percent-encoded?");
    for (const char *port = list; port != NULL; port = strchr(port, ',')) {
        port += *port == ',';
        if (!is_port(port))
            return fail(err, COGMIG_STORE_URL_INVALID,
                        "The store's URL has a port that is not a number from 1 to %d.", MAX_PORT);
    }
    return COGMIG_OK;
}

/* ---- numbers, which libpq reads when it connects ---- */

static bool is_number(const char *text)
{
    text += *text == '-' || *text == '+';
    return is_digit(*text) && text[strspn(text, "0123456789")] == '\0';
}

static cogmig_status check_numbers(const PQconninfoOption *options, cogmig_error *err)
{
    static const char *const names[] = {"connect_timeout",  "keepalives",
                                        "keepalives_idle",  "keepalives_interval",
                                        "keepalives_count", "tcp_user_timeout"};
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *value = libpq_option(options, names[i]);
        if (value != NULL && value[0] != '\0' && !is_number(value))
            return fail(err, COGMIG_STORE_URL_INVALID,
                        "The store's URL has a %s= that is not a whole number.", names[i]);
    }
    return COGMIG_OK;
}

/* ---- all else, by asking libpq ---- */

/* As many hosts as there were, and each a folder in which no server has a socket. */
static bool add_hosts_nobody_has(struct buffer *list, const char *hosts)
{
    buffer_add_byte(list, '/');
    for (; hosts != NULL && *hosts != '\0'; hosts++)
        if (*hosts == ',')
            buffer_add_text(list, ",/");
    buffer_add_byte(list, '\0');
    return list->state == BUFFER_GOOD;
}

/* Of a list of addresses its commas: each is left open, and counted with the hosts. */
static bool add_open_addresses(struct buffer *list, const char *addresses)
{
    for (; addresses != NULL && *addresses != '\0'; addresses++)
        if (*addresses == ',')
            buffer_add_byte(list, ',');
    buffer_add_byte(list, '\0');
    return list->state == BUFFER_GOOD;
}

/* What is behind the first one outranks it. With a password, libpq leaves ~/.pgpass alone. */
static bool would_be_tried(const char *keyword, const char *value, const char *hosts,
                           const char *addresses)
{
    const char *const keywords[] = {keyword, "host", "hostaddr", "password", NULL};
    const char *const values[] = {value, hosts, addresses, "-", NULL};
    const int dbname_is_a_url = 1;
    return PQpingParams(keywords, values, dbname_is_a_url) != PQPING_NO_ATTEMPT;
}

/* The first parameter that libpq refuses on its own, or NULL. */
static const char *refused_parameter(const PQconninfoOption *options)
{
    static const char *const of_servers[] = {"host", "hostaddr", "port", "dbname"};
    for (; options->keyword != NULL; options++) {
        bool skip = options->val == NULL;
        for (size_t i = 0; i < COUNT(of_servers); i++)
            skip = skip || strcmp(options->keyword, of_servers[i]) == 0;
        if (!skip && !would_be_tried(options->keyword, options->val, "/", ""))
            return options->keyword;
    }
    return NULL;
}

static cogmig_status check_with_libpq(const char *url, const PQconninfoOption *options,
                                      cogmig_error *err)
{
    SCOPED(buffer_release) struct buffer hosts = buffer_with_max(MAX_HOSTS);
    SCOPED(buffer_release) struct buffer addresses = buffer_with_max(MAX_HOSTS);
    const char *host = libpq_option(options, "host"), *address = libpq_option(options, "hostaddr");
    if (!add_hosts_nobody_has(&hosts, host == NULL ? address : host) ||
        !add_open_addresses(&addresses, address))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    if (would_be_tried("dbname", url, hosts.bytes, addresses.bytes))
        return COGMIG_OK;
    const char *name = refused_parameter(options);
    if (name != NULL)
        return fail(err, COGMIG_STORE_URL_INVALID,
                    "The store's URL has a value for %s= that libpq does not take.", name);
    return fail(err, COGMIG_STORE_URL_INVALID,
                "libpq refuses the store's URL before it asks a server: do its lists of hosts and "
                "ports fit each other, and the environment's PG… variables?");
}

cogmig_status libpq_check_url(const char *url, cogmig_error *err)
{
    char *words = NULL;
    SCOPED(libpq_release_options) PQconninfoOption *options = PQconninfoParse(url, &words);
    PQfreemem(words); /* never shown: it may repeat the password */
    if (options == NULL)
        return fail(err, COGMIG_STORE_URL_INVALID,
                    "libpq cannot read the store's URL: it looks like "
                    "postgresql://user:password@host:5432/database?parameter=value, special "
                    "characters are percent-encoded, and each parameter must be one of libpq's.");
    const char *ports = libpq_option(options, "port");
    cogmig_status status = check_ports(ports == NULL ? "" : ports, err);
    if (status == COGMIG_OK)
        status = check_numbers(options, err);
    if (status == COGMIG_OK)
        status = check_with_libpq(url, options, err);
    return status;
}
