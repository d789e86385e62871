/* SPDX-License-Identifier: Apache-2.0
 * Recorded events, and what each would be answered. */
#ifndef COGMIG_TOOL_DRY_RUN_H
#define COGMIG_TOOL_DRY_RUN_H

#include <cogmig/migration.h>
#include <stdbool.h>

/* Read events from standard input, one on each line, and say what the migration answers: never a
 * password. Returns the exit code. */
int dry_run(cogmig_migration *migration, bool as_json, cogmig_error *err);

#endif
