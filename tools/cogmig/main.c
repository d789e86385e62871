/* SPDX-License-Identifier: Apache-2.0
 * cogmig: the library from the command line. */
#include "dotenv.h"
#include "failure.h"
#include "verbs.h"

#include <cogmig/version.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "cogmig moves users from a PostgreSQL store to Amazon Cognito, and checks Cognito's tokens.\n"
    "\n"
    "  cogmig migrate < event.json    answer one event of a Lambda trigger\n"
    "  cogmig verify TOKEN            is this token good, and whose is it?\n"
    "  cogmig store inspect           whose model is the legacy store, and what does it lack?\n"
    "  cogmig user EMAIL              what does the legacy store know about this address?\n"
    "  cogmig export                  back the users up, without their password hashes\n"
    "  cogmig idmap find LEGACY_ID    which Cognito user is this legacy user? (also link, unlink)\n"
    "  cogmig audit                   what will become of each user of the legacy store?\n"
    "  cogmig doctor                  is everything set up, and if not, how is it mended?\n"
    "  cogmig status                  how many users have moved, and how many remain?\n"
    "  cogmig reconcile               do Cognito, the store and the map tell the same story?\n"
    "  cogmig capacity                what does a cut-over need, measured on this machine?\n"
    "  cogmig lambda --local PROGRAM  the Lambda function on this machine\n"
    "  cogmig VERB --help             more about one of them\n"
    "  cogmig --version               which version this is\n"
    "\n"
    "Settings come from flags, then from the environment, then from .env.local and .env in the\n"
    "working directory:\n"
    "\n"
    "  DATABASE_URL            the legacy store: postgresql://... or file:./dev.db\n"
    "  COGNITO_USER_POOL_ID    e.g. eu-central-1_AbCdEfGhI\n"
    "  COGNITO_CLIENT_ID       the app client; several with commas\n"
    "  COGNITO_ISSUER          only where the issuer does not follow from the pool id: emulators\n"
    "  COGMIG_TABLE, COGMIG_PASSWORD_COLUMN and others\n"
    "                          where your model differs from Prisma's Auth.js User: see\n"
    "                          .env.example\n"
    "\n"
    "Exit code: 0 good, 1 denied, 2 not found, 3 invalid input, data or setting, 4 conflict,\n"
    "5 unavailable (an outage: try again), 6 stopped, 7 internal.\n";

/* clang-format off */
static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} verbs[] = {
    {"audit", verb_audit, help_audit},
    {"capacity", verb_capacity, help_capacity},
    {"doctor", verb_doctor, help_doctor},
    {"export", verb_export, help_export},
    {"idmap", verb_idmap, help_idmap},
    {"lambda", verb_lambda, help_lambda},
    {"migrate", verb_migrate, help_migrate},
    {"reconcile", verb_reconcile, help_reconcile},
    {"store", verb_store, help_store},
    {"status", verb_status, help_status},
    {"user", verb_user, help_user},
    {"verify", verb_verify, help_verify},
};
/* clang-format on */

/* A file or a connection that is opened where standard output is closed would become it, and be
 * written to. What is held here instead can be neither read nor written the right way. */
static void hold_standard_descriptors(void)
{
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0)
            open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static int output_failed(void)
{
    perror("cogmig: standard output");
    return COGMIG_KIND_UNAVAILABLE;
}

static int print(const char *text)
{
    fputs(text, stdout);
    return fflush(stdout) == 0 ? 0 : output_failed();
}

static int print_version(void)
{
    printf("cogmig %s\n", cogmig_version());
    return print("");
}

static int no_such_verb(const char *verb)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (is_nearly(verb, verbs[i].name))
            return misuse("there is no verb \"%s\"; did you mean \"%s\"?", verb, verbs[i].name);
    return misuse("there is no verb \"%s\".", verb);
}

/* Of one verb, or of all. */
static int print_help(const char *verb)
{
    if (verb == NULL || verb[0] == '-')
        return print(help);
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (strcmp(verb, verbs[i].name) == 0)
            return print(verbs[i].help);
    return no_such_verb(verb);
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static int run_verb(size_t index, int argc, char **argv)
{
    if (asks_for_help(argc, argv))
        return print(verbs[index].help);
    dotenv_load();
    int code = verbs[index].run(argc, argv);
    return fflush(stdout) == 0 && ferror(stdout) == 0 ? code : output_failed();
}

int main(int argc, char **argv)
{
    hold_standard_descriptors();
    const char *verb = argc < 2 ? "--help" : argv[1];
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (strcmp(verb, verbs[i].name) == 0)
            return run_verb(i, argc - 1, argv + 1);
    if (strcmp(verb, "--version") == 0 || strcmp(verb, "version") == 0)
        return print_version();
    if (strcmp(verb, "--help") == 0 || strcmp(verb, "-h") == 0 || strcmp(verb, "help") == 0)
        return print_help(argc < 3 ? NULL : argv[2]);
    return no_such_verb(verb);
}
