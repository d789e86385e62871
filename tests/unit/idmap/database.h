/* SPDX-License-Identifier: Apache-2.0
 * The database of a test: PostgreSQL where COGMIG_TEST_DATABASE_URL names one, else a new SQLite
 * file; and what is often done with a map. */
#ifndef TESTS_IDMAP_DATABASE_H
#define TESTS_IDMAP_DATABASE_H

#include "cmocka_all.h"
#include "idmap/idmap.h"
#include "status/error.h"

#include <stdbool.h>

#define POOL "eu-central-1_AbCdEfGhI"

/* Set-up and tear-down of a group. */
int database_create(void **state);
int database_remove(void **state);

bool database_is_postgresql(void);
const char *database_url(void);

/* SQL by other means than the library's. */
void database_execute(const char *sql);

/* A configuration with URL and pool. */
cogmig_idmap_config *new_config(void);

/* Opens, frees the configuration. */
cogmig_idmap *open_config(cogmig_idmap_config *config);

/* A map on an empty table of the default name. */
cogmig_idmap *open_empty(void);

void assert_status(cogmig_status actual, cogmig_status expected, const cogmig_error *err);
void assert_mentions(const cogmig_error *err, const char *words);

void assert_link(cogmig_idmap *map, const char *legacy_id, const char *sub, cogmig_status expected);

/* NULL: it is not linked. */
void assert_sub(cogmig_idmap *map, const char *legacy_id, const char *expected);
void assert_legacy_id(cogmig_idmap *map, const char *sub, const char *expected);

#endif
