/* SPDX-License-Identifier: Apache-2.0
 * A user as one side knows it, and how that is written into a record. */
#ifndef RECONCILE_ACCOUNT_H
#define RECONCILE_ACCOUNT_H

#include "base/buffer.h"
#include "base/span.h"

#include <stdbool.h>

enum account_text {
    ACCOUNT_LEGACY_ID,
    ACCOUNT_SUB,
    ACCOUNT_EMAIL,
    ACCOUNT_NAME,
    ACCOUNT_TEXT_COUNT
};

/* A text without bytes (NULL) is one that the side does not have. */
struct account {
    struct span texts[ACCOUNT_TEXT_COUNT];
    bool email_verified;
    bool disabled;
    bool is_contested; /* of a row: who has its id in Cognito need not be who it is about */
};

void account_write(const struct account *account, struct buffer *out);

/* Borrows from content, which account_write() made. */
struct account account_read(struct span content);

/* The address as a key: without white space around it and A-Z as a-z, as sign-in takes it. */
void account_write_email_key(const struct account *account, struct buffer *out);

#endif
