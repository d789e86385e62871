/* SPDX-License-Identifier: Apache-2.0 */
#include "opened.h"
#include "store/url.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct {
    const char *given;
    enum store_url_kind kind;
    const char *target;
    const char *schema;
    bool through_pgbouncer;
} understood[] = {
    {"postgresql://u:p@h:5432/d", STORE_URL_POSTGRESQL, "postgresql://u:p@h:5432/d", NULL, false},
    {"postgres://h/d", STORE_URL_POSTGRESQL, "postgres://h/d", NULL, false},
    {"postgresql:///d?host=%2Ftmp", STORE_URL_POSTGRESQL, "postgresql:///d?host=%2Ftmp", NULL,
     false},
    {"postgresql://h/d?schema=public", STORE_URL_POSTGRESQL, "postgresql://h/d", "public", false},
    {"postgresql://h/d?schema=My%20%22Schema%22", STORE_URL_POSTGRESQL, "postgresql://h/d",
     "My \"Schema\"", false},
    {"postgresql://h/d?schema=a&schema=b", STORE_URL_POSTGRESQL, "postgresql://h/d", "b", false},
    {"postgresql://h/d?connection_limit=17&sslmode=require&pool_timeout=2&socket_timeout=3"
     "&statement_cache_size=0&application_name=x",
     STORE_URL_POSTGRESQL, "postgresql://h/d?sslmode=require&application_name=x", NULL, false},
    {"postgresql://h/d?pgbouncer=true&schema=auth", STORE_URL_POSTGRESQL, "postgresql://h/d",
     "auth", true},
    {"postgresql://h/d?pgbouncer=false", STORE_URL_POSTGRESQL, "postgresql://h/d", NULL, false},
    {"postgresql://h/d?sslaccept=accept_invalid_certs", STORE_URL_POSTGRESQL, "postgresql://h/d",
     NULL, false},
    {"postgresql://u:what?schema=@h/d?schema=s", STORE_URL_POSTGRESQL,
     "postgresql://u:what?schema=@h/d", "s", false},
    {"postgresql://u@h?schema=s", STORE_URL_POSTGRESQL, "postgresql://u@h", "s", false},
    {"postgresql://h/d?user=a@b", STORE_URL_POSTGRESQL, "postgresql://h/d?user=a@b", NULL, false},
    {"file:./dev.db", STORE_URL_SQLITE, "./dev.db", NULL, false},
    {"file:dev.db?connection_limit=1&socket_timeout=5", STORE_URL_SQLITE, "dev.db", NULL, false},
    {"file:/abs/dev.db", STORE_URL_SQLITE, "/abs/dev.db", NULL, false},
    {"file:///abs/my%20dev.db", STORE_URL_SQLITE, "/abs/my%20dev.db", NULL, false},
    {"sqlite:./dev.db", STORE_URL_SQLITE, "./dev.db", NULL, false},
    {"sqlite:///abs/dev.db", STORE_URL_SQLITE, "/abs/dev.db", NULL, false},
};

static void assert_same_text(const char *actual, const char *expected)
{
    if (expected == NULL)
        assert_null(actual);
    else
        assert_string_equal(actual, expected);
}

static void every_form_of_database_url_is_understood(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof understood / sizeof understood[0]; i++) {
        struct cogmig_error err = {0};
        struct store_url url;
        assert_status(store_url_parse(understood[i].given, &url, &err), COGMIG_OK, &err);
        assert_int_equal(url.kind, understood[i].kind);
        assert_same_text(url.target, understood[i].target);
        assert_same_text(url.schema, understood[i].schema);
        assert_int_equal(url.through_pgbouncer, understood[i].through_pgbouncer);
        store_url_release(&url);
    }
}

