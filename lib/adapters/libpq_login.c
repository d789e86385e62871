/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/libpq_login.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/span.h"
#include "status/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_ITEM = 512, /* a host name has 255 bytes, a socket's path 107 */
    MAX_PASSWORD = 16 * 1024,
    MAX_SESSION_OPTIONS = 16 * 1024,
    MAX_KEYWORDS = 9
};

void libpq_release_options(PQconninfoOption **options)
{
    PQconninfoFree(*options);
}

const char *libpq_option(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val;
    return NULL;
}

char *libpq_session_options(const char *url, const char *limit, int32_t limit_ms,
                            const char *settings)
{
    SCOPED(libpq_release_options) PQconninfoOption *options = PQconninfoParse(url, NULL);
    SCOPED(buffer_release) struct buffer text = buffer_with_max(MAX_SESSION_OPTIONS);
    const char *given = options == NULL ? NULL : libpq_option(options, "options");
    char first[64];
    if (given == NULL)
        given = getenv("PGOPTIONS");
    snprintf(first, sizeof first, "-c %s=%d ", limit, (int)limit_ms);
    buffer_add_text(&text, first);
    buffer_add_text(&text, given == NULL ? "" : given);
    buffer_add_text(&text, settings);
    return buffer_take(&text, NULL);
}

/* ---- lists: host=a,b port=1,2 ---- */

static int count_items(const char *list)
{
    int count = list != NULL;
    for (; list != NULL && *list != '\0'; list++)
        count += *list == ',';
    return count;
}

/* Of a list with one item, that is everybody's. */
static bool copy_item(const char *list, int index, char item[MAX_ITEM])
{
    const char *from = list == NULL ? "" : list;
    for (int i = 0; i < index && strchr(from, ',') != NULL; i++)
        from = strchr(from, ',') + 1;
    size_t len = strcspn(from, ",");
    if (len >= MAX_ITEM)
        return false;
    memcpy(item, from, len);
    item[len] = '\0';
    return true;
}

struct servers {
    const char *host, *hostaddr, *port;
    int count; /* 1: libpq takes the URL as it is */
};

/* A list that does not fit the others is left to libpq, which says what is wrong with it. */
static struct servers servers_of(const PQconninfoOption *options)
{
    struct servers servers = {.host = libpq_option(options, "host"),
                              .hostaddr = libpq_option(options, "hostaddr"),
                              .port = libpq_option(options, "port"),
                              .count = 1};
    int hosts = count_items(servers.host), addresses = count_items(servers.hostaddr);
    int ports = count_items(servers.port), count = hosts > addresses ? hosts : addresses;
    bool fits = (hosts == 0 || hosts == count) && (addresses == 0 || addresses == count) &&
                (ports <= 1 || ports == count);
    servers.count = fits && count > 1 ? count : 1;
    return servers;
}

/* ---- one attempt ---- */

struct attempt {
    char host[MAX_ITEM], hostaddr[MAX_ITEM], port[MAX_ITEM];
    const char *session; /* target_session_attrs, NULL: the URL's */
    char *password;      /* NULL: the URL's */
    struct deadline deadline;
};

struct parameters {
    const char *keywords[MAX_KEYWORDS + 1];
    const char *values[MAX_KEYWORDS + 1];
    int count;
};

static void add(struct parameters *parameters, const char *keyword, const char *value)
{
    parameters->keywords[parameters->count] = keyword;
    parameters->values[parameters->count++] = value;
}

/* What comes behind the URL outranks it. */
static void add_if_any(struct parameters *parameters, const char *keyword, const char *value)
{
    if (value != NULL && value[0] != '\0')
        add(parameters, keyword, value);
}

static cogmig_status try_server(const struct libpq_login *login, const struct attempt *attempt,
                                bool named, struct libpq_connection *ret_connection,
                                cogmig_error *err)
{
    struct parameters parameters = {.count = 0};
    add(&parameters, "fallback_application_name", LIBPQ_APPLICATION_NAME);
    add(&parameters, "dbname", login->url);
    add(&parameters, "client_encoding", "UTF8");
    add_if_any(&parameters, "options", login->options);
    if (named) {
        add(&parameters, "host", attempt->host);
        add(&parameters, "hostaddr", attempt->hostaddr);
        add(&parameters, "port", attempt->port);
    }
    add_if_any(&parameters, "target_session_attrs", attempt->session);
    add_if_any(&parameters, "password", attempt->password);
    return libpq_connect(parameters.keywords, parameters.values, attempt->deadline, ret_connection,
                         err);
}

