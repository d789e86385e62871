/* SPDX-License-Identifier: Apache-2.0
 * Keys on disk: who may use them, who not, and that nobody is the worse for it. */
#include "base/memory.h"
#include "cmocka_all.h"
#include "keyset/keyset.h"
#include "keyset/source.h"
#include "signer.h"
#include "status/error.h"
#include "vouched.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    MINUTE_S = 60,
    HOUR_S = 3600,
    NOW_S = 1700000000
};

static const char url[] = "https://issuer.example/jwks.json?secret=1";

/* ---- what all tests share ---- */

static int64_t now_s;

static int64_t steady_ms(void)
{
    return 1000 * (now_s - NOW_S + 100 * 24 * HOUR_S);
}

static void (*while_reading)(void); /* once, while the lock is not held */

static int64_t calendar_s(void *user_data)
{
    (void)user_data;
    void (*call)(void) = while_reading;
    while_reading = NULL;
    if (call != NULL)
        call();
    return now_s;
}

static struct {
    int32_t http_status;
    const char *body;
    const char *etag;
    int fetches;
    char if_none_match[64];
} server;

static cogmig_status serve(void *user_data, const char *address, int32_t timeout_ms,
                           cogmig_jwks_reply *reply)
{
    (void)user_data;
    (void)address;
    (void)timeout_ms;
    const char *known = cogmig_jwks_reply_if_none_match(reply);
    server.fetches++;
    snprintf(server.if_none_match, sizeof server.if_none_match, "%s", known == NULL ? "" : known);
    cogmig_jwks_reply_set_http_status(reply, server.http_status);
    cogmig_jwks_reply_set_etag(reply, server.etag);
    return cogmig_jwks_reply_append(reply, server.body, strlen(server.body));
}

static char *keys_a, *keys_b; /* documents of one key each: kid a, kid b */
static char folder[] = "/tmp/cogmig-key-file-XXXXXX";
static char path[sizeof folder + 16];
static struct fetcher fetcher;
static struct key_source *source;
static struct cogmig_error err;

static char *make_document(const char *kid)
{
    struct signer *signer = signer_new(2048, 65537);
    struct buffer document = buffer_with_max(4096);
    signer_add_jwks(signer, kid, &document);
    signer_free(signer);
    return buffer_take(&document, NULL);
}

static int make_documents(void **state)
{
    (void)state;
    keys_a = make_document("a");
    keys_b = make_document("b");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/keys", folder);
    return 0;
}

static int free_documents(void **state)
{
    (void)state;
    memory_free(keys_a);
    memory_free(keys_b);
    return rmdir(folder);
}

static int set_up(void **state)
{
    (void)state;
    now_s = NOW_S;
    memset(&server, 0, sizeof server);
    server.http_status = 200;
    server.body = keys_a;
    server.etag = "\"v1\"";
    fetcher = (struct fetcher){.callback = serve, .timeout_ms = 1000};
    fetcher.file = key_file_new(path, calendar_s, NULL);
    source = NULL;
    return fetcher.file == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    key_source_free(source);
    key_file_free(fetcher.file);
    return unlink(path) != 0 && rmdir(path) != 0 && access(path, F_OK) == 0 ? -1 : 0;
}

/* As another process would: with nothing in memory. */
static void start(void)
{
    key_source_free(source);
    source = key_source_new(url, &fetcher, steady_ms);
    assert_non_null(source);
}

static cogmig_status ask_of(struct key_source *of, const char *kid)
{
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\"", kid);
    struct json_value value = {JSON_STRING, span_of(quoted)};
    cogmig_keyset *holder = NULL;
    const struct key *key = NULL;
    cogmig_status status = key_source_find(of, value, &holder, &key, &err);
    keyset_release(&holder);
    return status;
}

static cogmig_status ask(const char *kid)
{
    return ask_of(source, kid);
}

