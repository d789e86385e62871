/* SPDX-License-Identifier: Apache-2.0
 * Saying what went wrong: a sentence or JSON on standard error, and the exit code. */
#ifndef COGMIG_TOOL_FAILURE_H
#define COGMIG_TOOL_FAILURE_H

#include <cogmig/error.h>
#include <getopt.h>
#include <stdbool.h>

/* Print what the box holds and return the exit code: the number of the status's kind. */
int report(const cogmig_error *err, bool as_json);

/* The same for a mistake in the command line: kind INVALID. */
__attribute__((format(printf, 1, 2))) int misuse(const char *format, ...);

/* The same for an option that getopt_long() answered with '?' or, for want of a value, with ':'.
 *
 * argv   of the verb, whose name comes first
 * known  what getopt_long() was given */
int misuse_of_option(int answer, char *const argv[], const struct option *known);

/* Is it this word but for one letter too many, too few, wrong, or two that changed places? */
bool is_nearly(const char *typed, const char *word);

/* The box for one run of the program; ends it when memory is refused. */
cogmig_error *new_error_box(void);

#endif
