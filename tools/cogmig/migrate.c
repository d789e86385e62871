/* SPDX-License-Identifier: Apache-2.0
 * cogmig migrate: an event on standard input, the response on standard output. */
#include "dry_run.h"
#include "failure.h"
#include "input.h"
#include "number.h"
#include "verbs.h"

#include <cogmig/memory.h>
#include <cogmig/migration.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char help_migrate[] =
    "cogmig migrate [options] < event.json > response.json\n"
    "\n"
    "Reads one event of a user pool's Lambda trigger and writes what the function must return:\n"
    "\n"
    "  UserMigration_*                            looks the user up, verifies the password\n"
    "  PreSignUp_*                                refuses a legacy user's address (exit code 1)\n"
    "  PostAuthentication_*, PostConfirmation_*   records the link in the identity map\n"
    "  TokenGeneration_*                          puts the claim legacy_id into the tokens\n"
    "\n"
    "Events of other triggers come back as they are. So does a migration's \"no\", byte for byte,\n"
    "with exit code 0: why is said on standard error, for you and not for Cognito.\n"
    "\n"
    "Where a no hides a fault of your data (a hash that is not bcrypt, two rows for one address),\n"
    "the exit code tells: 3 or 4. Where no answer can be given (database down, not an event)\n"
    "nothing is written and the exit code is that of the fault: fail the invocation then.\n"
    "\n"
    "An answer that your settings let pass without a database (COGMIG_SIGN_UP_OPEN_IN_OUTAGE, an\n"
    "identity map that is down) is written, with exit code 5: give it to Cognito.\n"
    "\n"
    "  --url URL                    the legacy store, instead of DATABASE_URL\n"
    "  --attribute NAME             return one more attribute (\"name\")\n"
    "  --legacy-id-attribute NAME   instead of custom:legacy_id\n"
    "  --deadline-ms N              1 to 60000, instead of 4000\n"
    "  --max-cost N                 bcrypt cost, 4 to 31, instead of 15\n"
    "  --json                       say why as JSON\n"
    "  --dry-run                    read recorded events, one on each line, and say what each "
    "would\n"
    "                               be answered and why, without the identity map: nothing is\n"
    "                               recorded, and no password told\n"
    "\n"
    "The other settings are variables of the environment: see .env.example. With COGMIG_IDMAP=1 "
    "the\n"
    "identity map is used.\n"
    "\n"
    "The password is in the event. It is never taken from the command line, where every user of\n"
    "the machine could read it.\n"
    "\n"
    "  printf '%s' '{\"triggerSource\":\"UserMigration_Authentication\",\"userName\":\n"
    "    \"someone@example.com\",\"request\":{\"password\":\"...\"},\"response\":{}}' | cogmig "
    "migrate\n";

enum {
    MAX_EVENT_BYTES = 6 * 1024 * 1024
};

struct options {
    cogmig_migration_config *config;
    bool as_json;
    bool dry_run;
};

static cogmig_status set_option(struct options *options, int option, const char *value,
                                cogmig_error *err)
{
    switch (option) {
    case 'u':
        setenv("DATABASE_URL", value, 1);
        return COGMIG_OK;
    case 'a':
        return cogmig_migration_config_add_attribute(options->config, value, err);
    case 'l':
        return cogmig_migration_config_set_legacy_id_attribute(options->config, value, err);
    case 'd':
        return cogmig_migration_config_set_deadline_ms(options->config, number_or_minus_1(value),
                                                       err);
    case 'c':
        return cogmig_migration_config_set_max_cost(options->config, number_or_minus_1(value), err);
    case 'n':
        options->dry_run = true;
        return COGMIG_OK;
    default:
        options->as_json = true;
        return COGMIG_OK;
    }
}

/* 0, or the exit code. */
static int read_options(int argc, char **argv, struct options *options, cogmig_error *err)
{
    static const struct option known[] = {
        {"url", required_argument, NULL, 'u'},
        {"attribute", required_argument, NULL, 'a'},
        {"legacy-id-attribute", required_argument, NULL, 'l'},
        {"deadline-ms", required_argument, NULL, 'd'},
        {"max-cost", required_argument, NULL, 'c'},
        {"json", no_argument, NULL, 'j'},
        {"dry-run", no_argument, NULL, 'n'},
        {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(argc, argv, ":", known, NULL)) != -1) {
        if (option == '?' || option == ':')
            return misuse_of_option(option, argv, known);
        if (set_option(options, option, optarg, err) != COGMIG_OK)
            return report(err, options->as_json);
    }
    return optind == argc ? 0 : misuse("\"migrate\" reads the event from standard input.");
}

static bool write_whole(const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        len -= (size_t)written;
    }
    return true;
}

/* A plain no is an answer like any other; one that hides a fault of the data is worth an exit
 * code. */
static int explain(const cogmig_error *err, bool as_json)
{
    if (cogmig_error_status(err) == COGMIG_OK)
        return 0;
    int kind = report(err, as_json);
    return kind == COGMIG_KIND_DENIED || kind == COGMIG_KIND_NOT_FOUND ? 0 : kind;
}

static int answer(cogmig_migration *migration, const struct input *event, bool as_json,
                  cogmig_error *err)
{
    char *response = NULL;
    size_t len = 0;
    if (cogmig_migration_handle(migration, event->bytes, event->len, &response, &len, err) !=
        COGMIG_OK)
        return report(err, as_json);
    bool written = write_whole(response, len);
    cogmig_free(response);
    if (written)
        return explain(err, as_json);
    fprintf(stderr, "cogmig: the response could not be written: %s.\n", strerror(errno));
    return COGMIG_KIND_UNAVAILABLE;
}

static int migrate(const struct options *options, const struct input *event, cogmig_error *err)
{
    cogmig_migration *migration = NULL;
    if (cogmig_migration_new_from_env(options->config, &migration, err) != COGMIG_OK)
        return report(err, options->as_json);
    int code = answer(migration, event, options->as_json, err);
    cogmig_migration_free(&migration);
    return code;
}

static int read_and_migrate(const struct options *options, cogmig_error *err)
{
    struct input event;
    if (isatty(STDIN_FILENO))
        fputs("cogmig: reading the event from the terminal; end it with Ctrl-D.\n", stderr);
    if (!input_read(MAX_EVENT_BYTES, &event)) {
        cogmig_error_set(err, COGMIG_FILE_UNREADABLE, "Standard input could not be read.");
        return report(err, options->as_json);
    }
    int code = migrate(options, &event, err);
    input_release(&event);
    return code;
}

/* The identity map would be written to. */
static int rehearse(const struct options *options, cogmig_error *err)
{
    cogmig_migration *migration = NULL;
    if (cogmig_migration_config_set_idmap(options->config, NULL, err) != COGMIG_OK ||
        cogmig_migration_new_from_env(options->config, &migration, err) != COGMIG_OK)
        return report(err, options->as_json);
    int code = dry_run(migration, options->as_json, err);
    cogmig_migration_free(&migration);
    return code;
}

int verb_migrate(int argc, char **argv)
{
    cogmig_error *err = new_error_box();
    struct options options = {.config = NULL};
    int code;
    if (cogmig_migration_config_new_from_env(&options.config, err) != COGMIG_OK)
        code = report(err, false);
    else if ((code = read_options(argc, argv, &options, err)) == 0)
        code = options.dry_run ? rehearse(&options, err) : read_and_migrate(&options, err);
    cogmig_migration_config_free(&options.config);
    cogmig_error_free(&err);
    return code;
}