static void write_by_fetch(void)
{
    start();
    assert_int_equal(ask("a"), COGMIG_OK);
    assert_int_equal(server.fetches, 1);
    server.fetches = 0;
}

static uint64_t count(enum key_file_event event)
{
    return key_file_count(fetcher.file, event);
}

static char *content(size_t *ret_len)
{
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    struct buffer bytes = buffer_with_max(KEY_FILE_MAX_BYTES);
    char chunk[4096];
    size_t got;
    while ((got = fread(chunk, 1, sizeof chunk, stream)) > 0)
        buffer_add(&bytes, (struct span){chunk, got});
    fclose(stream);
    return buffer_take(&bytes, ret_len);
}

static void put(const char *bytes, size_t len)
{
    unlink(path);
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, bytes, len), len);
    close(descriptor);
}

/* The file is there, and as if it were not. */
static void expect_refused(const char *why)
{
    uint64_t before = count(KEY_FILE_IGNORED);
    start();
    assert_false(key_source_holds_keys(source));
    assert_int_equal(count(KEY_FILE_IGNORED), before + 1);
    assert_int_equal(key_file_problem(fetcher.file, &err), COGMIG_KEY_FILE_REFUSED);
    if (strstr(err.message, why) == NULL)
        fail_msg("\"%s\" instead of \"%s\"", err.message, why);
    assert_non_null(strstr(err.message, path));
}

/* ---- for the next start ---- */

static void keys_that_were_fetched_are_there_at_the_next_start(void **state)
{
    (void)state;
    write_by_fetch();
    start();
    assert_int_equal(ask("a"), COGMIG_OK);
    assert_int_equal(server.fetches, 0);
    assert_int_equal(count(KEY_FILE_USED), 1);
    assert_int_equal(count(KEY_FILE_WRITTEN), 1);
    assert_int_equal(key_file_problem(fetcher.file, &err), COGMIG_OK);
}

static void the_file_is_private_and_names_no_address(void **state)
{
    (void)state;
    struct stat of;
    write_by_fetch();
    assert_int_equal(stat(path, &of), 0);
    assert_int_equal(of.st_mode & 07777, 0600);
    char *bytes = content(NULL);
    assert_null(strstr(bytes, "secret"));
    assert_null(strstr(bytes, "issuer.example"));
    memory_free(bytes);
}

static void no_file_yet_is_no_problem(void **state)
{
    (void)state;
    start();
    assert_int_equal(key_file_problem(fetcher.file, &err), COGMIG_OK);
    assert_int_equal(count(KEY_FILE_IGNORED), 0);
}

static void the_time_that_passed_since_the_fetch_counts(void **state)
{
    (void)state;
    write_by_fetch();
    now_s += 9 * MINUTE_S;
    start();
    now_s += 59;
    assert_int_equal(ask("a"), COGMIG_OK);
    assert_int_equal(server.fetches, 0);
    now_s += 1;
    assert_int_equal(ask("a"), COGMIG_OK);
    assert_int_equal(server.fetches, 1);
    assert_string_equal(server.if_none_match, "\"v1\"");
}

static void keys_of_yesterday_are_not_used(void **state)
{
    (void)state;
    write_by_fetch();
    now_s += 24 * HOUR_S - 1;
    start();
    assert_true(key_source_holds_keys(source));
    now_s += 1;
    start();
    assert_false(key_source_holds_keys(source));
    assert_int_equal(key_file_problem(fetcher.file, &err), COGMIG_OK);
}

static void the_cool_down_of_who_fetched_counts_for_all(void **state)
{
    (void)state;
    write_by_fetch();
    now_s += 29;
    start();
    assert_int_equal(ask("nobody"), COGMIG_TOKEN_KEY_UNKNOWN);
    assert_int_equal(server.fetches, 0);
    now_s += 1;
    assert_int_equal(ask("nobody"), COGMIG_TOKEN_KEY_UNKNOWN);
    assert_int_equal(server.fetches, 1);
}

