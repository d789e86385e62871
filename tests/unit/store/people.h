/* SPDX-License-Identifier: Apache-2.0
 * Who is in tests/data/schemas. */
#ifndef TEST_PEOPLE_H
#define TEST_PEOPLE_H

#include "opened.h"

struct person {
    const char *preset, *email;
    const char *id;
    bool verified, disabled;
    cogmig_status password;
};

extern const struct person people[];
extern const size_t people_count;

/* With the password that everybody there has. */
cogmig_status check_password(const cogmig_user *user, const char *pepper);

/* Found by address and by id, as expected. */
void assert_person(cogmig_store *store, const struct person *expected);

#endif
