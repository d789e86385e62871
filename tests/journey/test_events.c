/* SPDX-License-Identifier: Apache-2.0
 * Every case of tests/data/events: the event in, the bytes that must come out. */
#include "example_users.h"

#include "cmocka_all.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "tests/data/events"
#define EVENT ".event.json"
#define EXPECTED ".expected"

struct bytes {
    char *at;
    size_t len;
};

static cogmig_migration *migration;
static cogmig_error *err;

static int open_migration(void **state)
{
    (void)example_users_create(state);
    cogmig_store *store = example_users_open();
    cogmig_migration_config *config = example_users_config();
    assert_int_equal(cogmig_error_new(&err), COGMIG_OK);
    assert_int_equal(cogmig_migration_new(config, store, &migration, err), COGMIG_OK);
    cogmig_migration_config_free(&config);
    cogmig_store_free(&store);
    return 0;
}

static int close_migration(void **state)
{
    cogmig_migration_free(&migration);
    cogmig_error_free(&err);
    return example_users_remove(state);
}

static struct bytes read_case(const char *name, const char *suffix)
{
    char path[512];
    struct bytes file;
    (void)snprintf(path, sizeof path, FOLDER "/%s%s", name, suffix);
    file.at = source_file(path, &file.len);
    return file;
}

static void assert_same_bytes(struct bytes got, struct bytes expected)
{
    assert_string_equal(got.at, expected.at);
    assert_int_equal(got.len, expected.len);
}

/* "no STATUS\n" -> "STATUS"; NULL when the line begins otherwise. */
static const char *status_after(struct bytes expected, const char *word)
{
    if (strncmp(expected.at, word, strlen(word)) != 0)
        return NULL;
    expected.at[strcspn(expected.at, "\n")] = '\0';
    return expected.at + strlen(word);
}

static void assert_outcome(cogmig_status status, struct bytes response, struct bytes event,
                           struct bytes expected)
{
    bool passed = strcmp(expected.at, "passed\n") == 0;
    const char *refusal = status_after(expected, "refused ");
    const char *reason = passed ? "OK" : status_after(expected, "no ");
    const char *in_box = cogmig_status_name(cogmig_error_status(err));
    if (refusal != NULL) {
        assert_string_equal(cogmig_status_name(status), refusal);
        assert_string_equal(in_box, refusal);
        assert_null(response.at);
        return;
    }
    assert_string_equal(cogmig_status_name(status), "OK");
    assert_string_equal(in_box, reason == NULL ? "OK" : reason);
    assert_same_bytes(response, reason == NULL ? expected : event);
}

static void answers_as_expected(void **state)
{
    struct bytes event = read_case(*state, EVENT);
    struct bytes expected = read_case(*state, EXPECTED);
    struct bytes response = {0};
    cogmig_status status =
        cogmig_migration_handle(migration, event.at, event.len, &response.at, &response.len, err);
    assert_outcome(status, response, event, expected);
    cogmig_free(response.at);
    free(expected.at);
    free(event.at);
}

static int is_event(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return len > strlen(EVENT) && strcmp(entry->d_name + len - strlen(EVENT), EVENT) == 0;
}

static struct CMUnitTest test_of(struct dirent *entry)
{
    entry->d_name[strlen(entry->d_name) - strlen(EVENT)] = '\0';
    return (struct CMUnitTest){
        .name = entry->d_name, .test_func = answers_as_expected, .initial_state = entry->d_name};
}

static int run(struct dirent **entries, size_t count)
{
    struct CMUnitTest *tests = calloc(count, sizeof *tests);
    if (tests == NULL)
        return EXIT_FAILURE;
    for (size_t i = 0; i < count; i++)
        tests[i] = test_of(entries[i]);
    int failed = _cmocka_run_group_tests("events", tests, count, open_migration, close_migration);
    free(tests);
    return failed;
}

int main(void)
{
    const char *source = getenv("COGMIG_SOURCE_DIR");
    char path[4096];
    struct dirent **entries = NULL;
    (void)snprintf(path, sizeof path, "%s/" FOLDER, source == NULL ? "." : source);
    int count = scandir(path, &entries, is_event, alphasort);
    if (count <= 0) {
        (void)fprintf(stderr, "%s holds no events\n", path);
        return EXIT_FAILURE;
    }
    int failed = run(entries, (size_t)count);
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    return failed;
}
