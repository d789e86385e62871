/* SPDX-License-Identifier: Apache-2.0
 * A store that was away at the start is opened by an event, within that event's time. */
#include "cmocka_all.h"
#include "migration/migration.h"
#include "status/error.h"

#include <arpa/inet.h>
#include <cogmig/memory.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char event[] =
    "{\"triggerSource\":\"UserMigration_Authentication\",\"userName\":\"a\","
    "\"request\":{\"password\":\"x\"}}";

static cogmig_migration *migration;
static int silent_server;

/* It refuses connections until it listens. After a second of silence libpq's connect_timeout ends
 * an attempt, which is told otherwise than a deadline. */
static int set_up(void **state)
{
    (void)state;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    struct cogmig_error err = {0};
    char url[128];
    silent_server = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(silent_server, (struct sockaddr *)&address, len) != 0 ||
        getsockname(silent_server, (struct sockaddr *)&address, &len) != 0)
        return -1;
    snprintf(url, sizeof url, "postgresql://u:p@127.0.0.1:%d/d?connect_timeout=1",
             ntohs(address.sin_port));
    setenv("DATABASE_URL", url, 1);
    assert_int_equal(cogmig_migration_new_from_env(NULL, &migration, &err), COGMIG_OK);
    return listen(silent_server, 8);
}

static int tear_down(void **state)
{
    (void)state;
    close(silent_server);
    cogmig_migration_free(&migration);
    return 0;
}

static cogmig_status handle_within(int32_t deadline_ms)
{
    struct cogmig_error err = {0};
    char *response = NULL;
    size_t len;
    cogmig_status status = cogmig_migration_handle_within(migration, event, sizeof event - 1,
                                                          deadline_ms, &response, &len, &err);
    cogmig_free(response);
    return status;
}

static void it_is_connected_to_within_the_time_of_the_event(void **state)
{
    (void)state;
    assert_int_equal(handle_within(50), COGMIG_DEADLINE_EXCEEDED);
}

static void *handle_patiently(void *ret_status)
{
    *(cogmig_status *)ret_status = handle_within(60000);
    return NULL;
}

static void who_waits_for_another_waits_within_its_own_time(void **state)
{
    (void)state;
    pthread_t other;
    cogmig_status status = COGMIG_OK;
    assert_int_equal(pthread_create(&other, NULL, handle_patiently, &status), 0);
    int connecting = accept(silent_server, NULL, NULL);
    assert_int_equal(handle_within(50), COGMIG_DEADLINE_EXCEEDED);
    close(connecting);
    pthread_join(other, NULL);
    assert_int_equal(status, COGMIG_STORE_UNREACHABLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_is_connected_to_within_the_time_of_the_event),
        TEST(who_waits_for_another_waits_within_its_own_time),
    };
    return cmocka_run_group_tests_name("opening", tests, NULL, NULL);
}
