/* SPDX-License-Identifier: Apache-2.0
 * cogmig store inspect: which preset fits the legacy store. */
#include "failure.h"
#include "verbs.h"

#include <cogmig/memory.h>
#include <cogmig/store.h>
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char help_store[] =
    "cogmig store inspect [options]\n"
    "\n"
    "Looks at the tables of the legacy store: whose model it is, which columns disable a user, "
    "what\n"
    "is missing. Prints the settings to paste into .env. Nothing is written.\n"
    "\n"
    "  --url URL    the legacy store, instead of DATABASE_URL\n"
    "  --json       print JSON\n"
    "\n"
    "Exit code 2: no preset fits; set COGMIG_TABLE, COGMIG_PASSWORD_COLUMN and so on yourself.\n";

static const char *text_of(const json_t *report, const char *member)
{
    return json_string_value(json_object_get(report, member));
}

static void print_list(const char *title, const json_t *list)
{
    size_t index;
    json_t *item;
    if (json_array_size(list) > 0)
        printf("%s\n", title);
    json_array_foreach(list, index, item)
    {
        printf("  %s\n", json_string_value(item));
    }
}

static int print_report(const json_t *report)
{
    if (text_of(report, "fits_but_for_hashes") != NULL)
        printf(
            "The preset %s fits the table %s in the schema %s but for the password hashes: it has "
            "no\ncolumn of a usual name for them (passwordHash, hashed_password and so on). If "
            "they "
            "are under\nanother name, COGMIG_PASSWORD_COLUMN says so; in another table, "
            "COGMIG_PASSWORD_TABLE. If there\nare none, everybody signs in by other means, and "
            "there is nothing to migrate at sign-in.\n",
            text_of(report, "fits_but_for_hashes"), text_of(report, "table"),
            text_of(report, "schema"));
    else if (text_of(report, "preset") == NULL)
        puts("No preset fits. Name table and columns yourself: COGMIG_TABLE, COGMIG_EMAIL_COLUMN,\n"
             "COGMIG_PASSWORD_COLUMN and so on, or COGMIG_SQL_BY_EMAIL (see .env.example).");
    if (text_of(report, "preset") == NULL)
        return COGMIG_KIND_NOT_FOUND;
    printf("The preset %s fits the table %s in the schema %s.\n", text_of(report, "preset"),
           text_of(report, "table"), text_of(report, "schema"));
    print_list("A user is disabled, and not migrated, by", json_object_get(report, "disabled_by"));
    if (text_of(report, "create_index") != NULL)
        printf("No index helps to find an address without regard to case; make one:\n  %s;\n",
               text_of(report, "create_index"));
    if (text_of(report, "create_email_index") != NULL)
        printf("No index helps to find an address as it is typed; make one:\n  %s;\n",
               text_of(report, "create_email_index"));
    print_list("For .env:", json_object_get(report, "environment"));
    if (strcmp(text_of(report, "preset"), "devise") == 0 && getenv("COGMIG_PEPPER") == NULL)
        puts(
            "Devise appends config.pepper of config/initializers/devise.rb to each password, where "
            "it is\nset, and no database tells: then set COGMIG_PEPPER to it, or to \"\" where "
            "there "
            "is none.");
    return 0;
}

static int show(const char *told, size_t len, bool as_json)
{
    if (as_json) {
        puts(told);
        return strstr(told, "\"preset\":null") == NULL ? 0 : COGMIG_KIND_NOT_FOUND;
    }
    json_t *parsed = json_loadb(told, len, 0, NULL);
    int code = print_report(parsed);
    json_decref(parsed);
    return code;
}

static int inspect(bool as_json)
{
    cogmig_error *err = new_error_box();
    cogmig_store_config *config = NULL;
    char *told = NULL;
    size_t len = 0;
    int code;
    if (cogmig_store_config_new_from_env(&config, err) != COGMIG_OK ||
        cogmig_store_inspect(config, &told, &len, err) != COGMIG_OK)
        code = report(err, as_json);
    else
        code = show(told, len, as_json);
    cogmig_free(told);
    cogmig_store_config_free(&config);
    cogmig_error_free(&err);
    return code;
}

int verb_store(int argc, char **argv)
{
    static const struct option known[] = {{"url", required_argument, NULL, 'u'},
                                          {"json", no_argument, NULL, 'j'},
                                          {NULL, 0, NULL, 0}};
    bool as_json = false;
    int option;
    while ((option = getopt_long(argc, argv, ":", known, NULL)) != -1) {
        if (option == '?' || option == ':')
            return misuse_of_option(option, argv, known);
        if (option == 'u')
            setenv("DATABASE_URL", optarg, 1);
        as_json = as_json || option == 'j';
    }
    if (optind + 1 != argc || strcmp(argv[optind], "inspect") != 0)
        return misuse("\"store\" takes the word inspect.");
    return inspect(as_json);
}
