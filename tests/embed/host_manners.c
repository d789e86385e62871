/* SPDX-License-Identifier: Apache-2.0
 * What belongs to the process is as it was after libcogmig was used, in good times and in bad. Says
 * which locale it was, its decimal point, and what its C library calls ENOENT. */
#include "use.h"

#include <cogmig/cogmig.h>
#include <dirent.h>
#include <errno.h>
#include <libintl.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

enum {
    SIGNALS = 65
};

struct habits {
    struct sigaction actions[SIGNALS];
    sigset_t mask;
    char locale[512];
    char folder[4096];
    mode_t umask;
    char environment[65536];
    int descriptors, threads;
    long next_random;
};

static volatile sig_atomic_t caught;

static void fail(const char *what, const char *why)
{
    (void)fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static void catch (int number)
{
    caught = number;
}

/* None that comes of a fault: it would come again and again. */
static void catch_signals(void)
{
    for (int number = 1; number < SIGNALS; number++)
        if (number != SIGSEGV && number != SIGBUS && number != SIGFPE && number != SIGILL)
            (void)signal(number, catch);
}

static int entries(const char *name)
{
    int count = 0;
    DIR *folder = opendir(name);
    while (folder != NULL && readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

static void note_environment(char *out, size_t size)
{
    size_t used = 0;
    for (char **each = environ; *each != NULL && used < size; each++)
        used += (size_t)snprintf(out + used, size - used, "%s\n", *each);
    if (used >= size)
        fail("environment", "is too large for this test");
}

static void note(struct habits *habits)
{
    memset(habits, 0, sizeof *habits);
    for (int number = 1; number < SIGNALS; number++)
        (void)sigaction(number, NULL, &habits->actions[number]);
    (void)pthread_sigmask(SIG_SETMASK, NULL, &habits->mask);
    (void)snprintf(habits->locale, sizeof habits->locale, "%s", setlocale(LC_ALL, NULL));
    if (getcwd(habits->folder, sizeof habits->folder) == NULL)
        fail("getcwd", "failed");
    habits->umask = umask(0);
    (void)umask(habits->umask);
    note_environment(habits->environment, sizeof habits->environment);
    habits->descriptors = entries("/proc/self/fd");
    habits->threads = entries("/proc/self/task");
}

static void expect(bool same, const char *what)
{
    if (!same)
        fail(what, "changed");
}

static void compare(const struct habits *before, const struct habits *after)
{
    for (int number = 1; number < SIGNALS; number++)
        expect(before->actions[number].sa_handler == after->actions[number].sa_handler &&
                   before->actions[number].sa_flags == after->actions[number].sa_flags,
               "what is done on a signal");
    for (int number = 1; number < SIGNALS; number++)
        expect(sigismember(&before->mask, number) == sigismember(&after->mask, number),
               "the signals that are blocked");
    expect(strcmp(before->locale, after->locale) == 0, "the locale");
    expect(strcmp(before->folder, after->folder) == 0, "the working directory");
    expect(before->umask == after->umask, "the umask");
    expect(strcmp(before->environment, after->environment) == 0, "the environment");
    expect(before->descriptors == after->descriptors, "the number of descriptors");
    expect(before->threads == after->threads, "the number of threads");
    expect(before->next_random == after->next_random, "the sequence of random()");
    expect(caught == 0, "no signal came, which");
}

static void must(bool well, const struct trouble *trouble)
{
    if (!well)
        fail("use", trouble->text);
}

static void fail_everywhere(const struct world *world)
{
    struct trouble trouble = {""};
    struct world closed = *world;
    closed.jwks_url = getenv("JWKS_CLOSED");
    if (use_tokens(&closed, &trouble) || use_store("file:/nonexistent/dev.db", &trouble) ||
        use_idmap("file:/nonexistent/dev.db", &trouble) ||
        use_store("postgresql://nobody@127.0.0.1:1/none", &trouble) ||
        use_export("file:/nonexistent/dev.db", &trouble))
        fail("something that must fail", "did not");
}

/* In an 8-bit locale these bytes are letters. */
static void expect_ascii_rules(void)
{
    cogmig_cognito_config *config = NULL;
    if (cogmig_cognito_config_new(&config, NULL) != COGMIG_OK)
        fail("config", "memory was refused");
    if (cogmig_cognito_config_set_endpoint(config, "https://\xE7\xFD.example", NULL) == COGMIG_OK)
        fail("an endpoint", "was taken although it is not ASCII");
    cogmig_cognito_config_free(&config);
}

/* The messages of the C library come from a catalogue in which they say something else. */
static void expect_one_language(void)
{
    cogmig_error *err = NULL;
    cogmig_verifier *verifier = NULL;
    if (cogmig_error_new(&err) != COGMIG_OK ||
        cogmig_verifier_new_for_pool("eu-central-1_AbCdEfGhI", "client", COGMIG_TOKEN_USE_ID,
                                     &verifier, err) != COGMIG_OK)
        fail("verifier", "memory was refused");
    (void)cogmig_verifier_seed_keys_from_file(verifier, NULL, "/nonexistent/jwks.json", err);
    if (strstr(cogmig_error_message(err), "No such file or directory") == NULL)
        fail("a message", cogmig_error_message(err));
    cogmig_verifier_free(&verifier);
    cogmig_error_free(&err);
}

int main(void)
{
    static struct habits before, after;
    struct trouble trouble = {""};
    struct world world = world_from_environment();
    if (setlocale(LC_ALL, "") == NULL)
        fail("setlocale", "the locale is not there");
    (void)bindtextdomain("libc", getenv("EMBED_CATALOGUES"));
    catch_signals();
    srandom(1);
    long first = random();
    srandom(1);
    note(&before);
    before.next_random = first;
    must(use_everything(&world, &trouble), &trouble);
    fail_everywhere(&world);
    expect_ascii_rules();
    expect_one_language();
    note(&after);
    after.next_random = random();
    compare(&before, &after);
    printf("%s %s %s\n", setlocale(LC_CTYPE, NULL), localeconv()->decimal_point, strerror(ENOENT));
    return 0;
}
