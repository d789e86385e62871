/* SPDX-License-Identifier: Apache-2.0
 * A listing of Cognito's users as far as it got, in a file: one JSON object a line, a user or the
 * end of a page, so that a listing of hours that was cut off goes on where it was. */
#ifndef RECONCILE_LISTING_FILE_H
#define RECONCILE_LISTING_FILE_H

#include "base/buffer.h"
#include "reconcile/account.h"

#include <cogmig/error.h>
#include <stdbool.h>
#include <stdint.h>

struct listing_file {
    int descriptor; /* -1: none */
    const char *path;
    struct buffer page; /* lines that are not in the file yet */
};

/* Where a listing is. */
struct listing_place {
    bool is_whole;
    struct buffer next; /* the pagination token; empty: at the beginning */
};

/* Of what a file is a listing: of another pool, or with the ids of another attribute, it tells
 * another story. */
struct listing_subject {
    const char *pool_id;
    const char *legacy_id_attribute;
};

/* Called for each user that the file has; what it borrows is good during the call only. */
typedef cogmig_status (*listing_user_fn)(void *user_data, const struct account *user,
                                         cogmig_error *err);

/* Open the file or make it (mode 0600), keep others out, tell of the users that it has and cut off
 * a page that is not whole. path is borrowed. */
cogmig_status listing_file_open(const char *path, const struct listing_subject *subject,
                                listing_user_fn tell, void *user_data, struct listing_file *file,
                                struct listing_place *place, cogmig_error *err);
void listing_file_close(struct listing_file *file);

void listing_file_add(struct listing_file *file, const struct account *user);

/* next: the pagination token; NULL after the last page. */
cogmig_status listing_file_end_page(struct listing_file *file, const char *next, cogmig_error *err);

#endif
