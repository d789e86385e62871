/* SPDX-License-Identifier: Apache-2.0 */
#include "data_cases.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_CASES = 1000,
    MAX_PATH = 1024,
    MAX_FILE = 1024 * 1024
};

static const char ending_of_cases[] = ".case";

/* ---- which cases there are ---- */

static int is_case(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name), tail = strlen(ending_of_cases);
    return len > tail && strcmp(entry->d_name + len - tail, ending_of_cases) == 0;
}

static char *path_of(const char *folder, const char *file_name)
{
    const char *source_dir = getenv("COGMIG_SOURCE_DIR");
    char *path = calloc(1, MAX_PATH);
    if (source_dir == NULL || path == NULL)
        return NULL;
    int name = (int)(strlen(file_name) - strlen(ending_of_cases));
    snprintf(path, MAX_PATH, "%s/tests/data/%s/%.*s", source_dir, folder, name, file_name);
    return path;
}

static const char *name_of(const char *path)
{
    return strrchr(path, '/') + 1;
}

int data_cases_run(const char *folder, CMUnitTestFunction test, CMFixtureFunction set_up,
                   CMFixtureFunction tear_down)
{
    static struct CMUnitTest tests[MAX_CASES];
    struct dirent **entries = NULL;
    char directory[MAX_PATH];
    snprintf(directory, sizeof directory, "%s/tests/data/%s", getenv("COGMIG_SOURCE_DIR"), folder);
    int count = scandir(directory, &entries, is_case, alphasort);
    if (count <= 0 || count > MAX_CASES) {
        fprintf(stderr, "There are no cases, or too many, in %s.\n", directory);
        return 1;
    }
    for (int i = 0; i < count; i++) {
        char *path = path_of(folder, entries[i]->d_name);
        tests[i] = (struct CMUnitTest){name_of(path), test, NULL, NULL, path};
        free(entries[i]);
    }
    free(entries);
    int failed = _cmocka_run_group_tests(folder, tests, (size_t)count, set_up, tear_down);
    for (int i = 0; i < count; i++)
        free(tests[i].initial_state);
    return failed;
}

/* ---- their content ---- */

struct buffer data_case_read(const char *path, const char *ending)
{
    char file_name[MAX_PATH], chunk[4096];
    struct buffer content = buffer_with_max(MAX_FILE);
    snprintf(file_name, sizeof file_name, "%s%s", path, ending);
    FILE *file = fopen(file_name, "rb");
    if (file == NULL)
        fail_msg("There is no %s.", file_name);
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, file)) > 0;)
        buffer_add(&content, (struct span){chunk, got});
    fclose(file);
    assert_int_equal(content.state, BUFFER_GOOD);
    return content;
}

bool next_line(struct span *rest, struct span *ret_line)
{
    if (rest->len == 0)
        return false;
    const char *end = memchr(rest->bytes, '\n', rest->len);
    size_t len = end == NULL ? rest->len : (size_t)(end - rest->bytes);
    size_t taken = end == NULL ? len : len + 1;
    *ret_line = (struct span){rest->bytes, len};
    *rest = (struct span){rest->bytes + taken, rest->len - taken};
    return true;
}

void split_line(struct span line, struct span *ret_word, struct span *ret_rest)
{
    const char *blank = line.len == 0 ? NULL : memchr(line.bytes, ' ', line.len);
    size_t len = blank == NULL ? line.len : (size_t)(blank - line.bytes);
    size_t taken = blank == NULL ? len : len + 1;
    *ret_word = (struct span){line.bytes, len};
    *ret_rest = (struct span){line.bytes + taken, line.len - taken};
}

/* ---- what cannot be typed ---- */

static const struct replacement *
replacement_at(struct span text, const struct replacement *replacements, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (span_starts_with(text, replacements[i].name))
            return &replacements[i];
    return NULL;
}

void add_replaced(struct buffer *b, struct span text, const struct replacement *replacements,
                  size_t count)
{
    while (text.len > 0) {
        const struct replacement *found = replacement_at(text, replacements, count);
        size_t used = found == NULL ? 1 : strlen(found->name);
        buffer_add(b, found == NULL ? (struct span){text.bytes, 1} : found->value);
        text = (struct span){text.bytes + used, text.len - used};
    }
}

static void add_hex(struct buffer *b, struct span digits)
{
    for (size_t i = 0; i + 1 < digits.len; i += 2) {
        char pair[3] = {digits.bytes[i], digits.bytes[i + 1], '\0'};
        buffer_add_byte(b, (char)strtol(pair, NULL, 16));
    }
}

static void add_repeated(struct buffer *b, struct span argument)
{
    struct span count, text;
    split_line(argument, &count, &text);
    for (long i = strtol(count.bytes, NULL, 10); i > 0; i--)
        buffer_add(b, text);
}

static void add_macro(struct buffer *b, struct span macro)
{
    struct span name, argument;
    split_line(macro, &name, &argument);
    if (span_equal_text(name, "hex"))
        add_hex(b, argument);
    else if (span_equal_text(name, "repeat"))
        add_repeated(b, argument);
    else
        fail_msg("There is no {{%.*s}}.", (int)name.len, name.bytes);
}

void add_expanded(struct buffer *b, struct span text)
{
    while (text.len > 0) {
        const char *open = memmem(text.bytes, text.len, "{{", 2);
        const char *close =
            open == NULL ? NULL : memmem(open, text.len - (size_t)(open - text.bytes), "}}", 2);
        if (close == NULL) {
            buffer_add(b, text);
            return;
        }
        buffer_add(b, (struct span){text.bytes, (size_t)(open - text.bytes)});
        add_macro(b, (struct span){open + 2, (size_t)(close - open - 2)});
        size_t used = (size_t)(close + 2 - text.bytes);
        text = (struct span){text.bytes + used, text.len - used};
    }
}
