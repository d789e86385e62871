/* SPDX-License-Identifier: Apache-2.0
 * A user of the legacy store: one row, read whole. */
#ifndef COGMIG_USER_H
#define COGMIG_USER_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Immutable once a store has returned it. Its memory is wiped when it is freed. */
typedef struct cogmig_user cogmig_user;

/* Release a user and set the caller's variable to NULL. NULL and a NULL user are fine.
 *
 * Errors: none. Threads: any, once for one user. Since: 1.0. */
void cogmig_user_free(cogmig_user **user);

/* The legacy id as text, whatever the column's type; never NULL or empty. Borrowed from the user.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_user_id(const cogmig_user *user);

/* The e-mail address as the store has it, never NULL. Borrowed from the user.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_user_email(const cogmig_user *user);

/* The name, or NULL when the row has none. Borrowed from the user.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_user_name(const cogmig_user *user);

/* The stored password hash, or NULL when the row has none. A secret: give it to
 * cogmig_password_verify(), do not log it. Borrowed from the user.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_user_password_hash(const cogmig_user *user);

/* Has the address been verified? True for a timestamp or a true boolean in the column; false for
 * NULL, for false and for anything that is neither.
 *
 * Errors: none. Threads: any. Since: 1.0. */
bool cogmig_user_email_verified(const cogmig_user *user);

/* Is the user banned, deleted, locked or inactive? By the columns that the store was told of; false
 * when there are none. Such a user is neither migrated nor signed in: USER_DISABLED.
 *
 * Errors: none. Threads: any. Since: 1.0. */
bool cogmig_user_disabled(const cogmig_user *user);

/* When the row was made, as text in ISO 8601 and UTC (2026-01-15T10:30:00.000Z), or NULL when the
 * store has no such column or value. Borrowed from the user.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_user_created_at(const cogmig_user *user);

/* When the row was last changed, in the same form, or NULL. Borrowed from the user.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_user_updated_at(const cogmig_user *user);

/* The value of an attribute that the store was told of, e.g. "phone_number"; NULL when the row has
 * none, or the store was not told. Borrowed from the user.
 *
 * name  in: Cognito's name of it
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_user_attribute(const cogmig_user *user, const char *name);

#ifdef __cplusplus
}
#endif

#endif
