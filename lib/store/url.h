/* SPDX-License-Identifier: Apache-2.0
 * DATABASE_URL as Prisma writes it: which database, and what of it the database's own library may
 * see. */
#ifndef STORE_URL_H
#define STORE_URL_H

#include <cogmig/error.h>
#include <stdbool.h>
#include <stdint.h>

enum store_url_kind {
    STORE_URL_POSTGRESQL,
    STORE_URL_SQLITE
};

struct store_url {
    enum store_url_kind kind;
    char *target; /* for libpq: the URL without Prisma's parameters; for SQLite: the path */
    char *schema; /* schema=, or NULL */
    bool through_pgbouncer;
    int32_t connection_limit; /* -1: not given */
    int32_t pool_timeout_ms;  /* -1: not given */
};

/* Messages never repeat what may be part of a password. */
cogmig_status store_url_parse(const char *text, struct store_url *ret_url, cogmig_error *err);
void store_url_release(struct store_url *url);

#endif
