/* SPDX-License-Identifier: Apache-2.0
 * Whole exports, from an SQLite file in a fresh folder. */
#include "base/cleanup.h"
#include "cmocka_all.h"
#include "status/error.h"

#include <cogmig/export.h>
#include <dirent.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    USERS = 10
};

static void execute(const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open("users.db", &db), SQLITE_OK);
    char *said = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &said) != SQLITE_OK)
        fail_msg("%s\n", said);
    sqlite3_close(db);
}

static int enter_fresh_folder(void **state)
{
    char folder[] = "/tmp/cogmig-export-XXXXXX";
    *state = strdup(mkdtemp(folder));
    if (*state == NULL || chdir(*state) != 0)
        return -1;
    execute("CREATE TABLE \"User\" (id TEXT PRIMARY KEY, email TEXT, name TEXT, password TEXT,"
            " \"emailVerified\" DATETIME, \"createdAt\" DATETIME, \"updatedAt\" DATETIME);"
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9)"
            "INSERT INTO \"User\" SELECT 'u' || i, 'u' || i || '@example.com', 'User ' || i,"
            " '$2b$10$secret', 1768473000000, 1768473000000, '2026-01-15 10:30:00' FROM n");
    return 0;
}

static int leave_folder(void **state)
{
    char command[200];
    snprintf(command, sizeof command, "rm -rf %s", (const char *)*state);
    free(*state);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static cogmig_store_config *open_users(void)
{
    cogmig_store_config *store = NULL;
    assert_int_equal(cogmig_store_config_new(&store, NULL), COGMIG_OK);
    assert_int_equal(cogmig_store_config_set_url(store, "file:users.db", NULL), COGMIG_OK);
    return store;
}

static cogmig_export_config *new_config(int32_t format)
{
    cogmig_export_config *config = NULL;
    assert_int_equal(cogmig_export_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_export_config_set_format(config, format, NULL), COGMIG_OK);
    return config;
}

static int count_entries(void)
{
    int count = 0;
    DIR *folder = opendir(".");
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count - 3; /* itself, its parent, the database */
}

static char *content_of(const char *path)
{
    static char content[10000];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    content[fread(content, 1, sizeof content - 1, file)] = '\0';
    fclose(file);
    return content;
}

static cogmig_status export_to(const char *path, const cogmig_export_config *config,
                               cogmig_export_result **ret_result, struct cogmig_error *err)
{
    SCOPED(cogmig_store_config_free) cogmig_store_config *store = open_users();
    return cogmig_export_to_file(config, store, path, ret_result, err);
}

static int count_lines_with(const char *text, const char *word)
{
    int count = 0;
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word))
        count++;
    return count;
}

struct reported {
    int count;
    char last[300];
};

static cogmig_status note(void *user_data, const char *id, const char *column, const char *reason)
{
    struct reported *reported = user_data;
    reported->count++;
    snprintf(reported->last, sizeof reported->last, "%s %s %s", id == NULL ? "(no id)" : id,
             column == NULL ? "(row)" : column, reason);
    return COGMIG_OK;
}

/* ---- files ---- */

