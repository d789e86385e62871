/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "base/new_file.h"
#include "bounded.h"
#include "cmocka_all.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int __real_renameat2(int from, const char *old, int to, const char *new, unsigned int flags);
int __wrap_renameat2(int from, const char *old, int to, const char *new, unsigned int flags);

static bool renames_without_flags_only;

int __wrap_renameat2(int from, const char *old, int to, const char *new, unsigned int flags)
{
    if (!renames_without_flags_only)
        return __real_renameat2(from, old, to, new, flags);
    errno = EINVAL;
    return -1;
}

/* Each test works in a fresh folder. */
static int enter_fresh_folder(void **state)
{
    char folder[] = "/tmp/cogmig-new-file-XXXXXX";
    *state = strdup(mkdtemp(folder));
    return *state == NULL ? -1 : chdir(*state);
}

static int leave_folder(void **state)
{
    char command[200];
    snprintf(command, sizeof command, "rm -rf %s", (const char *)*state);
    free(*state);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static int count_entries(void)
{
    int count = 0;
    DIR *folder = opendir(".");
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count - 2;
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static void put(const char *path, const char *content)
{
    FILE *file = fopen(path, "w");
    fputs(content, file);
    fclose(file);
}

static void assert_content(const char *path, const char *expected)
{
    char content[100] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t len = fread(content, 1, sizeof content, file);
    fclose(file);
    assert_int_equal(len, strlen(expected));
    assert_memory_equal(content, expected, len);
}

static int write_whole(const char *path, bool may_replace)
{
    SCOPED(new_file_release) struct new_file file = no_new_file;
    int failure = new_file_begin(&file, path, may_replace);
    if (failure == 0)
        failure = new_file_write(&file, TEXT("new"));
    return failure == 0 ? new_file_finish(&file) : failure;
}

/* promise 45 */
static void a_file_appears_when_it_is_finished_and_not_before(void **state)
{
    (void)state;
    SCOPED(new_file_release) struct new_file file = no_new_file;
    assert_int_equal(new_file_begin(&file, "users.json", false), 0);
    assert_int_equal(new_file_write(&file, TEXT("one ")), 0);
    assert_int_equal(new_file_write(&file, TEXT("")), 0);
    assert_int_equal(new_file_write(&file, TEXT("two")), 0);
    assert_false(exists("users.json"));
    assert_int_equal(new_file_finish(&file), 0);
    assert_content("users.json", "one two");
    assert_int_equal(count_entries(), 1);
}

/* promise 47 */
static void only_its_owner_may_read_it_even_before_it_is_finished(void **state)
{
    (void)state;
    mode_t before = umask(0);
    SCOPED(new_file_release) struct new_file file = no_new_file;
    assert_int_equal(new_file_begin(&file, "secret", false), 0);
    struct stat info;
    assert_int_equal(fstat(file.descriptor, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    assert_int_equal(new_file_finish(&file), 0);
    assert_int_equal(stat("secret", &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    umask(before);
}

static void a_file_that_is_abandoned_leaves_nothing(void **state)
{
    (void)state;
    {
        SCOPED(new_file_release) struct new_file file = no_new_file;
        assert_int_equal(new_file_begin(&file, "users.json", false), 0);
        assert_int_equal(new_file_write(&file, TEXT("half")), 0);
        assert_int_equal(count_entries(), 1);
    }
    assert_int_equal(count_entries(), 0);
}

static void a_name_that_is_taken_is_refused_before_the_work(void **state)
{
    (void)state;
    put("users.json", "old");
    assert_int_equal(symlink("nowhere", "link"), 0);
    SCOPED(new_file_release) struct new_file file = no_new_file;
    assert_int_equal(new_file_begin(&file, "users.json", false), EEXIST);
    assert_int_equal(new_file_begin(&file, "link", false), EEXIST);
    assert_content("users.json", "old");
    assert_int_equal(count_entries(), 2);
}

/* promise 46 */
static void a_name_that_is_taken_meanwhile_is_refused_and_kept(void **state)
{
    (void)state;
    for (int flagless = 0; flagless <= 1; flagless++) {
        renames_without_flags_only = flagless;
        SCOPED(new_file_release) struct new_file file = no_new_file;
        assert_int_equal(new_file_begin(&file, "users.json", false), 0);
        put("users.json", "theirs");
        assert_int_equal(new_file_finish(&file), EEXIST);
        assert_content("users.json", "theirs");
        assert_int_equal(count_entries(), 1);
        unlink("users.json");
    }
    renames_without_flags_only = false;
}

static void a_file_system_without_exclusive_renaming_is_served_by_links(void **state)
{
    (void)state;
    renames_without_flags_only = true;
    assert_int_equal(write_whole("users.json", false), 0);
    renames_without_flags_only = false;
    assert_content("users.json", "new");
    assert_int_equal(count_entries(), 1);
}

static void an_old_file_is_replaced_where_that_is_allowed(void **state)
{
    (void)state;
    put("keys.json", "old and longer");
    assert_int_equal(write_whole("keys.json", true), 0);
    assert_content("keys.json", "new");
    assert_int_equal(count_entries(), 1);
}

static void a_link_is_replaced_and_what_it_points_to_is_not(void **state)
{
    (void)state;
    put("target", "old");
    assert_int_equal(symlink("target", "link"), 0);
    assert_int_equal(write_whole("link", true), 0);
    assert_content("target", "old");
    assert_content("link", "new");
}

static void folders_and_devices_are_never_replaced(void **state)
{
    (void)state;
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_int_equal(write_whole("folder", true), EEXIST);
    assert_int_equal(write_whole("pipe", true), EEXIST);
    assert_int_equal(count_entries(), 2);
}

static void paths_that_cannot_be_written_say_why(void **state)
{
    (void)state;
    put("file", "");
    assert_int_equal(write_whole("", false), ENOENT);
    assert_int_equal(write_whole("missing/users.json", false), ENOENT);
    assert_int_equal(write_whole("file/users.json", false), ENOTDIR);
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_int_equal(write_whole("folder/", false), EISDIR);
    char name[250];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_int_equal(write_whole(name, false), ENAMETOOLONG);
}

static void what_a_killed_process_left_does_not_stand_in_the_way(void **state)
{
    (void)state;
    char left[64];
    snprintf(left, sizeof left, "users.json.partial-%d-0", (int)getpid());
    assert_int_equal(symlink("elsewhere", left), 0);
    assert_int_equal(write_whole("users.json", false), 0);
    assert_false(exists("elsewhere"));
    assert_int_equal(count_entries(), 2);
}

static void a_file_in_another_folder_stays_in_that_folder(void **state)
{
    (void)state;
    assert_int_equal(mkdir("backups", 0700), 0);
    SCOPED(new_file_release) struct new_file file = no_new_file;
    assert_int_equal(new_file_begin(&file, "backups/users.json", false), 0);
    assert_int_equal(rename("backups", "moved"), 0);
    assert_int_equal(new_file_finish(&file), 0);
    assert_true(exists("moved/users.json"));
}

/* In a child, since the limit stays. */
static int write_beyond_the_limit_of_the_process(void)
{
    struct rlimit limit = {1000, 1000};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    SCOPED(new_file_release) struct new_file file = no_new_file;
    static const char block[1500];
    return new_file_begin(&file, "users.json", false) == 0 &&
           new_file_write(&file, (struct span){block, sizeof block}) == EFBIG;
}

static void a_write_that_goes_only_half_way_is_a_failure(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0)
        _exit(write_beyond_the_limit_of_the_process() ? 0 : 1);
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
    assert_int_equal(count_entries(), 0);
}

static void a_full_disk_is_told(void **state)
{
    (void)state;
    struct new_file file = no_new_file;
    file.descriptor = open("/dev/full", O_WRONLY);
    assert_int_equal(new_file_write(&file, TEXT("x")), ENOSPC);
    new_file_release(&file);
    assert_int_equal(file.descriptor, -1);
}

static void a_process_that_is_killed_leaves_nothing_under_the_name(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        struct new_file file = no_new_file;
        if (new_file_begin(&file, "users.json", false) == 0)
            new_file_write(&file, TEXT("half"));
        raise(SIGKILL);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how));
    assert_false(exists("users.json"));
    assert_int_equal(count_entries(), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter_fresh_folder, leave_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_appears_when_it_is_finished_and_not_before),
        TEST(only_its_owner_may_read_it_even_before_it_is_finished),
        TEST(a_file_that_is_abandoned_leaves_nothing),
        TEST(a_name_that_is_taken_is_refused_before_the_work),
        TEST(a_name_that_is_taken_meanwhile_is_refused_and_kept),
        TEST(a_file_system_without_exclusive_renaming_is_served_by_links),
        TEST(an_old_file_is_replaced_where_that_is_allowed),
        TEST(a_link_is_replaced_and_what_it_points_to_is_not),
        TEST(folders_and_devices_are_never_replaced),
        TEST(paths_that_cannot_be_written_say_why),
        TEST(what_a_killed_process_left_does_not_stand_in_the_way),
        TEST(a_file_in_another_folder_stays_in_that_folder),
        TEST(a_write_that_goes_only_half_way_is_a_failure),
        TEST(a_full_disk_is_told),
        TEST(a_process_that_is_killed_leaves_nothing_under_the_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