static void an_unchanged_answer_makes_the_file_young_again(void **state)
{
    (void)state;
    write_by_fetch();
    server.http_status = 304;
    now_s += 10 * MINUTE_S;
    assert_int_equal(ask("a"), COGMIG_OK);
    assert_int_equal(count(KEY_FILE_WRITTEN), 2);
    now_s += 9 * MINUTE_S;
    start();
    assert_int_equal(ask("a"), COGMIG_OK);
    assert_int_equal(server.fetches, 1);
}

static void a_failed_fetch_writes_nothing(void **state)
{
    (void)state;
    server.http_status = 500;
    start();
    assert_int_equal(ask("a"), COGMIG_JWKS_HTTP_STATUS);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(count(KEY_FILE_WRITTEN) + count(KEY_FILE_NOT_WRITTEN), 0);
}

/* ---- among processes ---- */

static void what_another_process_fetched_is_found_without_a_fetch(void **state)
{
    (void)state;
    write_by_fetch();
    struct key_source *other = key_source_new(url, &fetcher, steady_ms);
    now_s += MINUTE_S;
    server.body = keys_b;
    assert_int_equal(ask_of(other, "b"), COGMIG_OK);
    assert_int_equal(server.fetches, 1);
    now_s += MINUTE_S;
    assert_int_equal(ask("b"), COGMIG_OK);
    assert_int_equal(server.fetches, 1);
    assert_int_equal(ask("a"), COGMIG_TOKEN_KEY_UNKNOWN);
    key_source_free(other);
}

static void keys_that_are_due_are_taken_from_who_fetched_them_anew(void **state)
{
    (void)state;
    write_by_fetch();
    now_s += 5 * MINUTE_S;
    struct key_source *other = key_source_new(url, &fetcher, steady_ms);
    assert_int_equal(key_source_refresh(other, NULL), COGMIG_OK);
    assert_int_equal(server.fetches, 1);
    now_s += 5 * MINUTE_S;
    assert_int_equal(ask("a"), COGMIG_OK);
    assert_int_equal(server.fetches, 1);
    now_s += 5 * MINUTE_S;
    assert_int_equal(ask("a"), COGMIG_OK);
    assert_int_equal(server.fetches, 2);
    key_source_free(other);
}

static void a_file_that_does_not_help_is_followed_by_a_fetch(void **state)
{
    (void)state;
    write_by_fetch();
    now_s += 5 * MINUTE_S;
    struct key_source *other = key_source_new(url, &fetcher, steady_ms);
    assert_int_equal(key_source_refresh(other, NULL), COGMIG_OK);
    now_s += MINUTE_S;
    server.body = keys_b;
    assert_int_equal(ask("b"), COGMIG_OK);
    assert_int_equal(server.fetches, 2);
    key_source_free(other);
}

static void give_b(void)
{
    cogmig_keyset *keyset = NULL;
    assert_int_equal(cogmig_keyset_parse(keys_b, strlen(keys_b), &keyset, NULL), COGMIG_OK);
    key_source_seed(source, keyset);
    cogmig_keyset_free(&keyset);
}

static void what_the_caller_gives_while_the_file_is_read_stays(void **state)
{
    (void)state;
    write_by_fetch();
    now_s += MINUTE_S;
    struct key_source *other = key_source_new(url, &fetcher, steady_ms);
    assert_int_equal(key_source_refresh(other, NULL), COGMIG_OK);
    key_source_free(other);
    now_s += MINUTE_S;
    while_reading = give_b;
    assert_int_equal(ask("b"), COGMIG_OK);
    assert_int_equal(server.fetches, 1);
}

static void what_the_caller_gave_later_is_not_replaced_by_the_file(void **state)
{
    (void)state;
    write_by_fetch();
    now_s += MINUTE_S;
    give_b();
    server.http_status = 500;
    assert_int_equal(ask("nobody"), COGMIG_JWKS_HTTP_STATUS);
    assert_int_equal(ask("b"), COGMIG_OK);
    assert_int_equal(count(KEY_FILE_USED), 0);
}

