/* SPDX-License-Identifier: Apache-2.0
 * Reconciling a pool, a store and a map of a million users each, against parsing the same pages
 * with jansson and reading the same rows with COPY: reconcile.time, reconcile.rss. The store and
 * the map are in COGMIG_TEST_DATABASE_URL, made by reconcile.sql; the pool is a process beside this
 * one. */
#include "ratio.h"

#include <arpa/inet.h>
#include <cogmig/cognito.h>
#include <cogmig/idmap.h>
#include <cogmig/reconcile.h>
#include <cogmig/store.h>
#include <jansson.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    MANY_USERS = 1000000,
    FEW_USERS = 10000,
    PAGE = 60,
    PAGE_BYTES = 64 * 1024,
    PAGES_PER_S = 10000
};

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- the pool ---- */

static size_t write_user(int number, char *at, size_t room)
{
    return (size_t)snprintf(
        at, room,
        "%s{\"Attributes\":[{\"Name\":\"email\",\"Value\":\"user%d@example.com\"},"
        "{\"Name\":\"email_verified\",\"Value\":\"true\"},{\"Name\":\"name\",\"Value\":\"User "
        "%d\"},"
        "{\"Name\":\"custom:legacy_id\",\"Value\":\"c%07d\"},{\"Name\":\"sub\","
        "\"Value\":\"00000000-0000-4000-8000-%012d\"}],\"Enabled\":true,"
        "\"UserCreateDate\":1700000000.123,\"UserLastModifiedDate\":1700000000.123,"
        "\"UserStatus\":\"CONFIRMED\",\"Username\":\"00000000-0000-4000-8000-%012d\"}",
        number % PAGE == 0 ? "" : ",", number, number, number, number, number);
}

static size_t write_page(int first, int users, char *page)
{
    size_t len = (size_t)sprintf(page, "{\"Users\":[");
    int end = first + PAGE < users ? first + PAGE : users;
    for (int number = first; number < end; number++)
        len += write_user(number, page + len, PAGE_BYTES - len);
    if (end < users)
        len += (size_t)sprintf(page + len, "],\"PaginationToken\":\"%d\"}", end);
    else
        len += (size_t)sprintf(page + len, "]}");
    return len;
}

/* The bytes of one whole request, or 0 when the client is gone. */
static size_t read_request(int connection, char *request, size_t room)
{
    size_t len = 0, whole = 0;
    while (whole == 0 || len < whole) {
        ssize_t got = read(connection, request + len, room - 1 - len);
        if (got <= 0)
            return 0;
        len += (size_t)got;
        request[len] = '\0';
        const char *body = strstr(request, "\r\n\r\n");
        const char *length = strcasestr(request, "content-length:");
        if (body != NULL && length != NULL)
            whole = (size_t)(body + 4 - request) + strtoul(length + 15, NULL, 10);
    }
    return len;
}

static bool write_all(int connection, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t written = write(connection, bytes, len);
        if (written <= 0)
            return false;
        bytes += written;
        len -= (size_t)written;
    }
    return true;
}

static void serve_connection(int connection, int users)
{
    static char request[16 * 1024], page[PAGE_BYTES], reply[PAGE_BYTES + 256];
    while (read_request(connection, request, sizeof request) > 0) {
        const char *token = strstr(request, "\"PaginationToken\":\"");
        int first = token == NULL ? 0 : atoi(token + strlen("\"PaginationToken\":\""));
        size_t len = write_page(first, users, page);
        size_t reply_len =
            (size_t)snprintf(reply, sizeof reply,
                             "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\n"
                             "Content-Length: %zu\r\n\r\n%s",
                             len, page);
        if (!write_all(connection, reply, reply_len))
            return;
    }
}

static void serve(int listener, int users)
{
    static const int on = 1;
    for (;;) {
        int connection = accept(listener, NULL, NULL);
        if (connection < 0)
            _exit(1);
        setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        serve_connection(connection, users);
        close(connection);
    }
}

static int listen_on_loopback(char *endpoint, size_t room)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    must(bind(listener, (struct sockaddr *)&address, sizeof address) == 0 &&
             listen(listener, 8) == 0 &&
             getsockname(listener, (struct sockaddr *)&address, &len) == 0,
         "a socket on the loopback");
    snprintf(endpoint, room, "http://127.0.0.1:%d", ntohs(address.sin_port));
    return listener;
}

/* ---- ours ---- */

static void demand(cogmig_status status, const cogmig_error *err)
{
    if (status == COGMIG_OK)
        return;
    fprintf(stderr, "%s: %s\n", cogmig_status_name(status), cogmig_error_message(err));
    exit(1);
}

static void read_cognito(cogmig_reconcile *reconcile, const char *endpoint, cogmig_error *err)
{
    cogmig_cognito_config *config = NULL;
    cogmig_cognito *cognito = NULL;
    demand(cogmig_cognito_config_new(&config, err), err);
    demand(cogmig_cognito_config_set_pool(config, "eu-central-1_AbCdEfGhI", err), err);
    demand(cogmig_cognito_config_allow_plain_http(config, err), err);
    demand(cogmig_cognito_config_set_endpoint(config, endpoint, err), err);
    demand(cogmig_cognito_config_set_credentials(config, "AKIDEXAMPLE", "secret", NULL, err), err);
    demand(cogmig_cognito_config_set_list_rate(config, PAGES_PER_S, err), err);
    demand(cogmig_cognito_new(config, &cognito, err), err);
    demand(cogmig_reconcile_read_cognito(reconcile, cognito, NULL, err), err);
    cogmig_cognito_free(&cognito);
    cogmig_cognito_config_free(&config);
}

