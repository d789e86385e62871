/* SPDX-License-Identifier: Apache-2.0 */
#include "failure.h"

#include <getopt.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *upstream_name(int32_t upstream)
{
    switch (upstream) {
    case COGMIG_UPSTREAM_POSTGRESQL:
        return "SQLSTATE";
    case COGMIG_UPSTREAM_SQLITE:
        return "SQLite";
    case COGMIG_UPSTREAM_CURL:
        return "curl";
    case COGMIG_UPSTREAM_HTTP:
        return "HTTP";
    case COGMIG_UPSTREAM_SYSTEM:
        return "errno";
    case COGMIG_UPSTREAM_AWS:
        return "AWS";
    default:
        return "callback";
    }
}

static void print_text(const cogmig_error *err)
{
    fprintf(stderr, "cogmig: %s\n        %s", cogmig_status_name(cogmig_error_status(err)),
            cogmig_error_message(err));
    if (cogmig_error_upstream(err) != COGMIG_UPSTREAM_NONE)
        fprintf(stderr, " [%s %s]", upstream_name(cogmig_error_upstream(err)),
                cogmig_error_upstream_code(err));
    fputc('\n', stderr);
}

static void print_json(const cogmig_error *err)
{
    cogmig_status status = cogmig_error_status(err);
    json_t *object = json_pack("{s:s, s:s, s:i, s:s}", "status", cogmig_status_name(status), "kind",
                               cogmig_kind_name(cogmig_status_kind(status)), "code", (int)status,
                               "message", cogmig_error_message(err));
    if (cogmig_error_upstream(err) != COGMIG_UPSTREAM_NONE)
        json_object_set_new(object, "upstream",
                            json_sprintf("%s %s", upstream_name(cogmig_error_upstream(err)),
                                         cogmig_error_upstream_code(err)));
    json_dumpf(object, stderr, JSON_COMPACT);
    fputc('\n', stderr);
    json_decref(object);
}

int report(const cogmig_error *err, bool as_json)
{
    if (as_json)
        print_json(err);
    else
        print_text(err);
    return (int)cogmig_status_kind(cogmig_error_status(err));
}

int misuse(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("cogmig: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs("\n        \"cogmig --help\" and \"cogmig VERB --help\" say how it is used.\n", stderr);
    va_end(arguments);
    return COGMIG_KIND_INVALID;
}

static bool is_rest(const char *typed, const char *word)
{
    return strcmp(typed, word) == 0;
}

bool is_nearly(const char *typed, const char *word)
{
    while (*typed != '\0' && *typed == *word) {
        typed++;
        word++;
    }
    if (*typed == '\0' || *word == '\0')
        return strlen(typed) + strlen(word) <= 1;
    return is_rest(typed + 1, word) || is_rest(typed, word + 1) || is_rest(typed + 1, word + 1) ||
           (typed[0] == word[1] && typed[1] == word[0] && is_rest(typed + 2, word + 2));
}

static int no_such_option(const char *option, int len, const char *verb, const struct option *known)
{
    char typed[64];
    snprintf(typed, sizeof typed, "%.*s", len - 2, option + 2);
    for (; known->name != NULL; known++)
        if (is_nearly(typed, known->name))
            return misuse("the option %.*s is not known to \"%s\"; did you mean --%s?", len, option,
                          verb, known->name);
    return misuse("the option %.*s is not known to \"%s\", or stands for several.", len, option,
                  verb);
}

/* What stands behind "=" may be a secret, and is not told. */
int misuse_of_option(int answer, char *const argv[], const struct option *known)
{
    const char *at = argv[optind - 1];
    int len = (int)strcspn(at, "=");
    bool is_long = strncmp(at, "--", 2) == 0;
    if (answer == ':')
        return misuse("the option %.*s wants a value.", len, at);
    if (is_long && optopt != 0)
        return misuse("the option %.*s takes no value.", len, at);
    if (is_long)
        return no_such_option(at, len, argv[0], known);
    return misuse("the option -%c is not known to \"%s\".", optopt, argv[0]);
}

cogmig_error *new_error_box(void)
{
    cogmig_error *err = NULL;
    if (cogmig_error_new(&err) != COGMIG_OK) {
        fputs("cogmig: OUT_OF_MEMORY\n", stderr);
        exit(COGMIG_KIND_UNAVAILABLE);
    }
    return err;
}