static void keys_of_other_addresses_stay_in_the_file(void **state)
{
    (void)state;
    write_by_fetch();
    struct key_source *other = key_source_new("https://other.example", &fetcher, steady_ms);
    server.body = keys_b;
    assert_int_equal(ask_of(other, "b"), COGMIG_OK);
    key_source_free(other);
    start();
    other = key_source_new("https://other.example", &fetcher, steady_ms);
    server.fetches = 0;
    assert_int_equal(ask("a"), COGMIG_OK);
    assert_int_equal(ask_of(other, "b"), COGMIG_OK);
    assert_int_equal(server.fetches, 0);
    now_s += 24 * HOUR_S;
    assert_int_equal(key_source_refresh(other, NULL), COGMIG_OK);
    key_source_free(other);
    char *bytes = content(NULL);
    assert_null(strstr(bytes, "\"kid\":\"a\""));
    memory_free(bytes);
}

/* Another address's entry: when it was fetched, and its keys, which nobody looks at. */
static void add_other(struct buffer *json, const char *address, int64_t fetched_at_s,
                      size_t bytes_of_keys)
{
    char beginning[256];
    snprintf(beginning, sizeof beginning,
             "{\"address\":\"%s\",\"fetched_at_s\":%lld,\"max_age_s\":-1,\"etag\":\"\","
             "\"jwks\":{\"keys\":\"",
             address, (long long)fetched_at_s);
    buffer_add_text(json, beginning);
    for (size_t i = 0; i < bytes_of_keys; i++)
        buffer_add_byte(json, 'k');
    buffer_add_text(json, "\"}}");
}

static void put_vouched(const struct buffer *json)
{
    struct buffer file = vouched((struct span){json->bytes, json->len});
    assert_int_equal(file.state, BUFFER_GOOD);
    put(file.bytes, file.len);
    buffer_release(&file);
}

static void what_is_damaged_or_from_the_future_is_not_written_again(void **state)
{
    (void)state;
    struct buffer json = buffer_with_max(4096);
    buffer_add_text(&json, "{\"keys_of\":[{\"address\":\"damaged\"},");
    add_other(&json, "of-the-future", NOW_S + HOUR_S, 1);
    buffer_add_byte(&json, ',');
    add_other(&json, "good", NOW_S - HOUR_S, 1);
    buffer_add_text(&json, "]}\n");
    put_vouched(&json);
    buffer_release(&json);
    start();
    assert_int_equal(key_source_refresh(source, NULL), COGMIG_OK);
    char *bytes = content(NULL);
    assert_null(strstr(bytes, "damaged"));
    assert_null(strstr(bytes, "of-the-future"));
    assert_non_null(strstr(bytes, "\"good\""));
    memory_free(bytes);
}

static void others_keys_that_leave_no_room_go(void **state)
{
    (void)state;
    struct buffer json = buffer_with_max(KEY_FILE_MAX_BYTES);
    buffer_add_text(&json, "{\"keys_of\":[");
    add_other(&json, "large", NOW_S, KEY_FILE_MAX_BYTES - 512);
    buffer_add_text(&json, "]}\n");
    put_vouched(&json);
    buffer_release(&json);
    start();
    assert_int_equal(count(KEY_FILE_IGNORED), 0);
    assert_int_equal(key_source_refresh(source, NULL), COGMIG_OK);
    assert_int_equal(count(KEY_FILE_WRITTEN), 1);
    char *bytes = content(NULL);
    assert_null(strstr(bytes, "large"));
    memory_free(bytes);
    server.fetches = 0;
    start();
    assert_int_equal(ask("a"), COGMIG_OK);
    assert_int_equal(server.fetches, 0);
}