static void read_store(cogmig_reconcile *reconcile, const char *table, cogmig_error *err)
{
    cogmig_store_config *config = NULL;
    demand(cogmig_store_config_new(&config, err), err);
    demand(cogmig_store_config_set_url(config, getenv("COGMIG_TEST_DATABASE_URL"), err), err);
    demand(cogmig_store_config_set_table(config, table, err), err);
    demand(cogmig_reconcile_read_store(reconcile, config, err), err);
    cogmig_store_config_free(&config);
}

static void read_map(cogmig_reconcile *reconcile, const char *table, cogmig_error *err)
{
    cogmig_idmap_config *config = NULL;
    cogmig_idmap *map = NULL;
    demand(cogmig_idmap_config_new(&config, err), err);
    demand(cogmig_idmap_config_set_url(config, getenv("COGMIG_TEST_DATABASE_URL"), err), err);
    demand(cogmig_idmap_config_set_pool(config, "eu-central-1_AbCdEfGhI", err), err);
    demand(cogmig_idmap_config_set_table(config, table, err), err);
    demand(cogmig_idmap_open(config, &map, err), err);
    demand(cogmig_reconcile_read_idmap(reconcile, map, err), err);
    cogmig_idmap_free(&map);
    cogmig_idmap_config_free(&config);
}

static void reconcile_all(const char *endpoint, bool many)
{
    cogmig_error *err = NULL;
    cogmig_reconcile *reconcile = NULL;
    cogmig_error_new(&err);
    demand(cogmig_reconcile_new(NULL, &reconcile, err), err);
    read_map(reconcile, many ? "map_many" : "map_few", err);
    read_store(reconcile, many ? "users_many" : "users_few", err);
    read_cognito(reconcile, endpoint, err);
    demand(cogmig_reconcile_compare(reconcile, err), err);
    must(cogmig_reconcile_count(reconcile, COGMIG_RECONCILE_IN_ORDER) ==
             (uint64_t)(many ? MANY_USERS : FEW_USERS),
         "all three sides agree");
    cogmig_reconcile_free(&reconcile);
    cogmig_error_free(&err);
}

/* In a process of its own: its time in seconds, its peak memory in MiB. */
static double run_ours(bool many, double *ret_peak_mib)
{
    char endpoint[64];
    struct rusage usage;
    int status;
    int listener = listen_on_loopback(endpoint, sizeof endpoint);
    pid_t server = fork();
    if (server == 0)
        serve(listener, many ? MANY_USERS : FEW_USERS);
    double began = now_s();
    pid_t ours = fork();
    if (ours == 0) {
        reconcile_all(endpoint, many);
        _exit(0);
    }
    must(wait4(ours, &status, 0, &usage) == ours && status == 0, "the reconciliation ends well");
    double took = now_s() - began;
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    close(listener);
    *ret_peak_mib = (double)usage.ru_maxrss / 1024;
    return took;
}

/* ---- the reference ---- */

static double parse_pages(void)
{
    static char page[PAGE_BYTES];
    double took = 0;
    for (int first = 0; first < MANY_USERS; first += PAGE) {
        size_t len = write_page(first, MANY_USERS, page);
        double began = now_s();
        json_t *parsed = json_loadb(page, len, 0, NULL);
        must(parsed != NULL, "a page is JSON");
        json_decref(parsed);
        took += now_s() - began;
    }
    return took;
}

static double copy_rows(const char *sql)
{
    double began = now_s();
    PGconn *connection = PQconnectdb(getenv("COGMIG_TEST_DATABASE_URL"));
    PQclear(PQexec(connection, sql));
    char *row;
    int got, rows = 0;
    while ((got = PQgetCopyData(connection, &row, 0)) > 0) {
        PQfreemem(row);
        rows++;
    }
    PQfinish(connection);
    must(rows == MANY_USERS, "a row for each user");
    return now_s() - began;
}

static void print_row(const char *name, double ours, double reference, const char *target,
                      const char *unit)
{
    printf("{\"name\": \"%s\", \"ours\": %.3f, \"reference\": %.3f, \"ratio\": %.4f, "
           "\"target\": \"%s\", \"unit\": \"%s\"}\n",
           name, ours, reference, ours / reference, target, unit);
}

int main(void)
{
    double peak_many, peak_few;
    double ours = run_ours(true, &peak_many);
    double reference =
        parse_pages() +
        copy_rows("COPY (SELECT id, email, \"emailVerified\", name FROM users_many) TO STDOUT") +
        copy_rows("COPY (SELECT legacy_id, sub FROM map_many) TO STDOUT");
    run_ours(false, &peak_few);
    print_row("reconcile.time", ours, reference, "<= 1.5", "s, 1,000,000 users");
    print_row("reconcile.rss", peak_many, peak_few, "<= 64 MiB", "MiB, against 10,000 users");
    return 0;
}
