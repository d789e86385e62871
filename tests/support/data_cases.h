/* SPDX-License-Identifier: Apache-2.0
 * Cases that are files: one test for each NAME.case of a folder of tests/data, judged against
 * NAME.expected beside it. */
#ifndef TESTS_DATA_CASES_H
#define TESTS_DATA_CASES_H

#include "base/buffer.h"
#include "base/span.h"
#include "cmocka_all.h"

/* Run a test for each case; its state is the path without its ending. A folder without cases
 * fails. */
int data_cases_run(const char *folder, CMUnitTestFunction test, CMFixtureFunction set_up,
                   CMFixtureFunction tear_down);

/* The content of {path}{ending}. Ends the test when there is none. */
struct buffer data_case_read(const char *path, const char *ending);

/* The next line, without its end; false after the last. */
bool next_line(struct span *rest, struct span *ret_line);

/* Cut a line at its first blank. */
void split_line(struct span line, struct span *ret_word, struct span *ret_rest);

/* What stands for what in a case. */
struct replacement {
    const char *name; /* braces and all */
    struct span value;
};

void add_replaced(struct buffer *b, struct span text, const struct replacement *replacements,
                  size_t count);

/* Add a text with {{hex 00FF}} and {{repeat 3 text}} replaced. */
void add_expanded(struct buffer *b, struct span text);

#endif