static void an_etag_that_is_no_text_is_not_kept(void **state)
{
    (void)state;
    server.etag = "\"\xFF\"";
    write_by_fetch();
    start();
    now_s += HOUR_S;
    assert_int_equal(ask("a"), COGMIG_OK);
    assert_int_equal(server.fetches, 1);
    assert_string_equal(server.if_none_match, "");
}

static void later_keys_are_not_overwritten_by_earlier_ones(void **state)
{
    (void)state;
    now_s += MINUTE_S;
    write_by_fetch();
    now_s -= MINUTE_S / 2;
    server.body = keys_b;
    assert_int_equal(key_source_refresh(source, NULL), COGMIG_OK);
    assert_int_equal(count(KEY_FILE_WRITTEN), 1);
    now_s += MINUTE_S;
    start();
    assert_int_equal(ask("a"), COGMIG_OK);
}

static void write_again_and_again(const char *address)
{
    for (int i = 0; i < 20; i++) {
        struct key_source *own = key_source_new(address, &fetcher, steady_ms);
        if (key_source_refresh(own, NULL) != COGMIG_OK)
            _exit(1);
        key_source_free(own);
    }
    _exit(count(KEY_FILE_IGNORED) + count(KEY_FILE_NOT_WRITTEN) == 0 ? 0 : 1);
}

static void processes_that_write_at_once_leave_a_whole_file(void **state)
{
    enum {
        PROCESSES = 4
    };
    (void)state;
    pid_t children[PROCESSES];
    write_by_fetch();
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] == 0)
            write_again_and_again(i % 2 == 0 ? url : "https://other.example");
    }
    int outcomes = 0;
    for (int i = 0; i < PROCESSES; i++) {
        int outcome = -1;
        waitpid(children[i], &outcome, 0);
        outcomes |= outcome;
    }
    assert_int_equal(outcomes, 0);
    start();
    assert_true(count(KEY_FILE_USED) + (uint64_t)key_source_holds_keys(source) > 0);
    assert_int_equal(count(KEY_FILE_IGNORED), 0);
}

/* ---- a file that is not to be trusted ---- */

static void a_file_that_was_cut_off_is_refused_wherever_that_was(void **state)
{
    (void)state;
    size_t len;
    write_by_fetch();
    char *bytes = content(&len);
    for (size_t cut = 1; cut < len; cut++) {
        put(bytes, cut);
        expect_refused(cut < strlen("cogmig-keys ") ? "no key file" : "");
    }
    memory_free(bytes);
}

static void a_file_with_any_byte_changed_is_refused(void **state)
{
    (void)state;
    size_t len;
    write_by_fetch();
    char *bytes = content(&len);
    for (size_t at = 0; at < len; at++) {
        bytes[at] ^= 1;
        put(bytes, len);
        expect_refused("");
        bytes[at] ^= 1;
    }
    memory_free(bytes);
}

static void garbage_and_other_versions_are_refused(void **state)
{
    (void)state;
    put("\0\xFF\n", 3);
    expect_refused("no key file");
    put(keys_a, strlen(keys_a));
    expect_refused("no key file");
    put("cogmig-keys 2 ", 14);
    expect_refused("another version");
    put("cogmig-keys 10", 14);
    expect_refused("another version");
    put("cogmig-keys 1 ", 14);
    expect_refused("cut off");
}

static void a_file_that_is_too_large_is_refused(void **state)
{
    (void)state;
    put("x", 1);
    assert_int_equal(truncate(path, KEY_FILE_MAX_BYTES + 1), 0);
    expect_refused("too large");
}

static void what_was_refused_is_replaced_and_no_problem_any_more(void **state)
{
    (void)state;
    put(keys_a, strlen(keys_a));
    expect_refused("no key file");
    assert_int_equal(ask("a"), COGMIG_OK);
    assert_int_equal(count(KEY_FILE_WRITTEN), 1);
    assert_int_equal(key_file_problem(fetcher.file, &err), COGMIG_OK);
    start();
    assert_true(key_source_holds_keys(source));
}