static cogmig_status refuse_password(cogmig_status said, cogmig_error *err)
{
    bool outage = cogmig_status_kind(said) == COGMIG_KIND_UNAVAILABLE;
    cogmig_status status = outage ? said : COGMIG_STOPPED_BY_CALLBACK;
    fail(err, status, "Your function for the store's password returned %s: %s",
         cogmig_status_name(said), cogmig_status_sentence(said));
    fail_upstream_number(err, COGMIG_UPSTREAM_CALLBACK, said);
    return status;
}

static cogmig_status ask_for_password(const struct libpq_login *login, const char *user,
                                      struct attempt *attempt, cogmig_error *err)
{
    attempt->password = memory_new(MAX_PASSWORD);
    if (attempt->password == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    cogmig_status said = login->password(login->user_data, attempt->host, attempt->port,
                                         user == NULL ? "" : user, attempt->password, MAX_PASSWORD);
    attempt->password[MAX_PASSWORD - 1] = '\0';
    return said == COGMIG_OK ? COGMIG_OK : refuse_password(said, err);
}

static void release_attempt(struct attempt *attempt)
{
    memory_free(attempt->password);
}

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static int32_t share_of_time(const PQconninfoOption *options, struct deadline deadline,
                             int attempts_left)
{
    int32_t share = deadline_left_ms(deadline) / attempts_left;
    const char *limit = libpq_option(options, "connect_timeout");
    int seconds = limit == NULL ? 0 : atoi(limit);
    return seconds > 0 && seconds < 600 ? least(share, seconds * 1000) : share;
}

/* ---- all of them ---- */

/* NULL: any. */
static const char *session_attributes(const PQconninfoOption *options)
{
    const char *given = libpq_option(options, "target_session_attrs");
    return given == NULL ? getenv("PGTARGETSESSIONATTRS") : given;
}

/* A session that is read-only by our own wish is none that may write in libpq's eyes. */
static const char *session_wanted(const struct libpq_login *login, const char *wanted, int pass)
{
    if (wanted == NULL)
        return NULL;
    if (strcmp(wanted, "prefer-standby") == 0)
        return pass == 0 ? "standby" : "any";
    if (login->is_read_only && strcmp(wanted, "read-write") == 0)
        return "primary";
    return login->is_read_only && strcmp(wanted, "read-only") == 0 ? "standby" : wanted;
}

static cogmig_status attempt_server(const struct libpq_login *login,
                                    const PQconninfoOption *options, const struct servers *servers,
                                    int number, struct deadline deadline,
                                    struct libpq_connection *ret_connection, cogmig_error *err)
{
    const char *wanted = session_attributes(options);
    int passes = wanted != NULL && strcmp(wanted, "prefer-standby") == 0 ? 2 : 1;
    int index = number % servers->count;
    int32_t share = share_of_time(options, deadline, passes * servers->count - number);
    SCOPED(release_attempt)
    struct attempt attempt = {.session = session_wanted(login, wanted, number / servers->count),
                              .deadline = deadline_in_ms(share)};
    if (!copy_item(servers->host, index, attempt.host) ||
        !copy_item(servers->hostaddr, index, attempt.hostaddr) ||
        !copy_item(servers->port, index, attempt.port))
        return fail(err, COGMIG_STORE_URL_INVALID, "The store's URL has a host that is too long.");
    cogmig_status status = COGMIG_OK;
    if (login->password != NULL)
        status = ask_for_password(login, libpq_option(options, "user"), &attempt, err);
    if (status != COGMIG_OK)
        return status;
    status = try_server(login, &attempt, servers->count > 1, ret_connection, err);
    if (status == COGMIG_DEADLINE_EXCEEDED && !deadline_passed(deadline))
        status = fail(err, COGMIG_STORE_UNREACHABLE,
                      "PostgreSQL at %.200s did not accept a connection within %d ms; check host "
                      "and port, and whether a firewall swallows the packets.",
                      attempt.host, (int)share);
    return status;
}

cogmig_status libpq_log_in(const struct libpq_login *login, struct deadline deadline,
                           struct libpq_connection *ret_connection, cogmig_error *err)
{
    SCOPED(libpq_release_options) PQconninfoOption *options = PQconninfoParse(login->url, NULL);
    if (options == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    struct servers servers = servers_of(options);
    const char *wanted = session_attributes(options);
    bool twice = wanted != NULL && strcmp(wanted, "prefer-standby") == 0;
    int attempts = servers.count * (twice ? 2 : 1);
    cogmig_status status = COGMIG_STORE_UNREACHABLE;
    for (int i = 0; i < attempts && status != COGMIG_OK; i++) {
        cogmig_error_clear(err);
        status = attempt_server(login, options, &servers, i, deadline, ret_connection, err);
        if (status == COGMIG_STOPPED_BY_CALLBACK || status == COGMIG_OUT_OF_MEMORY)
            break;
    }
    return status;
}
