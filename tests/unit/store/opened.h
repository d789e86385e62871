/* SPDX-License-Identifier: Apache-2.0
 * What the tests of stores share. */
#ifndef TESTS_STORE_OPENED_H
#define TESTS_STORE_OPENED_H

#include "cmocka_all.h"
#include "status/error.h"
#include "store/store.h"

#include <cogmig/store.h>

void assert_status(cogmig_status actual, cogmig_status expected, const cogmig_error *err);

void assert_mentions(const cogmig_error *err, const char *words);

void assert_silent_about(const cogmig_error *err, const char *words);

cogmig_store_config *new_config(const char *url);

/* Opens, frees the configuration. */
cogmig_store *open_config(cogmig_store_config *config);

/* Tries to open, frees the configuration. */
void assert_opening_fails(cogmig_store_config *config, cogmig_status expected,
                          struct cogmig_error *err);

cogmig_user *found_by_email(cogmig_store *store, const char *email);

cogmig_user *found_by_id(cogmig_store *store, const char *id);

void assert_email_leads_to(cogmig_store *store, const char *email, const char *id);

void assert_finding_fails(cogmig_store *store, const char *email, cogmig_status expected,
                          struct cogmig_error *err);

void assert_finding_id_fails(cogmig_store *store, const char *id, cogmig_status expected,
                             struct cogmig_error *err);

#endif