static void an_empty_file_is_as_none(void **state)
{
    (void)state;
    put("", 0);
    start();
    assert_false(key_source_holds_keys(source));
    assert_int_equal(count(KEY_FILE_IGNORED), 0);
}

static void a_file_that_others_may_read_or_write_is_refused(void **state)
{
    static const mode_t modes[] = {0602, 0620, 0604, 0640, 0666, 0601};
    (void)state;
    write_by_fetch();
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        assert_int_equal(chmod(path, modes[i]), 0);
        expect_refused("0600");
    }
    assert_int_equal(chmod(path, 0400), 0);
    start();
    assert_true(key_source_holds_keys(source));
}

/* Root gives a file away; anybody else looks at one of root's. */
static void a_file_of_another_user_is_refused(void **state)
{
    (void)state;
    if (geteuid() == 0) {
        write_by_fetch();
        assert_int_equal(chown(path, 65534, 65534), 0);
        expect_refused("another user");
        return;
    }
    struct saved_keys saved;
    struct key_file *of_root = key_file_new("/etc/passwd", calendar_s, NULL);
    assert_false(key_file_read(of_root, url, SIGNATURE_RS256, 0, &saved));
    assert_int_equal(key_file_problem(of_root, &err), COGMIG_KEY_FILE_REFUSED);
    assert_non_null(strstr(err.message, "another user"));
    key_file_free(of_root);
}

static void expect_unreadable(const char *where)
{
    struct saved_keys saved;
    struct key_file *file = key_file_new(where, calendar_s, NULL);
    assert_non_null(file);
    assert_false(key_file_read(file, url, SIGNATURE_RS256, 0, &saved));
    assert_int_equal(key_file_problem(file, &err), COGMIG_FILE_UNREADABLE);
    assert_non_null(strstr(err.message, where));
    assert_int_equal(key_file_count(file, KEY_FILE_IGNORED), 1);
    key_file_free(file);
}

static void a_file_that_cannot_be_opened_or_read_is_told(void **state)
{
    (void)state;
    expect_unreadable("/dev/null/keys");
    expect_unreadable("/proc/self/mem"); /* at whose beginning there is nothing */
}