static void a_file_holds_every_user_and_no_hash(void **state)
{
    (void)state;
    SCOPED(cogmig_export_config_free) cogmig_export_config *config = new_config(COGMIG_EXPORT_JSON);
    SCOPED(cogmig_export_result_free) cogmig_export_result *result = NULL;
    assert_int_equal(export_to("users.json", config, &result, NULL), COGMIG_OK);
    const char *content = content_of("users.json");
    assert_int_equal(count_lines_with(content, "\"email\":"), USERS);
    assert_null(strstr(content, "$2b$"));
    assert_non_null(strstr(content,
                           "\n{\"id\":\"u0\",\"email\":\"u0@example.com\",\"name\":\"User 0\","
                           "\"createdAt\":\"2026-01-15T10:30:00.000Z\","
                           "\"updatedAt\":\"2026-01-15T10:30:00.000Z\"},\n"));
    assert_int_equal(cogmig_export_result_rows(result), USERS);
    assert_int_equal(cogmig_export_result_bytes(result), strlen(content));
    assert_int_equal(cogmig_export_result_part(result), 1);
    assert_null(cogmig_export_result_last_id(result));
    struct stat info;
    assert_int_equal(stat("users.json", &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    assert_int_equal(stat("users.json.manifest.json", &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    assert_int_equal(cogmig_export_verify("users.json", NULL, NULL), COGMIG_OK);
}

static void a_file_that_is_there_is_kept(void **state)
{
    (void)state;
    SCOPED(cogmig_export_config_free) cogmig_export_config *config = new_config(COGMIG_EXPORT_JSON);
    assert_int_equal(export_to("users.json", config, NULL, NULL), COGMIG_OK);
    struct cogmig_error err = {0};
    assert_int_equal(export_to("users.json", config, NULL, &err), COGMIG_FILE_UNWRITABLE);
    assert_int_equal(unlink("users.json"), 0);
    struct reported reported = {0};
    execute("UPDATE \"User\" SET email = 'a' || x'FF'");
    assert_int_equal(cogmig_export_config_set_report(config, note, &reported, NULL), COGMIG_OK);
    assert_int_equal(export_to("users.json", config, NULL, &err), COGMIG_FILE_UNWRITABLE);
    assert_int_equal(reported.count, 0); /* told before any user was read */
    assert_non_null(strstr(err.message, "users.json.manifest.json"));
    assert_int_equal(export_to("missing/users.json", config, NULL, &err), COGMIG_FILE_UNWRITABLE);
    assert_int_equal(count_entries(), 1);
}

static void parts_follow_each_other_and_a_broken_run_goes_on(void **state)
{
    (void)state;
    SCOPED(cogmig_export_config_free)
    cogmig_export_config *config = new_config(COGMIG_EXPORT_NDJSON);
    SCOPED(cogmig_export_result_free) cogmig_export_result *result = NULL;
    assert_int_equal(cogmig_export_config_set_part_rows(config, 4, NULL), COGMIG_OK);
    execute("UPDATE \"User\" SET email = NULL WHERE id = 'u9'; UPDATE \"User\" SET id = '' WHERE "
            "id = 'u9'; UPDATE \"User\" SET id = 'u8' || x'00' WHERE id = ''");
    struct cogmig_error err = {0};
    assert_int_equal(export_to("users.ndjson", config, &result, &err), COGMIG_EXPORT_ROW_REFUSED);
    assert_null(result);
    assert_non_null(strstr(err.message, "go on after the id u7"));
    assert_int_equal(count_entries(), 4);
    execute("UPDATE \"User\" SET id = 'u9' WHERE email IS NULL");
    assert_int_equal(cogmig_export_config_set_after(config, "u7", NULL), COGMIG_OK);
    assert_int_equal(export_to("rest.ndjson", config, &result, &err), COGMIG_OK);
    assert_string_equal(cogmig_export_result_last_id(result), "u9");
    const char *files[] = {"users.ndjson", "users-2.ndjson", "rest.ndjson"};
    int users = 0;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(cogmig_export_verify(files[i], NULL, NULL), COGMIG_OK);
        users += count_lines_with(content_of(files[i]), "\"id\":");
    }
    assert_int_equal(users, USERS);
}

static void a_part_that_is_just_full_is_the_last(void **state)
{
    (void)state;
    SCOPED(cogmig_export_config_free) cogmig_export_config *config = new_config(COGMIG_EXPORT_CSV);
    SCOPED(cogmig_export_result_free) cogmig_export_result *result = NULL;
    assert_int_equal(cogmig_export_config_set_part_rows(config, 5, NULL), COGMIG_OK);
    assert_int_equal(export_to("users.csv", config, &result, NULL), COGMIG_OK);
    assert_int_equal(cogmig_export_result_part(result), 2);
    assert_int_equal(cogmig_export_result_rows(result), USERS);
    assert_int_equal(count_entries(), 4);
    cogmig_export_result_free(&result);
    assert_int_equal(cogmig_export_verify("users.csv", &result, NULL), COGMIG_OK);
    assert_false(cogmig_export_result_is_last_part(result));
    assert_int_equal(cogmig_export_result_rows(result), 5);
    cogmig_export_result_free(&result);
    assert_int_equal(cogmig_export_verify("users-2.csv", &result, NULL), COGMIG_OK);
    assert_true(cogmig_export_result_is_last_part(result));
    assert_int_equal(cogmig_export_result_part(result), 2);
    assert_string_equal(cogmig_export_result_last_id(result), "u9");
}

static void an_empty_table_gives_a_whole_file(void **state)
{
    (void)state;
    static const char *const expected[] = {"[\n\n]\n", "", "id,email,name,createdAt,updatedAt\r\n"};
    execute("DELETE FROM \"User\"");
    for (int32_t format = COGMIG_EXPORT_JSON; format <= COGMIG_EXPORT_CSV; format++) {
        SCOPED(cogmig_export_config_free) cogmig_export_config *config = new_config(format);
        char path[16];
        snprintf(path, sizeof path, "users.%d", (int)format);
        assert_int_equal(export_to(path, config, NULL, NULL), COGMIG_OK);
        assert_string_equal(content_of(path), expected[format - 1]);
        assert_int_equal(cogmig_export_verify(path, NULL, NULL), COGMIG_OK);
    }
}

/* In a child, since the limit stays. */
static int export_beyond_the_limit_of_the_process(void)
{
    struct rlimit limit = {500, 500};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    SCOPED(cogmig_export_config_free) cogmig_export_config *config = new_config(COGMIG_EXPORT_JSON);
    return export_to("users.json", config, NULL, NULL) == COGMIG_DISK_FULL ? 0 : 1;
}

static void a_full_disk_leaves_nothing(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0)
        _exit(export_beyond_the_limit_of_the_process());
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
    assert_int_equal(count_entries(), 0);
}

/* ---- which users ---- */

static void a_sample_is_the_first_by_id(void **state)
{
    (void)state;
    SCOPED(cogmig_export_config_free)
    cogmig_export_config *config = new_config(COGMIG_EXPORT_NDJSON);
    SCOPED(cogmig_export_result_free) cogmig_export_result *result = NULL;
    assert_int_equal(cogmig_export_config_set_limit(config, 2, NULL), COGMIG_OK);
    assert_int_equal(cogmig_export_config_set_after(config, "u3", NULL), COGMIG_OK);
    assert_int_equal(export_to("users.ndjson", config, &result, NULL), COGMIG_OK);
    const char *content = content_of("users.ndjson");
    assert_int_equal(count_lines_with(content, "\n"), 2);
    assert_non_null(strstr(content, "\"u4\""));
    assert_non_null(strstr(content, "\"u5\""));
    assert_string_equal(cogmig_export_result_last_id(result), "u5");
}

static void shards_hold_each_user_once(void **state)
{
    (void)state;
    int times[USERS] = {0};
    for (int32_t shard = 1; shard <= 3; shard++) {
        SCOPED(cogmig_export_config_free)
        cogmig_export_config *config = new_config(COGMIG_EXPORT_NDJSON);
        char path[16];
        snprintf(path, sizeof path, "users.%d", (int)shard);
        assert_int_equal(cogmig_export_config_set_shard(config, shard, 3, NULL), COGMIG_OK);
        assert_int_equal(export_to(path, config, NULL, NULL), COGMIG_OK);
        const char *content = content_of(path);
        assert_in_range(count_lines_with(content, "\n"), 1, USERS - 2);
        for (int i = 0; i < USERS; i++) {
            char id[16];
            snprintf(id, sizeof id, "\"u%d\"", i);
            times[i] += count_lines_with(content, id);
        }
    }
    for (int i = 0; i < USERS; i++)
        assert_int_equal(times[i], 1);
}

/* ---- users who cannot be exported ---- */

static void a_hash_in_another_column_is_refused(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    SCOPED(cogmig_export_config_free) cogmig_export_config *config = new_config(COGMIG_EXPORT_JSON);
    execute("UPDATE \"User\" SET name = '$2b$12$VADBCPlCt0wMa2zjUgaXl.jnrvoNt/kgjtRY7i' WHERE id = "
            "'u5'");
    assert_int_equal(export_to("users.json", config, NULL, &err), COGMIG_EXPORT_ROW_REFUSED);
    assert_non_null(strstr(err.message, "u5"));
    assert_non_null(strstr(err.message, "name"));
    assert_null(strstr(err.message, "VADB"));
    assert_int_equal(count_entries(), 0);
}

static void with_a_report_users_are_left_out(void **state)
{
    (void)state;
    struct reported reported = {0};
    SCOPED(cogmig_export_config_free) cogmig_export_config *config = new_config(COGMIG_EXPORT_JSON);
    SCOPED(cogmig_export_result_free) cogmig_export_result *result = NULL;
    assert_int_equal(cogmig_export_config_set_report(config, note, &reported, NULL), COGMIG_OK);
    execute("UPDATE \"User\" SET name = '$6$salt$xxxxxxxxxxxxxxxxxxxxxxxxx' WHERE id = 'u1';"
            "UPDATE \"User\" SET email = 'a' || x'FF' WHERE id = 'u2';"
            "UPDATE \"User\" SET email = 'a' || char(0) || 'b' WHERE id = 'u3';"
            "UPDATE \"User\" SET id = NULL WHERE id = 'u9'");
    assert_int_equal(export_to("users.json", config, &result, NULL), COGMIG_OK);
    assert_int_equal(reported.count, 4);
    assert_string_equal(reported.last, "(no id) (row) The user has no id.");
    assert_int_equal(cogmig_export_result_rows(result), USERS - 4);
    assert_int_equal(cogmig_export_result_left_out(result), 4);
    assert_int_equal(cogmig_export_verify("users.json", NULL, NULL), COGMIG_OK);
}

static void cognitos_file_leaves_unverified_users_to_the_report(void **state)
{
    (void)state;
    struct reported reported = {0};
    SCOPED(cogmig_export_config_free)
    cogmig_export_config *config = new_config(COGMIG_EXPORT_COGNITO_CSV);
    assert_int_equal(cogmig_export_config_set_report(config, note, &reported, NULL), COGMIG_OK);
    execute("UPDATE \"User\" SET \"emailVerified\" = NULL WHERE id = 'u4'");
    assert_int_equal(export_to("users.csv", config, NULL, NULL), COGMIG_OK);
    assert_int_equal(reported.count, 1);
    assert_non_null(strstr(reported.last, "u4 (row) Neither"));
    assert_non_null(strstr(content_of("users.csv"),
                           "\nu5@example.com,User 5,,,,,,,,,u5@example.com,TRUE,,,,,,FALSE,,"
                           "1768473000,FALSE,u5\n"));
}

/* ---- other targets ---- */

struct taken {
    char bytes[10000];
    size_t len;
    cogmig_status answer;
};

static cogmig_status take(void *user_data, const char *bytes, size_t len)
{
    struct taken *taken = user_data;
    assert_in_range(len, 1, sizeof taken->bytes - 1 - taken->len);
    memcpy(taken->bytes + taken->len, bytes, len);
    taken->len += len;
    return taken->answer;
}

static void a_function_gets_what_a_file_gets(void **state)
{
    (void)state;
    struct taken taken = {.len = 0};
    SCOPED(cogmig_store_config_free) cogmig_store_config *store = open_users();
    SCOPED(cogmig_export_config_free) cogmig_export_config *config = new_config(COGMIG_EXPORT_JSON);
    assert_int_equal(cogmig_export_to_callback(config, store, take, &taken, NULL, NULL), COGMIG_OK);
    assert_int_equal(export_to("users.json", config, NULL, NULL), COGMIG_OK);
    assert_string_equal(content_of("users.json"), taken.bytes);
}

static void a_function_can_end_it(void **state)
{
    (void)state;
    struct taken taken = {.answer = COGMIG_STORE_BUSY};
    struct cogmig_error err = {0};
    SCOPED(cogmig_store_config_free) cogmig_store_config *store = open_users();
    SCOPED(cogmig_export_config_free) cogmig_export_config *config = new_config(COGMIG_EXPORT_JSON);
    assert_int_equal(cogmig_export_to_callback(config, store, take, &taken, NULL, &err),
                     COGMIG_STOPPED_BY_CALLBACK);
    assert_string_equal(err.upstream_code, "413");
}

static void what_goes_to_a_pipe_has_no_second_part(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    SCOPED(cogmig_store_config_free) cogmig_store_config *store = open_users();
    SCOPED(cogmig_export_config_free) cogmig_export_config *config = new_config(COGMIG_EXPORT_JSON);
    assert_int_equal(cogmig_export_to_descriptor(config, store, ends[1], NULL, NULL), COGMIG_OK);
    char bytes[10000];
    assert_in_range(read(ends[0], bytes, sizeof bytes), 1000, sizeof bytes);
    assert_int_equal(cogmig_export_config_set_part_rows(config, 3, NULL), COGMIG_OK);
    assert_int_equal(cogmig_export_to_descriptor(config, store, ends[1], NULL, NULL),
                     COGMIG_EXPORT_TOO_LARGE);
    close(ends[0]);
    close(ends[1]);
}

/* ---- what cannot be exported at all ---- */

static cogmig_status find_nobody(void *user_data, int32_t question, const char *key, size_t key_len,
                                 int32_t timeout_ms, cogmig_store_answer *answer)
{
    (void)user_data, (void)question, (void)key, (void)key_len, (void)timeout_ms, (void)answer;
    return COGMIG_OK;
}

static void a_store_of_ones_own_has_no_list(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    SCOPED(cogmig_store_config_free) cogmig_store_config *store = NULL;
    SCOPED(cogmig_export_config_free) cogmig_export_config *config = new_config(COGMIG_EXPORT_JSON);
    assert_int_equal(cogmig_store_config_new(&store, NULL), COGMIG_OK);
    assert_int_equal(cogmig_export_to_file(config, store, "x", NULL, &err),
                     COGMIG_CONFIG_INCOMPLETE);
    assert_int_equal(cogmig_store_config_set_callback(store, find_nobody, NULL, NULL), COGMIG_OK);
    assert_int_equal(cogmig_export_to_file(config, store, "x", NULL, &err), COGMIG_CONFIG_INVALID);
    assert_non_null(strstr(err.message, "store of your own"));
}

static void missing_arguments_are_told(void **state)
{
    (void)state;
    const cogmig_status invalid = COGMIG_INVALID_ARGUMENT;
    SCOPED(cogmig_store_config_free) cogmig_store_config *store = open_users();
    SCOPED(cogmig_export_config_free) cogmig_export_config *config = new_config(COGMIG_EXPORT_JSON);
    assert_int_equal(cogmig_export_to_file(NULL, store, "x", NULL, NULL), invalid);
    assert_int_equal(cogmig_export_to_file(config, NULL, "x", NULL, NULL), invalid);
    assert_int_equal(cogmig_export_to_file(config, store, NULL, NULL, NULL), invalid);
    assert_int_equal(cogmig_export_to_descriptor(config, store, -1, NULL, NULL), invalid);
    assert_int_equal(cogmig_export_to_callback(config, store, NULL, NULL, NULL, NULL), invalid);
    assert_int_equal(cogmig_export_verify(NULL, NULL, NULL), invalid);
}

static void names_that_the_table_lacks_are_told(void **state)
{
    (void)state;
    SCOPED(cogmig_export_config_free) cogmig_export_config *config = new_config(COGMIG_EXPORT_JSON);
    assert_int_equal(cogmig_export_config_add_column(config, "plan", NULL, NULL), COGMIG_OK);
    assert_int_equal(export_to("users.json", config, NULL, NULL), COGMIG_STORE_SCHEMA_MISMATCH);
    assert_int_equal(count_entries(), 0);
}

/* ---- proof ---- */

static void append(const char *path, const char *text)
{
    FILE *file = fopen(path, "a");
    fputs(text, file);
    fclose(file);
}

static void a_changed_file_is_found_out(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    SCOPED(cogmig_export_config_free) cogmig_export_config *config = new_config(COGMIG_EXPORT_JSON);
    assert_int_equal(cogmig_export_verify("users.json", NULL, &err), COGMIG_FILE_UNREADABLE);
    assert_int_equal(export_to("users.json", config, NULL, NULL), COGMIG_OK);
    FILE *file = fopen("users.json", "r+");
    fseek(file, 20, SEEK_SET);
    fputc('X', file);
    fclose(file);
    assert_int_equal(cogmig_export_verify("users.json", NULL, &err), COGMIG_EXPORT_DAMAGED);
    assert_non_null(strstr(err.message, "SHA-256"));
    append("users.json", "\n");
    assert_int_equal(cogmig_export_verify("users.json", NULL, &err), COGMIG_EXPORT_DAMAGED);
    assert_non_null(strstr(err.message, "bytes"));
    append("users.json.manifest.json", "}");
    assert_int_equal(cogmig_export_verify("users.json", NULL, &err), COGMIG_EXPORT_DAMAGED);
    assert_non_null(strstr(err.message, "not the manifest"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter_fresh_folder, leave_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_holds_every_user_and_no_hash),
        TEST(a_file_that_is_there_is_kept),
        TEST(parts_follow_each_other_and_a_broken_run_goes_on),
        TEST(a_part_that_is_just_full_is_the_last),
        TEST(an_empty_table_gives_a_whole_file),
        TEST(a_full_disk_leaves_nothing),
        TEST(a_sample_is_the_first_by_id),
        TEST(shards_hold_each_user_once),
        TEST(a_hash_in_another_column_is_refused),
        TEST(with_a_report_users_are_left_out),
        TEST(cognitos_file_leaves_unverified_users_to_the_report),
        TEST(a_function_gets_what_a_file_gets),
        TEST(a_function_can_end_it),
        TEST(what_goes_to_a_pipe_has_no_second_part),
        TEST(a_store_of_ones_own_has_no_list),
        TEST(missing_arguments_are_told),
        TEST(names_that_the_table_lacks_are_told),
        TEST(a_changed_file_is_found_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