static const struct {
    const char *given;
    const char *said;
} refused[] = {
    {"", "empty"},
    {" postgresql://u:hunter2@h/d", "white space"},
    {"postgresql://u:hunter2@h/d\n", "line break"},
    {"postgresql://u:hun\tter2@h/d", "control character"},
    {"mysql://u:hunter2@h/d", "mysql://"},
    {"mongodb+srv://u:hunter2@h/d", "mongodb+srv://"},
    {"sqlserver://h;user=u;password=hunter2", "sqlserver://"},
    {"prisma://accelerate.prisma-data.net/?api_key=hunter2", "DIRECT_URL"},
    {"prisma+postgres://accelerate.prisma-data.net/?api_key=hunter2", "prisma+postgres://"},
    {"\"postgresql://u:hunter2@h/d\"", "quotation mark"},
    {"host=h password=hunter2", "no known beginning"},
    {"hunter2:hunter2", "no known beginning"},
    {"hunter2", "no known beginning"},
    {"POSTGRESQL://u:hunter2@h/d", "Accepted are"},
    {"postgresql://u:hunter2@x@h/d", "%40"},
    {"postgresql://u:hunter2/x@h/d", "%2F"},
    {"postgresql://u:12hunter2/34@h/d", "%2F"},
    {"postgresql://u:hunter2@h/d?sslaccept=strict", "sslmode=verify-full"},
    {"postgresql://u:hunter2@h/d?sslidentity=a.p12", "sslcert="},
    {"postgresql://u:hunter2@h/d?schema=", "schema="},
    {"postgresql://u:hunter2@h/d?schema=a%00b", "schema="},
    {"postgresql://u:hunter2@h/d?schema=%zz", "schema="},
    {"postgresql://u:hunter2@h/d?schema=%4", "schema="},
    {"postgresql://u:hunter2@h/d?schema=%FF", "schema="},
    {"postgresql://u:hunter2@h/d?connection_limit=0", "connection_limit="},
    {"postgresql://u:hunter2@h/d?connection_limit=1001", "connection_limit="},
    {"postgresql://u:hunter2@h/d?connection_limit=", "connection_limit="},
    {"postgresql://u:hunter2@h/d?connection_limit=99999999999", "connection_limit="},
    {"postgresql://u:hunter2@h/d?pool_timeout=-1", "pool_timeout="},
    {"postgresql://u:hunter2@h/d?pool_timeout=2s", "pool_timeout="},
    {"postgresql://u:hunter2@h/d?pgbouncer=yes", "pgbouncer="},
    {"postgresql://u:hunter2@h/d?pgbouncer=", "pgbouncer="},
    {"file:dev.db?connection_limit=x", "connection_limit="},
    {"file:", "no SQLite file"},
    {"file:?connection_limit=1", "no SQLite file"},
    {"file::memory:", "no SQLite file"},
    {"file://host/dev.db", "names a host"},
    {"sqlite://dev.db", "names a host"},
    {"file:dev.db?mode=rw", "mode"},
};

/* promise 7 */
static void a_url_that_cannot_be_used_is_refused_and_its_password_kept_secret(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct cogmig_error err = {0};
        struct store_url url;
        cogmig_status status = store_url_parse(refused[i].given, &url, &err);
        assert_status(status, COGMIG_STORE_URL_INVALID, &err);
        assert_mentions(&err, refused[i].said);
        assert_silent_about(&err, "hunter2");
        assert_null(url.target);
        assert_null(url.schema);
    }
}

static void a_url_has_an_upper_bound(void **state)
{
    (void)state;
    char url[9000] = "postgresql://h/";
    memset(url + strlen(url), 'd', sizeof url - strlen(url) - 1);
    struct cogmig_error err = {0};
    struct store_url parsed;
    assert_status(store_url_parse(url, &parsed, &err), COGMIG_STORE_URL_INVALID, &err);
    assert_mentions(&err, "8 KiB");
}

static void what_libpq_cannot_read_is_refused_without_its_words(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "postgresql://u:hunter%zz2@h/d", "postgresql://u:hunter2",     "postgresql://h/d?hunter2",
        "postgresql://h/d?hunter2=x",    "postgresql://[hunter2/d",    "postgresql://h:hunter2/d",
        "postgresql://h/d?port=hunter2", "postgresql://h/d?=hunter2&", "postgresql://u:hunter%2@h",
    };
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        struct cogmig_error err = {0};
        cogmig_store_config *config = new_config(NULL);
        assert_status(cogmig_store_config_set_url(config, urls[i], &err), COGMIG_STORE_URL_INVALID,
                      &err);
        assert_silent_about(&err, "hunter");
        cogmig_store_config_free(&config);
    }
}