static void what_is_no_regular_file_is_refused(void **state)
{
    (void)state;
    char target[sizeof path + 8];
    snprintf(target, sizeof target, "%s.moved", path);
    write_by_fetch();
    assert_int_equal(rename(path, target), 0);
    assert_int_equal(symlink(target, path), 0);
    expect_refused("symbolic link");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(link(target, path), 0);
    expect_refused("another name");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(unlink(target), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    expect_refused("no regular file");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    expect_refused("no regular file");
}

static void a_file_from_the_future_is_refused(void **state)
{
    (void)state;
    write_by_fetch();
    now_s -= MINUTE_S;
    start();
    assert_true(key_source_holds_keys(source));
    now_s -= 1;
    expect_refused("in the future");
}

static void a_refused_file_is_replaced_by_the_next_fetch(void **state)
{
    (void)state;
    put("garbage", 7);
    start();
    assert_int_equal(ask("a"), COGMIG_OK);
    assert_int_equal(count(KEY_FILE_WRITTEN), 1);
    start();
    assert_true(key_source_holds_keys(source));
}

static void a_refused_file_leaves_the_keys_that_are_held(void **state)
{
    (void)state;
    write_by_fetch();
    put("garbage", 7);
    server.http_status = 500;
    now_s += 10 * MINUTE_S;
    assert_int_equal(ask("a"), COGMIG_OK);
    assert_int_equal(count(KEY_FILE_IGNORED), 1);
}

/* ---- a disk that does not do ---- */

static void expect_unwritable(void)
{
    start();
    assert_int_equal(ask("a"), COGMIG_OK);
    assert_int_equal(count(KEY_FILE_NOT_WRITTEN), 1);
    assert_int_equal(count(KEY_FILE_WRITTEN), 0);
    assert_int_equal(key_file_problem(fetcher.file, &err), COGMIG_FILE_UNWRITABLE);
    assert_int_equal(err.upstream, COGMIG_UPSTREAM_SYSTEM);
}

static void a_folder_that_is_not_there_fails_no_verification(void **state)
{
    (void)state;
    key_file_free(fetcher.file);
    fetcher.file = key_file_new("/nonexistent/folder/keys", calendar_s, NULL);
    expect_unwritable();
}

static void a_folder_in_place_of_the_file_fails_no_verification(void **state)
{
    (void)state;
    assert_int_equal(mkdir(path, 0700), 0);
    expect_unwritable();
}

/* The limit stands for a full disk: writing stops in the middle. */
static void a_full_disk_leaves_the_file_as_it_was(void **state)
{
    (void)state;
    struct rlimit unlimited, small;
    size_t before, after;
    write_by_fetch();
    memory_free(content(&before));
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
    signal(SIGXFSZ, SIG_IGN);
    small = (struct rlimit){100, unlimited.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    now_s += MINUTE_S;
    cogmig_status status = key_source_refresh(source, NULL);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
    assert_int_equal(status, COGMIG_OK);
    assert_int_equal(count(KEY_FILE_NOT_WRITTEN), 1);
    memory_free(content(&after));
    assert_int_equal(before, after);
    start();
    assert_true(key_source_holds_keys(source));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(keys_that_were_fetched_are_there_at_the_next_start),
        TEST(the_file_is_private_and_names_no_address),
        TEST(no_file_yet_is_no_problem),
        TEST(the_time_that_passed_since_the_fetch_counts),
        TEST(keys_of_yesterday_are_not_used),
        TEST(the_cool_down_of_who_fetched_counts_for_all),
        TEST(an_unchanged_answer_makes_the_file_young_again),
        TEST(a_failed_fetch_writes_nothing),
        TEST(what_another_process_fetched_is_found_without_a_fetch),
        TEST(keys_that_are_due_are_taken_from_who_fetched_them_anew),
        TEST(a_file_that_does_not_help_is_followed_by_a_fetch),
        TEST(what_the_caller_gave_later_is_not_replaced_by_the_file),
        TEST(what_the_caller_gives_while_the_file_is_read_stays),
        TEST(keys_of_other_addresses_stay_in_the_file),
        TEST(what_is_damaged_or_from_the_future_is_not_written_again),
        TEST(others_keys_that_leave_no_room_go),
        TEST(an_etag_that_is_no_text_is_not_kept),
        TEST(later_keys_are_not_overwritten_by_earlier_ones),
        TEST(processes_that_write_at_once_leave_a_whole_file),
        TEST(a_file_that_was_cut_off_is_refused_wherever_that_was),
        TEST(a_file_with_any_byte_changed_is_refused),
        TEST(garbage_and_other_versions_are_refused),
        TEST(a_file_that_is_too_large_is_refused),
        TEST(what_was_refused_is_replaced_and_no_problem_any_more),
        TEST(an_empty_file_is_as_none),
        TEST(a_file_that_others_may_read_or_write_is_refused),
        TEST(a_file_of_another_user_is_refused),
        TEST(a_file_that_cannot_be_opened_or_read_is_told),
        TEST(what_is_no_regular_file_is_refused),
        TEST(a_file_from_the_future_is_refused),
        TEST(a_refused_file_is_replaced_by_the_next_fetch),
        TEST(a_refused_file_leaves_the_keys_that_are_held),
        TEST(a_folder_that_is_not_there_fails_no_verification),
        TEST(a_folder_in_place_of_the_file_fails_no_verification),
        TEST(a_full_disk_leaves_the_file_as_it_was),
    };
    return cmocka_run_group_tests_name("keyset: key file", tests, make_documents, free_documents);
}
