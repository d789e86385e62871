/* SPDX-License-Identifier: Apache-2.0
 * cogmig user: one row of the legacy store, without its hash. */
#include "failure.h"
#include "show.h"
#include "verbs.h"

#include <cogmig/password.h>
#include <cogmig/store.h>
#include <getopt.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

const char help_user[] =
    "cogmig user [options] EMAIL\n"
    "cogmig user [options] --id ID\n"
    "\n"
    "Looks a user up in the legacy store, as a migration would: the address as typed first, then\n"
    "without regard to case. Shows the row without the hash: of that, only scheme and cost.\n"
    "\n"
    "  --id ID      by legacy id, e.g. a token's custom:legacy_id\n"
    "  --url URL    the legacy store, instead of DATABASE_URL\n"
    "  --json       print JSON\n"
    "\n"
    "Exit code 2: there is no such user. 4: two rows differ only in case.\n";

struct question {
    const char *email;
    const char *id;
    bool as_json;
};

/* 0, or the exit code. */
static int read_question(int argc, char **argv, struct question *question)
{
    static const struct option known[] = {
        {"id", required_argument, NULL, 'i'},
        {"url", required_argument, NULL, 'u'},
        {"json", no_argument, NULL, 'j'},
        {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(argc, argv, ":", known, NULL)) != -1) {
        switch (option) {
        case 'i':
            question->id = optarg;
            break;
        case 'u':
            setenv("DATABASE_URL", optarg, 1);
            break;
        case 'j':
            question->as_json = true;
            break;
        default:
            return misuse_of_option(option, argv, known);
        }
    }
    if (optind < argc)
        question->email = argv[optind++];
    if (optind < argc || (question->email == NULL) == (question->id == NULL))
        return misuse("\"user\" takes one EMAIL, or --id ID.");
    return 0;
}

static void print_json(const cogmig_user *user)
{
    const char *hash = cogmig_user_password_hash(user);
    json_t *object = json_object();
    json_object_set_new(object, "id", text_or_null(cogmig_user_id(user)));
    json_object_set_new(object, "email", text_or_null(cogmig_user_email(user)));
    json_object_set_new(object, "email_verified", json_boolean(cogmig_user_email_verified(user)));
    json_object_set_new(object, "disabled", json_boolean(cogmig_user_disabled(user)));
    json_object_set_new(object, "name", text_or_null(cogmig_user_name(user)));
    json_object_set_new(object, "password_scheme", json_string(cogmig_password_scheme(hash)));
    json_object_set_new(object, "password_cost", json_integer(cogmig_password_cost(hash)));
    json_object_set_new(object, "created_at", text_or_null(cogmig_user_created_at(user)));
    json_object_set_new(object, "updated_at", text_or_null(cogmig_user_updated_at(user)));
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}

static void print_line(const char *label, const char *text)
{
    show_line(15, label, text);
}

static void print_text(const cogmig_user *user)
{
    const char *hash = cogmig_user_password_hash(user);
    int32_t cost = cogmig_password_cost(hash);
    print_line("id", cogmig_user_id(user));
    print_line("email", cogmig_user_email(user));
    print_line("email verified", cogmig_user_email_verified(user) ? "yes" : "no");
    print_line("disabled", cogmig_user_disabled(user) ? "yes" : "no");
    print_line("name", cogmig_user_name(user));
    if (cost > 0)
        printf("%-15s %s, cost %" PRId32 "\n", "password", cogmig_password_scheme(hash), cost);
    else
        print_line("password", cogmig_password_scheme(hash));
    print_line("created", cogmig_user_created_at(user));
    print_line("updated", cogmig_user_updated_at(user));
}

static cogmig_status find(cogmig_store *store, const struct question *question,
                          cogmig_user **ret_user, cogmig_error *err)
{
    return question->id == NULL ? cogmig_store_find_by_email(store, question->email, ret_user, err)
                                : cogmig_store_find_by_id(store, question->id, ret_user, err);
}

static int show(const struct question *question, cogmig_error *err)
{
    cogmig_store *store = NULL;
    cogmig_user *user = NULL;
    int code = 0;
    if (cogmig_store_open_from_env(&store, err) != COGMIG_OK ||
        find(store, question, &user, err) != COGMIG_OK)
        code = report(err, question->as_json);
    else if (question->as_json)
        print_json(user);
    else
        print_text(user);
    cogmig_user_free(&user);
    cogmig_store_free(&store);
    return code;
}

int verb_user(int argc, char **argv)
{
    struct question question = {0};
    int code = read_question(argc, argv, &question);
    if (code != 0)
        return code;
    cogmig_error *err = new_error_box();
    code = show(&question, err);
    cogmig_error_free(&err);
    return code;
}