static void what_no_server_can_make_good_is_a_wrong_setting_and_no_outage(void **state)
{
    (void)state;
    static const struct {
        const char *url, *said; /* NULL: it is good */
    } urls[] = {
        {"postgresql://u:hunter2@h:99999/d", "65535"},
        {"postgresql://u:hunter2@h:65536/d", "65535"},
        {"postgresql://u:hunter2@h:0/d", "65535"},
        {"postgresql://u:hunter2@h:99999999999999999999/d", "65535"},
        {"postgresql://u:hunter2@h/d?port=99999", "65535"},
        {"postgresql://u:hunter2@h:abc/d", "not a number"},
        {"postgresql://u:hunter2@h:-1/d", "not a number"},
        {"postgresql://u:hunter2@a:1,b:99999/d", "65535"},
        {"postgresql://u:hunter2@a:1,b:2,c:0/d", "65535"},
        {"postgresql://u:hunter2@a,b/d?port=1,2,3", "lists"},
        {"postgresql://u:hunter2@a,b/d?hostaddr=127.0.0.1", "lists"},
        {"postgresql:///d?hostaddr=127.0.0.1,127.0.0.1&port=1,2,3", "lists"},
        {"postgresql://u:hunter2@h/d?sslmode=hunter2", "sslmode="},
        {"postgresql://u:hunter2@h/d?target_session_attrs=writable", "target_session_attrs="},
        {"postgresql://u:hunter2@h/d?channel_binding=maybe", "channel_binding="},
        {"postgresql://u:hunter2@h/d?service=nobody-has-this-one", "service="},
        {"postgresql://u:hunter2@h/d?connect_timeout=soon", "connect_timeout="},
        {"postgresql://u:hunter2@h/d?keepalives_idle=1s", "keepalives_idle="},
        {"postgresql://h:65535/d", NULL},
        {"postgresql://h:/d", NULL},
        {"postgresql://a:1,b:,c:65535/d", NULL},
        {"postgresql://a,b/d?hostaddr=127.0.0.1,127.0.0.2&port=5432", NULL},
        {"postgresql://a,b,c/d?port=,2,", NULL},
        {"postgresql:///d?hostaddr=127.0.0.1,127.0.0.1&port=1,2", NULL},
        {"postgresql://h/d?connect_timeout=3&keepalives=0&tcp_user_timeout=", NULL},
        {"postgresql://h/d?sslmode=prefer&target_session_attrs=prefer-standby", NULL},
    };
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        struct cogmig_error err = {0};
        cogmig_store_config *config = new_config(NULL);
        cogmig_status status = cogmig_store_config_set_url(config, urls[i].url, &err);
        assert_status(status, urls[i].said == NULL ? COGMIG_OK : COGMIG_STORE_URL_INVALID, &err);
        if (urls[i].said != NULL)
            assert_mentions(&err, urls[i].said);
        assert_silent_about(&err, "hunter2");
        cogmig_store_config_free(&config);
    }
}

static int listen_somewhere(int *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &len), 0);
    *ret_port = ntohs(address.sin_port);
    return listener;
}

static void a_url_is_judged_without_asking_its_server(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "postgresql://127.0.0.1:%d/d",
        "postgresql:///d?hostaddr=127.0.0.1&port=%d",
        "postgresql://h:%d/d?hostaddr=127.0.0.1&sslmode=bogus",
        "postgresql://a,b/d?hostaddr=127.0.0.1,127.0.0.1&port=%d",
        "postgresql:///d?port=%d", /* and the address of the environment */
    };
    int port;
    int listener = listen_somewhere(&port);
    char port_text[16];
    snprintf(port_text, sizeof port_text, "%d", port);
    setenv("PGHOSTADDR", "127.0.0.1", 1);
    setenv("PGPORT", port_text, 1);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct pollfd somebody = {.fd = listener, .events = POLLIN};
        struct cogmig_error err = {0};
        char url[128];
        snprintf(url, sizeof url, forms[i], port);
        cogmig_store_config *config = new_config(NULL);
        assert_status(cogmig_store_config_set_url(config, url, &err),
                      strstr(url, "bogus") == NULL ? COGMIG_OK : COGMIG_STORE_URL_INVALID, &err);
        assert_int_equal(poll(&somebody, 1, 0), 0);
        cogmig_store_config_free(&config);
    }
    unsetenv("PGHOSTADDR");
    unsetenv("PGPORT");
    close(listener);
}

static void what_prisma_says_of_its_pool_holds_here(void **state)
{
    (void)state;
    static const struct {
        const char *given;
        int32_t connection_limit, pool_timeout_ms;
    } pools[] = {{"postgresql://h/d", -1, -1},
                 {"postgresql://h/d?connection_limit=1000&pool_timeout=600", 1000, 600000},
                 {"postgresql://h/d?pool_timeout=0&connection_limit=1", 1, 600000},
                 {"file:dev.db?connection_limit=2&pool_timeout=3", 2, 3000}};
    for (size_t i = 0; i < sizeof pools / sizeof pools[0]; i++) {
        struct cogmig_error err = {0};
        struct store_url url;
        assert_status(store_url_parse(pools[i].given, &url, &err), COGMIG_OK, &err);
        assert_int_equal(url.connection_limit, pools[i].connection_limit);
        assert_int_equal(url.pool_timeout_ms, pools[i].pool_timeout_ms);
        store_url_release(&url);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_database_url_is_understood),
        cmocka_unit_test(what_prisma_says_of_its_pool_holds_here),
        cmocka_unit_test(a_url_that_cannot_be_used_is_refused_and_its_password_kept_secret),
        cmocka_unit_test(a_url_has_an_upper_bound),
        cmocka_unit_test(what_libpq_cannot_read_is_refused_without_its_words),
        cmocka_unit_test(what_no_server_can_make_good_is_a_wrong_setting_and_no_outage),
        cmocka_unit_test(a_url_is_judged_without_asking_its_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
