/* SPDX-License-Identifier: Apache-2.0
 * An SQLite file with the users of examples/users, gone when the tests are done. */
#ifndef JOURNEY_EXAMPLE_USERS_H
#define JOURNEY_EXAMPLE_USERS_H

#include <cogmig/cogmig.h>
#include <stddef.h>

/* A file below COGMIG_SOURCE_DIR, whole and with a NUL behind it. Aborts the tests when it cannot
 * be read; release it with free(). */
char *source_file(const char *path, size_t *ret_len);

/* Make the database file; setup of a cmocka group. */
int example_users_create(void **state);

/* Remove it; teardown of a cmocka group. */
int example_users_remove(void **state);

/* Open it as a store. */
cogmig_store *example_users_open(void);

/* A migration's configuration with a minute for each event: a busy machine takes longer for a hash
 * than Cognito would wait. */
cogmig_migration_config *example_users_config(void);

#endif
