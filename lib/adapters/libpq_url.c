/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/libpq_url.h"

#include "adapters/libpq_login.h"
#include "base/cleanup.h"
#include "status/error.h"

#include <string.h>

enum {
    MAX_PORT = 65535,
    MAX_PARAMETERS = 96 /* libpq knows half as many */
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

/* ---- lists: host=a,b port=1,2 ---- */

static int count_items(const char *list)
{
    int count = list != NULL && *list != '\0';
    for (; list != NULL && *list != '\0'; list++)
        count += *list == ',';
    return count;
}

static cogmig_status check_lists(const PQconninfoOption *options, cogmig_error *err)
{
    int hosts = count_items(libpq_option(options, "host"));
    int addresses = count_items(libpq_option(options, "hostaddr"));
    int ports = count_items(libpq_option(options, "port"));
    int servers = hosts > addresses ? hosts : addresses;
    if ((hosts == 0 || addresses == 0 || hosts == addresses) &&
        (ports <= 1 || ports == (servers == 0 ? 1 : servers)))
        return COGMIG_OK;
    return fail(err, COGMIG_STORE_URL_INVALID,
                "The store's URL has lists of hosts, addresses or ports that do not fit each "
                "other: %d, %d and %d.",
                hosts, addresses, ports);
}

/* ---- all else, by asking libpq ---- */

static bool is_of_servers(const char *keyword)
{
    static const char *const names[] = {"host", "hostaddr", "port"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (strcmp(keyword, names[i]) == 0)
            return true;
    return false;
}

struct parameters {
    const char *keywords[MAX_PARAMETERS + 1];
    const char *values[MAX_PARAMETERS + 1];
    size_t count;
};

static void add(struct parameters *parameters, const char *keyword, const char *value)
{
    if (parameters->count == MAX_PARAMETERS)
        return;
    parameters->keywords[parameters->count] = keyword;
    parameters->values[parameters->count++] = value;
}

/* The hosts are a folder in which no server has a socket, so nobody is asked, not even where
 * PGHOSTADDR points: two hosts without address can say so. With a password, libpq leaves ~/.pgpass
 * alone. */
static bool would_be_tried(struct parameters *parameters)
{
    add(parameters, "host", "/,/");
    add(parameters, "hostaddr", ",");
    add(parameters, "password", "-");
    return PQpingParams(parameters->keywords, parameters->values, 0) != PQPING_NO_ATTEMPT;
}

/* The first parameter that libpq refuses on its own, or NULL. */
static const char *refused_parameter(const PQconninfoOption *options)
{
    for (; options->keyword != NULL; options++) {
        struct parameters one = {.count = 0};
        if (options->val == NULL || is_of_servers(options->keyword))
            continue;
        add(&one, options->keyword, options->val);
        if (!would_be_tried(&one))
            return options->keyword;
    }
    return NULL;
}

static cogmig_status check_with_libpq(const PQconninfoOption *options, cogmig_error *err)
{
    struct parameters all = {.count = 0};
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++)
        if (option->val != NULL && !is_of_servers(option->keyword) &&
            all.count < MAX_PARAMETERS - 3)
            add(&all, option->keyword, option->val);
    if (would_be_tried(&all))
        return COGMIG_OK;
    const char *name = refused_parameter(options);
    if (name != NULL)
        return fail(err, COGMIG_STORE_URL_INVALID,
                    "The store's URL has a value for %s= that libpq does not take.", name);
    return fail(err, COGMIG_STORE_URL_INVALID,
                "libpq refuses the store's URL before it asks a server: do its parameters fit each "
                "other, and the environment's PG… variables?");
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
        status = check_lists(options, err);
    if (status == COGMIG_OK)
        status = check_with_libpq(options, err);
    return status;
}
