/* SPDX-License-Identifier: Apache-2.0 */
#include "dotenv.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Other variables are none of our business, and some (OPENSSL_CONF, PGSSLMODE) would change what we
 * do behind the reader's back. */
static bool is_ours(const char *name)
{
    return strcmp(name, "DATABASE_URL") == 0 || strncmp(name, "COGNITO_", 8) == 0 ||
           strncmp(name, "COGMIG_", 7) == 0;
}

static char *skip_blanks(char *at)
{
    while (isblank((unsigned char)*at))
        at++;
    return at;
}

static void cut_blanks_at_end(char *text)
{
    size_t len = strlen(text);
    while (len > 0 && isspace((unsigned char)text[len - 1]))
        text[--len] = '\0';
}

/* 'as it is'; "with \n, \" and \\"; bare up to a blank and #. */
static char *read_value(char *at)
{
    char quote = *at;
    if (quote != '\'' && quote != '"') {
        char *comment = strstr(at, " #");
        if (comment != NULL)
            *comment = '\0';
        cut_blanks_at_end(at);
        return at;
    }
    char *value = ++at, *out = value;
    while (*at != '\0' && *at != quote) {
        if (quote == '"' && *at == '\\' && at[1] != '\0') {
            at++;
            *out++ = *at == 'n' ? '\n' : *at;
            at++;
        } else {
            *out++ = *at++;
        }
    }
    *out = '\0';
    return value;
}

static char *read_name(char *line, char **ret_rest)
{
    char *name = skip_blanks(line);
    if (strncmp(name, "export ", 7) == 0)
        name = skip_blanks(name + 7);
    char *equals = strchr(name, '=');
    if (*name == '#' || equals == NULL)
        return NULL;
    *equals = '\0';
    cut_blanks_at_end(name);
    *ret_rest = skip_blanks(equals + 1);
    return name;
}

static void take_text(const char *path, int number, char *text)
{
    char *rest;
    char *name = read_name(text, &rest);
    if (name == NULL || !is_ours(name))
        return;
    bool literal = *rest == '\'';
    char *value = read_value(rest);
    if (!literal && strstr(value, "${") != NULL)
        fprintf(stderr, "cogmig: %s:%d: ${...} in %s is not expanded; write the value out.\n", path,
                number, name);
    setenv(name, value, 0);
}

/* Editors of Windows begin a file with one. */
static char *skip_mark(char *line)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    size_t len = strlen(byte_order_mark);
    return strncmp(line, byte_order_mark, len) == 0 ? line + len : line;
}

/* A file is taken from its end: of two lines for one variable, the last counts, as everywhere. */
struct line {
    struct line *before;
    int number;
    char *text;
    size_t capacity;
};

static bool read_line(FILE *file, struct line **last)
{
    struct line *line = calloc(1, sizeof *line);
    if (line == NULL || getline(&line->text, &line->capacity, file) < 0) {
        if (line != NULL)
            free(line->text);
        free(line);
        return false;
    }
    line->before = *last;
    line->number = *last == NULL ? 1 : (*last)->number + 1;
    *last = line;
    return true;
}

/* Returns the line before it. */
static struct line *take_line(const char *path, struct line *line)
{
    struct line *before = line->before;
    take_text(path, line->number, line->number == 1 ? skip_mark(line->text) : line->text);
    explicit_bzero(line->text, line->capacity);
    free(line->text);
    free(line);
    return before;
}

static void load_file(const char *path)
{
    FILE *file = fopen(path, "re");
    if (file == NULL && errno != ENOENT)
        fprintf(stderr, "cogmig: %s cannot be read: %s.\n", path, strerror(errno));
    if (file == NULL)
        return;
    struct line *last = NULL;
    while (read_line(file, &last))
        continue;
    while (last != NULL)
        last = take_line(path, last);
    fclose(file);
}

void dotenv_load(void)
{
    load_file(".env.local");
    load_file(".env");
}
