/* SPDX-License-Identifier: Apache-2.0
 * Users of the pool, as AdminGetUser and ListUsers tell them. */
#ifndef COGNITO_PAGE_H
#define COGNITO_PAGE_H

#include "cognito/call.h"
#include "cognito/document.h"

struct attribute {
    const char *name;
    const char *value;
};

struct cogmig_cognito_user {
    struct cogmig_cognito_page *page; /* that it is part of */
    const char *name;
    const char *status;
    bool enabled;
    const struct attribute *attributes;
    size_t attribute_count;
};

struct cogmig_cognito_page {
    struct text_block texts;
    struct attribute *attributes; /* of all users */
    struct cogmig_cognito_user *users;
    size_t size;
    const char *next;
};

/* Errors: OUT_OF_MEMORY, COGNITO_RESPONSE_INVALID. */
cogmig_status page_read(const struct answer *answer, cogmig_cognito_page **ret_page,
                        cogmig_error *err);

/* A page of the one user whom AdminGetUser told. */
cogmig_status page_read_user(const struct answer *answer, cogmig_cognito_page **ret_page,
                             cogmig_error *err);

void page_release(cogmig_cognito_page **page);

#endif
